"""Reads of datasets, and who may see the images of a case.

Assignments, consensus versions, adjudications and phases lie in apps above this one; they are reached by the
names of their relations to `Case` and `DatasetVersion`, so that nothing is imported upwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from backend.challenges import permissions
from backend.challenges.models import Challenge, Role
from backend.challenges.permissions import Permission, Person
from backend.common.errors import NotFound
from backend.datasets.models import Case, CaseFile, Dataset, DatasetImport, DatasetVersion, LabelScheme
from backend.numerics.fusion import METHODS
from backend.numerics.geometry import Grid


@dataclass(frozen=True, slots=True)
class GridSummary:
    """A case's grid as people read it; `orientation` as in LPS."""

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    orientation: str


@dataclass(frozen=True, slots=True)
class AnnotationProgress:
    """How far the raters of a case are; `required` is the dataset's."""

    required: int
    assigned: int
    submitted: int


@dataclass(frozen=True, slots=True)
class ConsensusHead:
    """The current consensus version of a case."""

    id: UUID
    number: int
    method: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the organizer's table shows it."""

    case: Case
    progress: AnnotationProgress
    consensus: ConsensusHead | None


def label_schemes() -> QuerySet[LabelScheme]:
    return LabelScheme.objects.all()


def get_challenge(user: Person, slug: str, permission: Permission) -> Challenge:
    """Raises NotFound or NotAllowed, as `permissions.require`."""
    challenge = Challenge.objects.filter(slug=slug).first()
    if challenge is None:
        raise NotFound(f"There is no challenge {slug}, or it is not yours to see.")
    permissions.require(user, permission, challenge)
    return challenge


def datasets_of(challenge: Challenge) -> QuerySet[Dataset]:
    """The challenge's datasets, with `case_count` and `latest_version_number` (None before the first)."""
    return _described(Dataset.objects.filter(challenge=challenge))


def get_dataset(user: Person, dataset_id: UUID, permission: Permission = Permission.DATASET_VIEW) -> Dataset:
    """One dataset, as in `datasets_of`, if the person has this permission in its challenge."""
    dataset = _described(Dataset.objects.filter(pk=dataset_id)).first()
    if dataset is None:
        raise NotFound("There is no such dataset, or it is not yours to see.")
    permissions.require(user, permission, dataset.challenge)
    return dataset


def fusion_parameters_of(dataset: Dataset) -> dict[str, Any]:
    """All parameters of the dataset's method, the defaults included; none where the method is unknown."""
    method = METHODS.get(dataset.fusion_method)
    return {
        parameter.name: dataset.fusion_parameters.get(parameter.name, parameter.default)
        for parameter in (method.parameters if method else ())
    }


def latest_version(dataset: Dataset) -> DatasetVersion | None:
    return dataset.versions.order_by("-number").first()


def versions_of(dataset: Dataset) -> QuerySet[DatasetVersion]:
    return dataset.versions.annotate(case_count=Count("cases")).select_related("created_by")


def get_version(dataset: Dataset, number: int | None) -> DatasetVersion | None:
    """The version of this number; without one the latest, or None where there is none yet."""
    if number is None:
        return latest_version(dataset)
    version = dataset.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"{dataset.name} has no version {number}.")
    return version


def cases_of(version: DatasetVersion | None) -> QuerySet[Case]:
    """The cases of a version with their files, by name; none before the first version."""
    cases = version.cases.all() if version else Case.objects.none()
    return cases.select_related("dataset").prefetch_related("files").order_by("name", "id")


def case_rows(cases: Sequence[Case]) -> list[CaseRow]:
    """The cases with annotation progress and consensus, in the same order; two queries for all of them."""
    ids = [case.pk for case in cases]
    first = Q(assignments__round=1)  # re-reads are no part of the consensus
    submitted = Q(assignments__annotation__status="submitted")
    counted = Case.objects.filter(pk__in=ids).annotate(
        assigned=Count("assignments", filter=first),
        submitted=Count("assignments", filter=first & submitted),
    )
    counts = {pk: numbers for pk, *numbers in counted.order_by().values_list("pk", "assigned", "submitted")}
    heads = {
        pk: ConsensusHead(id=head, number=number, method=method)
        for pk, head, number, method in Case.objects.filter(pk__in=ids, consensus_versions__isnull=False)
        .order_by("consensus_versions__number")  # of several, the last and highest stays in the dict
        .values_list(
            "pk", "consensus_versions__id", "consensus_versions__number", "consensus_versions__method"
        )
    }
    return [
        CaseRow(
            case=case,
            progress=AnnotationProgress(case.dataset.raters_required, *counts[case.pk]),
            consensus=heads.get(case.pk),
        )
        for case in cases
    ]


