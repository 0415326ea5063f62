"""Reading evaluations and their scores, for those who may see them."""

from uuid import UUID

from django.db.models import F, QuerySet

from backend.challenges.permissions import Person
from backend.common.errors import NotFound
from backend.evaluations.models import Evaluation, Score
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


def scores_of(evaluation: Evaluation) -> QuerySet[Score]:
    """The long table: by case, against the whole consensus first, then without each rater."""
    return (
        Score.objects.filter(case_evaluation__evaluations=evaluation)
        .select_related("case_evaluation__prediction__case", "left_out")
        .order_by(
            "case_evaluation__prediction__case__name",
            F("left_out__rater_id").asc(nulls_first=True),
            "region",
            "metric",
        )
    )


def latest_evaluation(submission: Submission) -> Evaluation | None:
    """The completed evaluation against the highest reference, which while rescoring is an earlier one."""
    completed = submission.evaluations.filter(status=Evaluation.Status.SCORED)
    return completed.select_related("reference").order_by("-reference__number").first()
