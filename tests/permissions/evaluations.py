"""Scores: the author's where they are not hidden, the organizers' always."""

from tests.permissions.matrix import Row, World, answers

READ = {"anonymous": 401, "participant": 200, "organizer": 200}
HIDDEN = {"anonymous": 401, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/evaluations/{evaluation.id}/", answers(404, **READ)),
    Row("GET", "/api/v1/evaluations/{evaluation.id}/scores/", answers(404, **READ)),
    Row("GET", "/api/v1/evaluations/{evaluation.id}/scores/?format=csv", answers(404, **READ)),
    Row("GET", "/api/v1/submissions/{submission.id}/comparison/", answers(404, **READ)),
    Row("GET", "/api/v1/submissions/{submission.id}/comparison/?metric=hd95_pooled", answers(404, **READ)),
    Row("GET", "/api/v1/phases/{phase.id}/scoring/", answers(403, **HIDDEN)),
    Row("GET", "/api/v1/phases/{draft_phase.id}/scoring/", answers(404, **HIDDEN, rater=403)),
    Row("POST", "/api/v1/phases/{phase.id}/rescore/", answers(403, anonymous=401, organizer=202)),
    Row(
        "POST",
        "/api/v1/phases/{draft_phase.id}/rescore/",
        answers(404, anonymous=401, organizer=202, rater=403),
    ),
    Row(
        "GET",
        "/api/v1/challenges/{challenge.slug}/model-comparison/",
        answers(403, **READ, other_participant=200),
    ),
    Row("GET", "/api/v1/evaluations/{hidden_evaluation.id}/", answers(404, **HIDDEN)),
    Row("GET", "/api/v1/evaluations/{hidden_evaluation.id}/scores/", answers(404, **HIDDEN)),
    Row("GET", "/api/v1/evaluations/{hidden_evaluation.id}/scores/?format=csv", answers(404, **HIDDEN)),
    Row("GET", "/api/v1/submissions/{hidden_submission.id}/comparison/", answers(404, **HIDDEN)),
    Row(
        "GET",
        "/api/v1/cases/{unshared_case.id}/overlays/",
        answers(404, anonymous=401, organizer=200),
    ),
    Row(
        "GET",
        "/api/v1/cases/{case.id}/overlays/?submission={submission.id}",
        answers(404, **READ),
    ),
    *(
        Row("GET", f"/api/v1/evaluations/{{{evaluation}.id}}/pictures/{picture}.svg", answers(404, **expect))
        for picture in ("scores", "volumes")
        for evaluation, expect in (("evaluation", READ), ("hidden_evaluation", HIDDEN))
    ),
    # 202: it is being drawn. The phase does not share its reference, so the author is refused.
    Row(
        "GET",
        "/api/v1/submissions/{submission.id}/predictions/{case.id}/overlay.svg",
        answers(404, anonymous=401, organizer=202),
    ),
]


def build(world: World) -> None:
    world.evaluation = world.submission.evaluations.get()
    world.hidden_evaluation = world.hidden_submission.evaluations.get()
