"""Scoring the raters as submissions are: each one's annotation against the fusion of the others.

What is owed follows from the rows alone: every phase is owed, under its metric set, the scores of all raters
left out of the consensus versions in its current reference. Asking twice or dying in between changes nothing.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery

from backend.annotations.models import Revision
from backend.consensus.models import ConsensusVersion
from backend.evaluations.metric_sets import metric_set_named
from backend.evaluations.models import RaterScores
from backend.evaluations.scoring import CaseScorer
from backend.evaluations.selectors import unscored_raters
from backend.events.bus import publish
from backend.events.types import RaterScoresRequested, RatersScored
from backend.numerics.packing import PackedLabelmap
from backend.phases import selectors as phases
from backend.phases.models import Phase, PhaseReference


def owe_rater_scores(*, phase_id: UUID) -> None:
    """Ask for the rater scores that the phase lacks, case by case."""
    phase = Phase.objects.get(pk=phase_id)
    reference = phases.current_reference(phase)
    if reference is None:
        return
    with transaction.atomic():
        owed = unscored_raters(reference, phase.metric_set).order_by("consensus_id")
        for consensus_id in owed.values_list("consensus_id", flat=True).distinct():
            publish(RaterScoresRequested(consensus_id=consensus_id))


def score_raters(*, consensus_id: UUID) -> None:
    """Score the raters of one consensus under every set that is owed, then tell the phases that now have
    all."""
    consensus = ConsensusVersion.objects.select_related("case__dataset__scheme").get(pk=consensus_id)
    owing = _phases_owing(consensus)
    for metric_set in sorted({phase.metric_set for phase, _ in owing}):
        _score_under(metric_set, consensus)
    for phase, reference in owing:
        # Asked after our rows are in: of jobs that end at once, the last sees that nothing is left.
        if not unscored_raters(reference, phase.metric_set).exists():
            publish(RatersScored(phase_id=phase.pk))


def _phases_owing(consensus: ConsensusVersion) -> list[tuple[Phase, PhaseReference]]:
    """The phases whose current reference holds the consensus."""
    current = (
        PhaseReference.objects.filter(phase__dataset_version__cases=consensus.case_id)
        .order_by("phase_id", "-number")
        .distinct("phase_id")
    )
    references = PhaseReference.objects.filter(
        pk__in=current.values("pk"), consensus_versions=consensus
    ).select_related("phase")
    return [(reference.phase, reference) for reference in references]


def _score_under(metric_set: str, consensus: ConsensusVersion) -> None:
    drawn = Revision.objects.filter(annotation=OuterRef("annotation"), number=OuterRef("revision"))
    owed = (
        consensus.leave_one_out.exclude(scores__metric_set=metric_set)
        .annotate(drawn_digest=Subquery(drawn.values("snapshot_digest")))
        .order_by("rater_id")
    )
    scorer = CaseScorer.of(consensus.case, metric_set_named(metric_set))

    def drawn_by_rater(digest: str) -> PackedLabelmap:
        name = f"an annotation of case {consensus.case.name}"
        return scorer.read(digest, name=name, drops_unsure=True)

    RaterScores.objects.bulk_create(
        (
            RaterScores(
                left_out_id=left_out_id,
                metric_set=metric_set,
                values=scorer.score(drawn_by_rater(drawn_digest), judge_digest=judge_digest),
            )
            for left_out_id, judge_digest, drawn_digest in owed.values_list(
                "pk", "labelmap_digest", "drawn_digest"
            )
        ),
        ignore_conflicts=True,  # another run may have been faster
    )