def visible_cases(user: Person) -> QuerySet[Case]:
    """The cases whose images this person may see.

    Organizers see their datasets' cases; raters those that they are invited to adjudicate, once all of their
    own work on them is handed in; participants those of a dataset version that a phase of their challenge
    shares. What raters annotate they know by the assignment only (`annotations`): reading a case again, they
    must not recognise it by its id.
    """
    if not user.is_authenticated:
        return Case.objects.none()
    if user.is_superuser:
        return Case.objects.all()
    organized = Q(
        dataset__challenge__memberships__user=user,
        dataset__challenge__memberships__role=Role.ORGANIZER,
    )
    shared = Q(
        versions__phases__images_shared=True,
        versions__phases__challenge__memberships__user=user,
        versions__phases__challenge__memberships__role=Role.PARTICIPANT,
    )
    invited = Q(
        adjudications__experts=user,
        dataset__challenge__memberships__user=user,
        dataset__challenge__memberships__role=Role.RATER,
    )
    seen = Q()
    # Subqueries: joined together, the reasons would multiply each other's rows.
    for reason in (organized, shared):
        seen |= Q(pk__in=Case.objects.filter(reason).order_by().values("pk"))
    unfinished = Case.objects.filter(
        assignments__rater=user, assignments__annotation__status__in=("assigned", "draft", "reopened")
    )
    experts = Case.objects.filter(invited).exclude(pk__in=unfinished.order_by().values("pk"))
    return Case.objects.filter(seen | Q(pk__in=experts.order_by().values("pk")))


def get_visible_case(user: Person, case_id: UUID) -> Case:
    case = (
        visible_cases(user)
        .select_related("dataset__scheme", "dataset__challenge")
        .prefetch_related("files")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound("There is no such case, or its images are not yours to see.")
    return case


def grid_of(case: Case) -> Grid:
    return Grid.from_json(case.grid)


def describe_grid(grid: Grid) -> GridSummary:
    return GridSummary(shape=grid.shape, spacing_mm=grid.spacing_mm, orientation=grid.orientation)


def images_of(case: Case) -> list[CaseFile]:
    """The case's images in the order of the dataset's sequences."""
    order = {sequence["key"]: position for position, sequence in enumerate(case.dataset.sequences)}
    images = [file for file in case.files.all() if file.kind == CaseFile.Kind.IMAGE]
    return sorted(images, key=lambda image: order.get(image.sequence, len(order)))


def get_image(case: Case, sequence: str) -> CaseFile:
    for image in images_of(case):
        if image.sequence == sequence:
            return image
    raise NotFound(f"Case {case.name} has no image {sequence}.")


def missing_sequences(case: Case) -> list[dict[str, str]]:
    """The dataset's sequences ({key, name}) of which the case has no image."""
    present = {image.sequence for image in images_of(case)}
    return [sequence for sequence in case.dataset.sequences if sequence["key"] not in present]


def imports_of(dataset: Dataset) -> QuerySet[DatasetImport]:
    return dataset.imports.select_related("created_by", "version", "dataset")


def get_import(
    user: Person, import_id: UUID, permission: Permission = Permission.DATASET_VIEW
) -> DatasetImport:
    found = (
        DatasetImport.objects.select_related("dataset__challenge", "dataset__scheme", "created_by", "version")
        .filter(pk=import_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such import, or it is not yours to see.")
    permissions.require(user, permission, found.dataset.challenge)
    return found


def _described(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    latest = DatasetVersion.objects.filter(dataset=OuterRef("pk")).order_by("-number")
    case_count = latest.annotate(count=Count("cases")).values("count")[:1]
    return datasets.select_related("challenge", "scheme").annotate(
        case_count=Subquery(case_count), latest_version_number=Subquery(latest.values("number")[:1])
    )
