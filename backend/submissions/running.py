"""A model's run as a submission: asked for under the phase's rules, then followed to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.algorithms import runs
from backend.algorithms import selectors as algorithms
from backend.algorithms.errors import DoesNotFit
from backend.algorithms.models import AlgorithmVersion, Run, WorkStatus
from backend.algorithms.reasons import OURS, sentence_of
from backend.challenges.permissions import Permission, require
from backend.common.errors import NotAllowed
from backend.events.bus import publish
from backend.events.types import SubmissionAccepted
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.submissions import transitions
from backend.submissions.findings import FileFinding
from backend.submissions.models import Prediction, Submission
from backend.submissions.services import hold_attempt, require_entry

Status = Submission.Status
Purpose = Run.Purpose


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run on a phase. `sequences`: of a baseline, what the model is given of them; None: all."""

    version_id: UUID
    purpose: Run.Purpose = Purpose.SUBMISSION
    method_name: str = ""
    method_description: str = ""
    sequences: Sequence[str] | None = None
    needs_gpu: bool = False


def submit_run(*, user: User, phase_id: UUID, wanted: Wanted) -> Run:
    """Run a model on every case of the phase. Participants: their own, after its trial, under the phase's
    rules; the attempt is held until the run ends, and given back where it fails. Organizers: any, always.

    Raises:
        NotReady, DoesNotFit, NotAllowed, NotFound; and what a submission is refused for.
    """
    phase = phases.get_phase(phase_id=phase_id, viewer=user)
    organizes = algorithms.manages(user, phase.challenge)
    version = _version_for(user, phase, wanted, organizes=organizes)
    with transaction.atomic():
        if not organizes:
            hold_attempt(phase, user)
        run = runs.create_run(
            user=user,
            wanted=runs.Wanted(
                version=version,
                purpose=wanted.purpose,
                dataset_version=phase.dataset_version,
                phase=phase,
                sequences=wanted.sequences,
                needs_gpu=wanted.needs_gpu,
            ),
            cases=phase.dataset_version.cases.all(),
        )
        submission = Submission.objects.create(
            phase=phase,
            participant=user,
            method_name=wanted.method_name.strip() or str(version)[:80],
            method_description=wanted.method_description,
            run=run,
            status=Status.COMPUTING,
        )
        transitions.tell(submission)
    return run


def _version_for(user: User, phase: Phase, wanted: Wanted, *, organizes: bool) -> AlgorithmVersion:
    if not organizes:
        require_entry(phase, user)
        if wanted.purpose != Purpose.SUBMISSION or wanted.sequences is not None:
            require(user, Permission.MODEL_RUN, phase.challenge)
    version = runs.usable_version(user, wanted.version_id)
    if version.algorithm.challenge_id != phase.challenge_id:
        raise DoesNotFit(f"{version} belongs to another challenge than {phase.title}.")
    if not organizes and version.algorithm.owner_id != user.pk:
        raise NotAllowed("Only your own models can be your submissions.")
    if wanted.sequences is not None and wanted.purpose != Purpose.BASELINE:
        raise NotAllowed("Only a baseline is run without some of the sequences.")
    return version


def follow_run(*, run_id: UUID) -> None:
    """Bring the run's submission, if it has one, to the state of the run. Idempotent."""
    with transaction.atomic():
        found = Submission.objects.filter(run=run_id).values_list("pk", flat=True).first()
        if found is None:
            return
        submission = transitions.lock(found)
        run = Run.objects.get(pk=run_id)
        if run.status in {WorkStatus.QUEUED, WorkStatus.RUNNING} and submission.status == Status.FAILED:
            transitions.move(submission, Status.COMPUTING)
        elif submission.status != Status.COMPUTING:
            return
        elif run.status == WorkStatus.DONE:
            _accept(submission, run)
        elif run.status in {WorkStatus.FAILED, WorkStatus.CANCELLED}:
            _refuse(submission, run)


def _accept(submission: Submission, run: Run) -> None:
    Prediction.objects.bulk_create(
        Prediction(
            submission=submission,
            case_id=row.case_id,
            filename=f"{row.case.name}.nii.gz"[-255:],
            labelmap_digest=row.labelmap_digest,
            voxel_digest=row.voxel_digest,
        )
        for row in run.cases.select_related("case")
    )
    transitions.move(submission, Status.ACCEPTED)
    publish(SubmissionAccepted(submission_id=submission.pk, phase_id=submission.phase_id))


def _refuse(submission: Submission, run: Run) -> None:
    """The author reads a sentence that tells nothing of any case: what the model said may be the image."""
    sentence = sentence_of(run.reason_code)
    if run.status == WorkStatus.FAILED and run.reason_code in OURS:
        transitions.move(
            submission, Status.FAILED, reason_code=run.reason_code, reason=f"{sentence} No attempt was used."
        )
        return
    finding = FileFinding(None, None, run.reason_code, "error", sentence, "Mend the model, and run it again.")
    submission.findings = [] if run.status == WorkStatus.CANCELLED else [finding.to_json()]
    transitions.move(
        submission,
        Status.REJECTED,
        reason_code=run.reason_code,
        reason=f"{sentence} No attempt was used.",
    )
