"""Models: the organizers' are their members' who compete, a participant's the participant's own.

`world.model` is the platform's, `world.own_model` the participant's; both are ready. `world.run` is the
participant's trial on a public case, done; `world.hidden_run` of the same model over the hidden phase, done
too; `world.failed_run` a trial that a fault of ours stopped. `world.training` is the organizer's.
"""

from backend.algorithms import runs, trainings
from backend.algorithms.models import Run, RunCase, WorkStatus
from backend.common.models import Job
from backend.datasets.selectors import grid_of
from backend.submissions import running
from tests.factories.algorithms import make_model, upload_model
from tests.factories.phases import store_labels
from tests.jobs import run_due_jobs
from tests.permissions.matrix import Row, World, answers
from tests.phantoms import tumour
from workers.contract import Reason

MEMBERS = {"anonymous": 401, "participant": 200, "other_participant": 200, "organizer": 200}
MINE = {"anonymous": 401, "participant": 200, "organizer": 200}
ORGANIZER = {"anonymous": 401, "organizer": 200}
CHALLENGE = "/api/v1/challenges/{challenge.slug}/"
JOB = "/api/v1/worker/jobs/{training.id}/"
BYTES = "application/octet-stream"

ROWS = [
    Row("GET", "/api/v1/architectures/", answers(200, anonymous=401)),
    Row("GET", CHALLENGE + "model-workers/", answers(403, **ORGANIZER)),
    Row("GET", CHALLENGE + "algorithms/", answers(403, **MEMBERS)),
    Row(
        "POST",
        CHALLENGE + "algorithms/",
        answers(403, anonymous=401, participant=201, other_participant=201, organizer=201),
        lambda world: {"name": "Another model"},
    ),
    Row("GET", "/api/v1/algorithms/{model.algorithm_id}/", answers(404, **MEMBERS)),
    Row("GET", "/api/v1/algorithms/{own_model.algorithm_id}/", answers(404, **MINE)),
    Row(
        "PATCH",
        "/api/v1/algorithms/{model.algorithm_id}/",
        answers(404, anonymous=401, participant=403, other_participant=403, organizer=200),
        lambda world: {"licence": "CC BY 4.0"},
    ),
    Row(
        "PATCH",
        "/api/v1/algorithms/{own_model.algorithm_id}/",
        answers(404, anonymous=401, participant=200, organizer=403),
        lambda world: {"licence": "CC BY 4.0"},
    ),
    Row(
        "POST",
        "/api/v1/algorithms/{own_model.algorithm_id}/versions/",
        answers(404, anonymous=401, participant=201, organizer=403),
        lambda world: {"upload": str(upload_model(world.participant).pk)},
    ),
    Row("GET", "/api/v1/algorithm-versions/{model.id}/", answers(404, **MEMBERS)),
    Row("GET", "/api/v1/algorithm-versions/{own_model.id}/", answers(404, **MINE)),
    Row(
        "POST",
        "/api/v1/algorithm-versions/{own_model.id}/trials/",
        answers(404, anonymous=401, participant=201, organizer=403),
        lambda world: {},
    ),
    Row(
        "POST",
        "/api/v1/datasets/{dataset.id}/runs/",
        answers(403, anonymous=401, organizer=201),
        lambda world: {"version": str(world.model.pk)},
    ),
    Row("GET", CHALLENGE + "runs/", answers(403, **MEMBERS)),
    Row("GET", "/api/v1/runs/{run.id}/", answers(404, **MINE)),
    Row("GET", "/api/v1/runs/{run.id}/cases/", answers(404, **MINE)),
    Row("GET", "/api/v1/runs/{run.id}/log/", answers(404, **MINE)),
    Row("GET", "/api/v1/runs/{run.id}/cases/1/labelmap/", answers(404, **MINE)),
    Row("GET", "/api/v1/runs/{hidden_run.id}/", answers(404, **MINE)),
    Row("GET", "/api/v1/runs/{hidden_run.id}/cases/", answers(404, **MINE)),
    Row(
        "GET",
        "/api/v1/runs/{hidden_run.id}/log/",
        answers(404, anonymous=401, participant=403, organizer=200),
    ),
    Row("GET", "/api/v1/runs/{hidden_run.id}/cases/1/labelmap/", answers(404, **ORGANIZER)),
    Row("POST", "/api/v1/runs/{waiting_run.id}/cancel/", answers(404, **MINE)),
    Row("POST", "/api/v1/runs/{failed_run.id}/retry/", answers(404, **MINE)),
    Row("GET", CHALLENGE + "trainings/", answers(403, **ORGANIZER)),
    Row(
        "POST",
        "/api/v1/algorithms/{model.algorithm_id}/trainings/",
        answers(404, anonymous=401, participant=403, other_participant=403, organizer=201),
        lambda world: {"dataset_version": str(world.version.pk), "architecture": "unet3d", "budget_s": 60},
    ),
    Row("GET", "/api/v1/trainings/{training.id}/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/trainings/{training.id}/curve/", answers(404, **ORGANIZER)),
    Row("GET", "/api/v1/trainings/{training.id}/log/", answers(404, **ORGANIZER)),
    Row("POST", "/api/v1/trainings/{training.id}/cancel/", answers(404, **ORGANIZER)),
    Row("POST", "/api/v1/trainings/{stopped_training.id}/retry/", answers(404, **ORGANIZER)),
    # what model workers call is nobody's else, whoever they are
    Row("POST", "/api/v1/worker/claim/", answers(401), lambda world: {}),
    Row("POST", JOB + "progress/?attempt=1", answers(401), lambda world: {}),
    Row("PUT", JOB + "cases/1/labelmap/?attempt=1", answers(401), lambda world: b"x", content_type=BYTES),
    Row("POST", JOB + "cases/?attempt=1", answers(401), lambda world: {}),
    Row("PUT", JOB + "checkpoint/?attempt=1", answers(401), lambda world: b"x", content_type=BYTES),
    Row("PUT", JOB + "weights/?attempt=1", answers(401), lambda world: b"x", content_type=BYTES),
    Row("POST", JOB + "end/?attempt=1", answers(401), lambda world: {}),
    Row("GET", "/api/v1/worker/files/signed/", answers(401)),
]


