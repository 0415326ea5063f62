"""Reads of assignments and annotations. `visible_to` blinds: raters see their own work, organizers all."""

from uuid import UUID

from django.db.models import Q, QuerySet

from backend.annotations.models import Annotation, Assignment, Revision
from backend.challenges.models import Role
from backend.challenges.permissions import Person
from backend.common.errors import NotFound

# Of one answer. Whoever lags further behind asks again after the last one.
MOST_EDITS_READ = 1000
MOST_BYTES_READ = 8 << 20


def visible_to(user: Person) -> QuerySet[Assignment]:
    """The assignments of the challenges that the person organizes, and those of which they are the rater."""
    assignments = Assignment.objects.select_related(
        "case__dataset__challenge", "case__dataset__scheme", "rater", "annotation"
    ).order_by("due_at", "case__name", "rater_id")
    if not user.is_authenticated:
        return assignments.none()
    if user.is_superuser:
        return assignments
    membership = "case__dataset__challenge__memberships"
    organized = Q(**{f"{membership}__user": user, f"{membership}__role": Role.ORGANIZER})
    own = Q(rater=user, **{f"{membership}__user": user, f"{membership}__role": Role.RATER})
    return assignments.filter(organized | own)  # one role per person and challenge: no row comes twice


def get_assignment(user: Person, assignment_id: UUID) -> Assignment:
    assignment = visible_to(user).filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound("There is no such assignment, or it is not yours to see.")
    return assignment


def get_annotation(user: Person, annotation_id: UUID) -> Annotation:
    """The annotation with its assignment, case, dataset and challenge."""
    assignment = visible_to(user).filter(annotation__pk=annotation_id).first()
    if assignment is None:
        raise NotFound("There is no such annotation, or it is not yours to see.")
    annotation = assignment.annotation
    annotation.assignment = assignment
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
    """The submitted revision of every submitted annotation of a case, by rater."""
    revisions = (
        Revision.objects.filter(
            annotation__assignment__case_id=case_id, annotation__status=Annotation.Status.SUBMITTED
        )
        .select_related("annotation__assignment__rater")
        .defer("runs")
        .order_by("annotation__assignment__rater_id")
    )
    return [revision for revision in revisions if revision.number == revision.annotation.submitted_revision]
