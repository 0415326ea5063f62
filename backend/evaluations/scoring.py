"""Scoring one prediction against one consensus, and against the fusions without each rater."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.common import blobs
from backend.consensus.models import LeaveOneOut
from backend.datasets.services import scheme_of
from backend.evaluations import services
from backend.evaluations.models import CaseEvaluation, Score
from backend.evaluations.summary import DICE
from backend.numerics.arrays import Labelmap
from backend.numerics.overlap import dice_by_region
from backend.numerics.volumes import read_labelmap


def score_case(*, case_evaluation_id: UUID) -> None:
    """Compute and write the scores of one case, then complete what waited for it.

    Idempotent: scores are written once, whoever ends first; a worker killed after writing them left the
    completing to the next run.
    """
    owed = CaseEvaluation.objects.select_related("prediction__case__dataset__scheme", "consensus").get(
        pk=case_evaluation_id
    )
    if owed.status == CaseEvaluation.Status.WAITING:
        write_scores(owed, compute_scores(owed))
    services.complete_evaluations(case_evaluation_id=case_evaluation_id)


def compute_scores(owed: CaseEvaluation) -> list[Score]:
    """Dice of every region against the consensus, and against each leave-one-out fusion beside it;
    unsaved."""
    case = owed.prediction.case
    scheme = scheme_of(case.dataset.scheme)
    prediction = _read(owed.prediction.labelmap_digest, f"{owed.prediction.filename} of case {case.name}")
    judges: list[tuple[LeaveOneOut | None, str]] = [(None, owed.consensus.labelmap_digest)]
    judges += [(judge, judge.labelmap_digest) for judge in owed.consensus.leave_one_out.order_by("rater_id")]
    return [
        Score(case_evaluation=owed, left_out=left_out, region=region, metric=DICE, value=value)
        for left_out, digest in judges
        for region, value in dice_by_region(
            _read(digest, f"reference of case {case.name}"), prediction, scheme
        ).items()
    ]


def write_scores(owed: CaseEvaluation, scores: list[Score]) -> None:
    """Write all of them in one go, unless another run was first."""
    with transaction.atomic():
        locked = CaseEvaluation.objects.select_for_update(no_key=True).get(pk=owed.pk)
        if locked.status != CaseEvaluation.Status.WAITING:
            return
        Score.objects.bulk_create(scores)
        locked.status = CaseEvaluation.Status.SCORED
        locked.scored_at = timezone.now()
        locked.save(update_fields=["status", "scored_at"])


def _read(digest: str, name: str) -> Labelmap:
    # Stored labelmaps are .nii.gz, whatever the file was called that they came from.
    return read_labelmap(blobs.read_blob(digest), name=name, check_extension=False).array