def build(world: World) -> None:
    world.model = make_model(world.challenge, world.organizer)
    world.own_model = make_model(world.challenge, world.participant, trusted=False)
    world.run, world.failed_run, world.waiting_run = (
        runs.start_trial(user=world.participant, version_id=world.own_model.pk, phase_id=world.phase.pk)
        for _ in range(3)
    )
    world.hidden_run = running.submit_run(
        user=world.participant,
        phase_id=world.hidden_phase.pk,
        wanted=running.Wanted(version_id=world.own_model.pk),
    )
    Job.objects.filter(subject_id__in=[world.run.pk, world.hidden_run.pk, world.failed_run.pk]).delete()
    for run in (world.run, world.hidden_run):
        _compute(run)
    Run.objects.filter(pk=world.failed_run.pk).update(status=WorkStatus.FAILED, reason_code=Reason.INTERNAL)
    wanted = trainings.Wanted(architecture="unet3d", budget_s=60)
    world.training, world.stopped_training = (
        trainings.start_training(
            user=world.organizer,
            algorithm_id=world.model.algorithm_id,
            dataset_version_id=world.version.pk,
            wanted=wanted,
        )
        for _ in range(2)
    )
    trainings.cancel_training(training_id=world.stopped_training.pk, user=world.organizer)
    run_due_jobs()


def _compute(run: Run) -> None:
    """As if a worker had computed it, and its labelmaps were checked."""
    for row in run.cases.select_related("case"):
        row.status, row.voxel_digest = RunCase.Status.DONE, "0" * 64
        row.labelmap_digest = store_labels(tumour(), grid_of(row.case))
        row.save()
    Run.objects.filter(pk=run.pk).update(status=WorkStatus.DONE)
    running.follow_run(run_id=run.pk)
