"""A submission's predictions as labelmaps from which raters may start."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.annotations.pre_annotating import Offer, offer_labelmap
from backend.challenges.permissions import Permission, require
from backend.submissions import selectors
from backend.submissions.errors import NoPredictions


def offer_predictions(
    *,
    submission_id: UUID,
    user: User,
    source: str = "",
    case_ids: Sequence[UUID] | None = None,
    rater_ids: Sequence[int] | None = None,
) -> Offer:
    """Offer each prediction to its case's raters who have not begun, or to these of them.

    Args:
        source: how raters read whose it is; the method's name unless told.
        case_ids: all that it predicts unless told.

    Raises:
        NoPredictions: the submission has none of these cases.
    """
    submission = selectors.get_submission(submission_id=submission_id, viewer=user)
    require(user, Permission.ANNOTATION_MANAGE, submission.phase.challenge)
    predictions = submission.predictions.select_related("case__dataset__challenge").order_by("case__name")
    if case_ids is not None:
        predictions = predictions.filter(case__in=case_ids)
    with transaction.atomic():
        offers = [
            offer_labelmap(
                case=prediction.case,
                user=user,
                digest=prediction.labelmap_digest,
                source=source or submission.method_name,
                rater_ids=rater_ids,
            )
            for prediction in predictions
        ]
    if not offers:
        raise NoPredictions(
            f"{submission.method_name}: no prediction of these cases was accepted; choose another submission."
        )
    return Offer(offered=sum(offer.offered for offer in offers), begun=sum(offer.begun for offer in offers))
