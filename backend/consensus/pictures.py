"""What the pictures of a dataset show: how far its raters agree."""

from collections.abc import Mapping

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.consensus import selectors
from backend.consensus.summary import DatasetAgreement, PairMeans
from backend.datasets.models import Dataset
from backend.pictures.charts import (
    AgreementChart,
    AgreementPanel,
    Matrix,
    RegionKey,
    VolumePair,
    VolumesChart,
    VolumesPanel,
)


def agreement_chart(*, dataset: Dataset, region: str = "") -> AgreementChart:
    """Dice of every pair of raters, the mean over the cases of the latest version that both are in.

    Raises:
        Invalid: the scheme has no such region.
    """
    agreement = selectors.dataset_agreement(dataset)
    raters = [found.rater for found in agreement.found.raters]
    names = _names(agreement.people)
    return AgreementChart(
        title=f"{dataset.name}: agreement of the raters",
        measure="Dice",
        raters=tuple(names[rater] for rater in raters),
        panels=tuple(
            AgreementPanel(shown.name, _matrix(raters, agreement.found.pairs, shown.key))
            for shown in _regions(dataset, region)
        ),
    )


def volumes_chart(*, dataset: Dataset, region: str = "") -> VolumesChart:
    """What each rater drew beside the consensus, case by case of the latest version.

    Raises:
        Invalid: the scheme has no such region.
    """
    agreement = selectors.dataset_agreement(dataset)
    names = _names(agreement.people)
    return VolumesChart(
        title=f"{dataset.name}: volumes of the raters",
        expected="consensus",
        found="rater",
        panels=tuple(
            VolumesPanel(shown, _pairs(agreement.found, names, shown.key))
            for shown in _regions(dataset, region)
        ),
    )


def _regions(dataset: Dataset, wanted: str) -> list[RegionKey]:
    known = [RegionKey(region["key"], region["name"]) for region in dataset.scheme.regions]
    found = [region for region in known if wanted in ("", region.key)]
    if not found:
        keys = ", ".join(region.key for region in known)
        raise Invalid(f"{dataset.name} has no region {wanted!r}; choose one of {keys}.")
    return found


def _names(people: Mapping[int, User]) -> dict[int, str]:
    return {rater: person.shown_name for rater, person in people.items()}


def _matrix(raters: list[int], pairs: list[PairMeans], region: str) -> Matrix:
    dice = {frozenset((pair.first, pair.second)): pair.dice[region].value for pair in pairs}
    return tuple(
        tuple(1.0 if first == second else dice.get(frozenset((first, second))) for second in raters)
        for first in raters
    )


def _pairs(agreement: DatasetAgreement, names: Mapping[int, str], region: str) -> tuple[VolumePair, ...]:
    pairs = []
    for case in agreement.cases:
        for drawn in case.raters:
            expected_ml, found_ml = case.consensus_volumes_ml.get(region), drawn.volumes_ml.get(region)
            if expected_ml is not None and found_ml is not None:
                pairs.append(VolumePair(names[drawn.rater], expected_ml, found_ml))
    return tuple(pairs)
