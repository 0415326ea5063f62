"""Submissions: their author's and the organizers', to everyone else they are not there.

`participant` has `world.submission` and `world.hidden_submission`, both scored, and
`world.failed_submission`.
"""

from backend.submissions.models import Submission
from backend.uploads.models import Upload
from tests.factories.submissions import submit
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import tumour

READ = {"anonymous": 401, "participant": 200, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/submissions/", answers(200, anonymous=401)),
    Row("GET", "/api/v1/phases/{phase.id}/submissions/", answers(200, anonymous=401)),
    Row(
        "GET",
        "/api/v1/phases/{draft_phase.id}/submissions/",
        answers(404, anonymous=401, organizer=200, rater=200),
    ),
    Row(
        "POST",
        "/api/v1/phases/{phase.id}/submissions/",
        answers(403, anonymous=401, participant=201, other_participant=404),  # the upload is not theirs
        lambda world: {"upload": str(new_upload(world).pk), "method_name": "Method"},
    ),
    Row("GET", "/api/v1/submissions/{submission.id}/", answers(404, **READ)),
    Row(
        "POST",
        "/api/v1/submissions/{submission.id}/withdraw/",
        answers(404, anonymous=401, participant=200, organizer=403),
    ),
    Row(
        "POST",
        "/api/v1/submissions/{failed_submission.id}/retry/",
        answers(404, anonymous=401, participant=403, organizer=200),
    ),
    Row(
        "POST",
        "/api/v1/submissions/{submission.id}/pre-annotations/",
        answers(404, anonymous=401, participant=403, organizer=200),
        lambda world: {"source": "A model"},
    ),
    Row("GET", "/api/v1/submissions/{submission.id}/predictions/{case.id}/labelmap/", answers(404, **READ)),
    # of what a model predicted over hidden images
    Row(
        "GET",
        "/api/v1/submissions/{hidden_run.submission.id}/predictions/{case.id}/labelmap/",
        answers(404, anonymous=401, organizer=200),
    ),
    Row(
        "POST",
        "/api/v1/phases/{phase.id}/runs/",
        answers(403, anonymous=401, participant=201, other_participant=404, organizer=201),
        lambda world: {"version": str(world.own_model.pk)},
    ),
    Row(
        "POST",
        "/api/v1/phases/{hidden_phase.id}/runs/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"version": str(world.model.pk), "purpose": "baseline"},
    ),
]


def new_upload(world: World) -> Upload:
    return whole_upload(
        owner=world.participant, data=b"any", filename="a.zip", purpose=Upload.Purpose.SUBMISSION
    )


def build(world: World) -> None:
    predictions = {case.name: tumour() for case in world.version.cases.all()}
    world.submission = submit(world.phase, predictions, participant=world.participant)
    world.hidden_submission = submit(world.hidden_phase, predictions, participant=world.participant)
    world.failed_submission = submit(world.phase, predictions, participant=world.participant)
    run_due_jobs()
    Submission.objects.filter(pk=world.failed_submission.pk).update(status=Submission.Status.FAILED)
    for submission in (world.submission, world.hidden_submission):
        submission.refresh_from_db()
        assert submission.status == Submission.Status.SCORED, submission.reason
