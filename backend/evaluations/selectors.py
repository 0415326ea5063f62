"""Reading evaluations, for those who may see their scores."""

from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from backend.challenges.permissions import Person
from backend.common.errors import NotFound
from backend.consensus.models import LeaveOneOut
from backend.evaluations.models import Evaluation, RaterScores
from backend.phases.models import PhaseReference
from backend.submissions import selectors as submissions
from backend.submissions.models import Submission


def get_evaluation(*, evaluation_id: UUID, viewer: Person) -> Evaluation:
    """Raises NotFound where there is none, or its scores are not to be seen."""
    evaluation = (
        Evaluation.objects.select_related(
            "reference",
            "submission__phase__challenge",
            "submission__phase__dataset_version__dataset__scheme",
        )
        .filter(pk=evaluation_id, submission__in=submissions.visible_to(viewer).values("pk"))
        .first()
    )
    if evaluation is None or not submissions.Viewpoint(viewer).shows_scores(evaluation.submission):
        raise NotFound("There is no such evaluation, or its scores are not yours to see.")
    return evaluation


def latest_first(evaluations: QuerySet[Evaluation], metric_set: str) -> QuerySet[Evaluation]:
    """In the order in which they stand for their submission: against the highest reference first, there under
    the phase's metric set, then the newest."""
    is_current = Case(
        When(Q(metric_set=metric_set), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return evaluations.order_by(F("reference__number").desc(), is_current.desc(), F("created_at").desc())


def latest_evaluation(submission: Submission) -> Evaluation | None:
    """The completed evaluation that stands for the submission; while rescoring it is an earlier one."""
    completed = submission.evaluations.filter(status=Evaluation.Status.SCORED).select_related("reference")
    return latest_first(completed, submission.phase.metric_set).first()


def unscored_raters(reference: PhaseReference, metric_set: str) -> QuerySet[LeaveOneOut]:
    """The raters of the reference who have no scores under the set yet."""
    scores = RaterScores.objects.filter(left_out=OuterRef("pk"), metric_set=metric_set)
    return LeaveOneOut.objects.filter(
        ~Exists(scores), consensus__in=reference.consensus_versions.order_by().values("pk")
    )
