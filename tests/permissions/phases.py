"""Phases: everyone who sees the challenge sees them; organizers make them; their cases are the members'.

`world.phase` is open, public and over `world.version`, with a complete reference; `world.hidden_phase` is
the same with hidden scores and images that are not shared; `world.draft_phase` lies in the draft.
"""

from backend.phases.services import refresh_phase_reference
from tests.factories.phases import PhaseFactory, make_consensus
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import tumour

ORGANIZER = {"anonymous": 401, "organizer": 200}

ROWS = [
    Row("GET", "/api/v1/metrics/", answers(200)),
    Row("GET", "/api/v1/challenges/{challenge.slug}/phases/", answers(200)),
    Row("GET", "/api/v1/challenges/{draft.slug}/phases/", answers(404, organizer=200, rater=200)),
    Row(
        "POST",
        "/api/v1/challenges/{challenge.slug}/phases/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"title": "Another", "dataset_version": str(world.version.pk)},
    ),
    Row("GET", "/api/v1/phases/{phase.id}/", answers(200)),
    Row("GET", "/api/v1/phases/{draft_phase.id}/", answers(404, organizer=200, rater=200)),
    Row("PATCH", "/api/v1/phases/{phase.id}/", answers(403, **ORGANIZER), lambda world: {"title": "New"}),
    Row(
        "PATCH",
        "/api/v1/phases/{phase.id}/",
        answers(403, **ORGANIZER),
        lambda world: {"ranking_metrics": ["lesionwise_dice"], "nsd_tolerances_mm": [2]},
    ),
    Row(
        "PATCH",
        "/api/v1/phases/{draft_phase.id}/",
        answers(404, anonymous=401, organizer=200, rater=403),
        lambda world: {"title": "New"},
    ),
    Row(
        "GET",
        "/api/v1/phases/{phase.id}/cases/",
        answers(403, participant=200, other_participant=200, organizer=200),
    ),
    Row("GET", "/api/v1/phases/{hidden_phase.id}/cases/", answers(403, organizer=200)),
    Row("GET", "/api/v1/phases/{draft_phase.id}/cases/", answers(404, organizer=200, rater=403)),
]


def build(world: World) -> None:
    for case in world.version.cases.filter(consensus_versions__isnull=True):
        make_consensus(case, tumour())
    world.phase = PhaseFactory(challenge=world.challenge, dataset_version=world.version)
    world.hidden_phase = PhaseFactory(
        challenge=world.challenge,
        dataset_version=world.version,
        score_visibility="hidden",
        images_shared=False,
    )
    world.draft_phase = PhaseFactory(challenge=world.draft, dataset_version=world.version)
    for phase in (world.phase, world.hidden_phase, world.draft_phase):
        refresh_phase_reference(phase_id=phase.pk)
