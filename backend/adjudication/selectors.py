"""Reads of adjudications: organizers see those of their challenges, experts those they are invited to.

An expert who is also a rater of the case sees nothing of the others' work while their own is not handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from backend.accounts.models import User
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.annotations.models import Annotation, Assignment
from backend.annotations.selectors import MOST_BYTES_READ, MOST_EDITS_READ
from backend.challenges.models import Role
from backend.challenges.permissions import Permission, Person, allows
from backend.common.errors import NotFound
from backend.datasets.models import Case

RegionState = Literal["open", "taken", "painted"]

# JSON of many kilobytes that painting does not ask for.
LARGE = ("regions", "raters", "base__agreement", "base__inputs")


@dataclass(frozen=True, slots=True)
class SeenAdjudication:
    """An adjudication as this person may see it.

    Args:
        names: the raters by id, for organizers; None for whom they are "Rater A" and so on.
        may_manage: whether the person invites, signs and withdraws.
        states: of every region that is not open, by number.
        head_number: of the case's consensus, which may have moved on since.
    """

    adjudication: Adjudication
    names: dict[int, User] | None
    may_manage: bool
    states: dict[int, RegionState]
    head_number: int


def visible_to(user: Person) -> QuerySet[Adjudication]:
    rows = Adjudication.objects.select_related(
        "case__dataset__challenge", "case__dataset__scheme", "base", "result", "opened_by", "signed_by"
    )
    if not user.is_authenticated:
        return rows.none()
    if user.is_superuser:
        return rows
    membership = "case__dataset__challenge__memberships"
    organized = Q(**{f"{membership}__user": user, f"{membership}__role": Role.ORGANIZER})
    member = Q(**{f"{membership}__user": user, f"{membership}__role": Role.RATER})
    invited = member & Q(experts=user) & ~Exists(unsubmitted_of(user, OuterRef("case_id")))
    # Subqueries: joined together, memberships and experts would multiply each other's rows.
    seen = Q(pk__in=Adjudication.objects.filter(organized).order_by().values("pk"))
    seen |= Q(pk__in=Adjudication.objects.filter(invited).order_by().values("pk"))
    return rows.filter(seen)


def unsubmitted_of(user: Person, case: UUID | OuterRef) -> QuerySet[Assignment]:
    """Work of the person on a case (its id, or an expression) that is not handed in."""
    own = Assignment.objects.filter(case=case, rater=user.pk)
    return own.exclude(annotation__status=Annotation.Status.SUBMITTED)


def get_adjudication(user: Person, adjudication_id: UUID) -> Adjudication:
    return _found(visible_to(user), adjudication_id)


def get_to_edit(user: Person, adjudication_id: UUID) -> Adjudication:
    """The same without its large columns, which come when they are asked for: every stroke reads this."""
    return _found(visible_to(user).defer(*LARGE), adjudication_id)


def _found(rows: QuerySet[Adjudication], adjudication_id: UUID) -> Adjudication:
    found = rows.filter(pk=adjudication_id).first()
    if found is None:
        raise NotFound("There is no such adjudication, or it is not yours to see.")
    return found


def of_case(user: Person, case_id: UUID) -> QuerySet[Adjudication]:
    """The case's adjudications, the latest first.

    Raises:
        NotFound: the person organizes nothing here, and is invited to none.
    """
    found = visible_to(user).filter(case_id=case_id)
    if not found.exists() and not _organizes(user, case_id):
        raise NotFound("There is no such case, or its adjudications are not yours to see.")
    return found


def describe(user: Person, adjudications: Iterable[Adjudication]) -> list[SeenAdjudication]:
    """What the person sees of adjudications that are theirs to see; a few queries for all together."""
    found = list(adjudications)
    prefetch_related_objects(found, "experts", "case__files")
    steps = _steps_of(found)
    managed = {
        challenge: allows(user, Permission.ADJUDICATE, challenge)
        for challenge in {item.case.dataset.challenge for item in found}
    }
    people = User.objects.in_bulk({rater["user"] for item in found for rater in item.raters})
    heads = dict(
        Adjudication.objects.filter(pk__in=[item.pk for item in found])
        .order_by("case__consensus_versions__number")  # of several, the last and highest stays
        .values_list("pk", "case__consensus_versions__number")
    )
    return [
        SeenAdjudication(
            adjudication=item,
            names=people if managed[item.case.dataset.challenge] else None,
            may_manage=managed[item.case.dataset.challenge],
            states=region_states(steps[item.pk]),
            head_number=heads[item.pk],
        )
        for item in found
    ]


def region_states(steps: Iterable[AdjudicationEdit]) -> dict[int, RegionState]:
    """Of every region what the last edit in it made of it; what was taken back counts no more.

    Args:
        steps: of one adjudication, in their order.
    """
    found = list(steps)
    undone = undone_steps(found)
    states: dict[int, RegionState] = {}
    for step in found:
        if step.edit_id in undone or step.undoes is not None:
            continue
        if step.region is not None:
            states[step.region] = "taken"
        for region in step.regions:
            states[region] = "taken" if region == step.region else "painted"
    return states


def undone_steps(steps: Iterable[AdjudicationEdit]) -> set[UUID]:
    """The edit_ids that stand no more: the last word on an edit is its latest undo, or the redo of that."""
    undone: set[UUID] = set()
    for step in sorted(steps, key=lambda step: step.number, reverse=True):
        if step.undoes is not None and step.edit_id not in undone:
            undone.add(step.undoes)
    return undone


def edits_after(adjudication: Adjudication, number: int) -> list[AdjudicationEdit]:
    """The edits after `number`, ascending, with their runs; as many as one answer carries."""
    later = (
        adjudication.edits.filter(number__gt=number, number__lte=adjudication.head)
        .select_related("author")
        .order_by("number")
    )
    taken: list[AdjudicationEdit] = []
    size = 0
    for edit in later[:MOST_EDITS_READ].iterator(chunk_size=100):
        size += len(edit.runs)
        if taken and size > MOST_BYTES_READ:
            break
        taken.append(edit)
    return taken


def _steps_of(adjudications: Iterable[Adjudication]) -> dict[UUID, list[AdjudicationEdit]]:
    """All edits of each, without their runs."""
    steps: dict[UUID, list[AdjudicationEdit]] = {item.pk: [] for item in adjudications}
    rows = AdjudicationEdit.objects.filter(adjudication__in=list(steps)).order_by("number")
    for step in rows.only("adjudication_id", "number", "edit_id", "undoes", "region", "regions"):
        steps[step.adjudication_id].append(step)
    return steps


def _organizes(user: Person, case_id: UUID) -> bool:
    case = Case.objects.select_related("dataset__challenge").filter(pk=case_id).first()
    return case is not None and allows(user, Permission.ADJUDICATE, case.dataset.challenge)
