"""How raters are called wherever others may read it: by their alias, or as "Rater 1"…, never by their
account."""

from django.db.models import Min

from backend.accounts.models import User
from backend.annotations.models import Assignment
from backend.challenges.models import Membership
from backend.datasets.models import Dataset


def rater_names(dataset: Dataset) -> dict[int, str]:
    """{user id: name} of everyone who was ever assigned a case of the dataset.

    Numbers follow the first assignment, so that a rater who comes later renumbers nobody.
    """
    raters = (
        Assignment.objects.filter(case__dataset=dataset)
        .values("rater_id")
        .annotate(first=Min("created_at"))
        .order_by("first", "rater_id")
        .values_list("rater_id", flat=True)
    )
    aliases = dict(
        Membership.objects.filter(challenge=dataset.challenge_id)
        .exclude(alias="")
        .values_list("user_id", "alias")
    )
    return {rater: aliases.get(rater, f"Rater {number}") for number, rater in enumerate(raters, start=1)}


def name_of(rater: User | int, names: dict[int, str]) -> str:
    """The rater's name; "Rater" for one whose assignments are all gone."""
    return names.get(rater if isinstance(rater, int) else rater.pk, "Rater")
