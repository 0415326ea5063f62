"""Cases of a phase that a model saw in its training: there its scores say little of cases it has not seen."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.algorithms.models import TrainingCase
from backend.datasets.models import CaseFile, DatasetVersion
from backend.phases.models import Phase


@dataclass(frozen=True, slots=True)
class SeenPhase:
    """`cases` of the phase were learned from, or held out to choose the weights by."""

    id: UUID
    title: str
    cases: int


def phases_seen(trainings: Collection[UUID], phases: Iterable[Phase]) -> dict[UUID, list[SeenPhase]]:
    """By training, the phases of which it saw cases; trainings that saw none are left out.

    The same image makes the same case, whichever dataset or name it was imported under.
    """
    shown = list(phases)
    images = _images_of_trainings(trainings)
    if not images or not shown:
        return {}
    cases = _images_of_cases({phase.dataset_version_id for phase in shown})
    found: dict[UUID, list[SeenPhase]] = defaultdict(list)
    for training, seen in images.items():
        for phase in shown:
            count = sum(not seen.isdisjoint(files) for files in cases[phase.dataset_version_id].values())
            if count:
                found[training].append(SeenPhase(phase.pk, phase.title, count))
    return dict(found)


def _images_of_trainings(trainings: Collection[UUID]) -> dict[UUID, set[str]]:
    rows = TrainingCase.objects.filter(training__in=trainings, case__files__kind=CaseFile.Kind.IMAGE)
    digests: dict[UUID, set[str]] = defaultdict(set)
    for training, digest in rows.values_list("training_id", "case__files__original_digest"):
        digests[training].add(digest)
    return digests


def _images_of_cases(versions: Collection[UUID]) -> dict[UUID, dict[UUID, set[str]]]:
    """{dataset version: {case: digests of its images}}."""
    rows = DatasetVersion.objects.filter(pk__in=versions, cases__files__kind=CaseFile.Kind.IMAGE)
    digests: dict[UUID, dict[UUID, set[str]]] = defaultdict(lambda: defaultdict(set))
    for version, case, digest in rows.values_list("pk", "cases", "cases__files__original_digest"):
        digests[version][case].add(digest)
    return digests
