"""Reads of assignments and annotations. `visible_to` blinds: raters see their own work, organizers all.

Of a case that a rater reads again they see one reading at a time: the earliest that is open, else the latest
that was offered. It is theirs to know under one name only, `as_known_to`, and by the assignment's id, never
by the case's.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from backend.annotations.models import Annotation, Assignment, Revision
from backend.challenges.models import Role
from backend.challenges.permissions import Permission, Person, require
from backend.common.errors import NotFound
from backend.datasets.models import Case

# Sorted by its own name, a re-read would stand where the first reading stood.
NAME_FOR_RATER = Coalesce(NullIf("shown_name", Value("")), "case__name")
# Of one answer. Whoever lags further behind asks again after the last one.
MOST_EDITS_READ = 1000
MOST_BYTES_READ = 8 << 20


def visible_to(user: Person) -> QuerySet[Assignment]:
    """The assignments of the challenges that the person organizes, and those of which they are the rater."""
    assignments = Assignment.objects.select_related(
        "case__dataset__challenge", "case__dataset__scheme", "rater", "annotation"
    ).order_by("due_at", NAME_FOR_RATER, "rater_id")
    if not user.is_authenticated:
        return assignments.none()
    if user.is_superuser:
        return assignments
    membership = "case__dataset__challenge__memberships"
    organized = Q(**{f"{membership}__user": user, f"{membership}__role": Role.ORGANIZER})
    own = Q(rater=user, **{f"{membership}__user": user, f"{membership}__role": Role.RATER})
    # One role per person and challenge: no row comes twice.
    return assignments.filter(organized | (own & _one_reading_at_a_time()))


def _one_reading_at_a_time() -> Q:
    offered = Q(offered_at=None) | Q(offered_at__lte=timezone.now())
    readings = Assignment.objects.filter(case=OuterRef("case"), rater=OuterRef("rater")).order_by()
    submitted = Q(annotation__status=Annotation.Status.SUBMITTED)
    earlier_open = Exists(readings.filter(~submitted, round__lt=OuterRef("round")))
    later_offered = Exists(readings.filter(offered, round__gt=OuterRef("round")))
    return offered & ~earlier_open & ~(submitted & Q(later_offered))


def is_organizing(user: Person, assignment: Assignment) -> bool:
    """Whether somebody who sees the assignment sees it as an organizer."""
    return user.pk != assignment.rater_id


def as_known_to(user: Person, assignment: Assignment) -> Assignment:
    """The assignment, for its rater with the case under the name that they know; nobody saves that case."""
    if not is_organizing(user, assignment):
        assignment.case.name = assignment.rater_case_name
    return assignment


def get_assignment(user: Person, assignment_id: UUID) -> Assignment:
    assignment = visible_to(user).filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound("There is no such assignment, or it is not yours to see.")
    return as_known_to(user, assignment)


def get_case_to_manage(user: Person, case_id: UUID) -> Case:
    """The case, if the person may say who annotates it and how."""
    case = Case.objects.select_related("dataset__challenge", "dataset__scheme").filter(pk=case_id).first()
    if case is None:
        raise NotFound("There is no such case, or it is not yours to see.")
    require(user, Permission.ANNOTATION_MANAGE, case.dataset.challenge)
    return case


def get_annotation(user: Person, annotation_id: UUID) -> Annotation:
    """The annotation with its assignment, case, dataset and challenge."""
    assignment = visible_to(user).filter(annotation__pk=annotation_id).first()
    if assignment is None:
        raise NotFound("There is no such annotation, or it is not yours to see.")
    annotation = assignment.annotation
    annotation.assignment = as_known_to(user, assignment)
    return annotation


def revisions_of(annotation: Annotation) -> QuerySet[Revision]:
    """From the first to the latest, without their runs."""
    return annotation.revisions.select_related("author").defer("runs").order_by("number")


def edits_after(annotation: Annotation, number: int) -> list[Revision]:
    """The revisions after `number`, ascending, with their runs; as many as one answer carries."""
    later = annotation.revisions.filter(number__gt=number, number__lte=annotation.head).order_by("number")
    taken: list[Revision] = []
    size = 0
    for revision in later[:MOST_EDITS_READ].iterator(chunk_size=100):
        size += len(revision.runs or b"")
        if taken and size > MOST_BYTES_READ:
            break
        taken.append(revision)
    return taken


def get_revision(annotation: Annotation, number: int) -> Revision:
    revision = annotation.revisions.filter(number=number).defer("runs").first()
    if revision is None:
        raise NotFound(
            f"The annotation of case {annotation.assignment.case.name} has no revision {number}; "
            f"its latest is {annotation.head}."
        )
    return revision


def submitted_of(case_id: UUID) -> list[Revision]:
    """The submitted revision of every rater's submitted first reading of a case, by rater."""
    revisions = (
        Revision.objects.filter(
            annotation__assignment__case_id=case_id,
            annotation__assignment__round=Assignment.FIRST,
            annotation__status=Annotation.Status.SUBMITTED,
        )
        .select_related("annotation__assignment__rater")
        .defer("runs")
        .order_by("annotation__assignment__rater_id")
    )
    return [revision for revision in revisions if revision.number == revision.annotation.submitted_revision]


def compared_rereads(case_ids: Collection[UUID]) -> list[Annotation]:
    """The re-reads of these cases that were compared with their first reading, by case and rater."""
    return list(
        Annotation.objects.filter(
            assignment__case__in=case_ids,
            status=Annotation.Status.SUBMITTED,
            intra_rater__isnull=False,
        )
        .select_related("assignment__case", "assignment__rater", "assignment__reread_of")
        .order_by("assignment__case__name", "assignment__rater_id", "assignment__round")
    )
