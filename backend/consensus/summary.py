"""The agreement of a dataset's raters over its cases, from what each consensus version carries. Pure.

What a case does not define (a rater whom the estimate says nothing of, a version of earlier code) is no part
of a mean; every mean says of how many cases it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any
from uuid import UUID

FEWEST_TO_COMPARE = 2

RegionValues = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class FusedCase:
    """A case with the record of its head, `ConsensusVersion.agreement`.

    Args:
        left_out: {rater: {region: Dice against the fusion of the others}}.
    """

    id: UUID
    name: str
    agreement: Mapping[str, Any]
    left_out: Mapping[int, RegionValues]

    @property
    def raters(self) -> list[int]:
        return [row["rater"] for row in self.agreement["rater_volumes_ml"]]

    @property
    def is_older(self) -> bool:
        """Whether it was fused by code that measured less."""
        return self.agreement.get("fusion") is None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over the cases that have the value; None where none has."""

    value: float | None
    cases: int


@dataclass(frozen=True, slots=True)
class RegionAgreement:
    """One region; of a case the mean over its pairs or raters, then the mean over cases."""

    region: str
    pairwise_dice: Mean
    leave_one_out_dice: Mean
    cohen_kappa: Mean
    conformity_index: Mean


@dataclass(frozen=True, slots=True)
class PairMeans:
    """Two raters by user id, first < second, over the cases that both are in; by region."""

    first: int
    second: int
    dice: dict[str, Mean]
    kappa: dict[str, Mean]


@dataclass(frozen=True, slots=True)
class RaterMeans:
    """One rater over the cases that they are in; by region.

    Args:
        sensitivity, specificity: as the binary STAPLE estimates them.
        weight: of the vote, where the method weighs votes.
        dropped: cases in which the method gave no weight to the rater.
    """

    rater: int
    cases: int
    leave_one_out_dice: dict[str, Mean]
    sensitivity: dict[str, Mean]
    specificity: dict[str, Mean]
    weight: Mean
    dropped: int


@dataclass(frozen=True, slots=True)
class CaseRater:
    rater: int
    volumes_ml: RegionValues
    leave_one_out_dice: RegionValues | None


@dataclass(frozen=True, slots=True)
class CaseAgreement:
    """One case: what its raters drew beside the consensus."""

    id: UUID
    name: str
    fleiss_kappa: float | None
    fleiss_kappa_labelled: float | None
    consensus_volumes_ml: RegionValues
    raters: list[CaseRater]


@dataclass(frozen=True, slots=True)
class DatasetAgreement:
    """Over all cases that were fused from two raters or more.

    Args:
        older: how many of them were fused by code that measured less.
    """

    older: int
    fleiss_kappa: Mean
    fleiss_kappa_labelled: Mean
    regions: list[RegionAgreement]
    pairs: list[PairMeans]
    raters: list[RaterMeans]
    cases: list[CaseAgreement]


@dataclass(frozen=True, slots=True)
class Reread:
    """A rater's second look at a case beside their first, by region."""

    rater: int
    case: UUID
    case_name: str
    days_between: float
    dice: RegionValues
    kappa: RegionValues


@dataclass(frozen=True, slots=True)
class IntraRaterMeans:
    """One rater over their re-reads; by region."""

    rater: int
    rereads: int
    dice: dict[str, Mean]
    kappa: dict[str, Mean]


def summarise_rereads(rereads: Sequence[Reread], regions: Sequence[str]) -> list[IntraRaterMeans]:
    """By rater; none without re-reads."""
    own = {
        rater: [row for row in rereads if row.rater == rater]
        for rater in sorted({row.rater for row in rereads})
    }
    return [
        IntraRaterMeans(
            rater=rater,
            rereads=len(rows),
            dice=_means([row.dice for row in rows], regions),
            kappa=_means([row.kappa for row in rows], regions),
        )
        for rater, rows in own.items()
    ]


def summarise(fused: Iterable[FusedCase], regions: Sequence[str]) -> DatasetAgreement:
    """Summarise the cases in their order; those of fewer than two raters are left out."""
    cases = [case for case in fused if len(case.raters) >= FEWEST_TO_COMPARE]
    raters = sorted({rater for case in cases for rater in case.raters})
    return DatasetAgreement(
        older=sum(case.is_older for case in cases),
        fleiss_kappa=_mean(case.agreement.get("fleiss_kappa") for case in cases),
        fleiss_kappa_labelled=_mean(case.agreement.get("fleiss_kappa_labelled") for case in cases),
        regions=[_region_agreement(cases, region) for region in regions],
        pairs=[
            pair
            for first, second in combinations(raters, 2)
            if (pair := _pair_means(cases, {first, second}, regions)) is not None
        ],
        raters=[_rater_means(cases, rater, regions) for rater in raters],
        cases=[_case_agreement(case) for case in cases],
    )


def _region_agreement(cases: Sequence[FusedCase], region: str) -> RegionAgreement:
    return RegionAgreement(
        region=region,
        pairwise_dice=_mean(case.agreement["mean_pairwise_dice"].get(region) for case in cases),
        leave_one_out_dice=_mean(
            _mean(dice.get(region) for dice in case.left_out.values()).value for case in cases
        ),
        cohen_kappa=_mean(
            _mean(pair.get("kappa", {}).get(region) for pair in case.agreement["pairs"]).value
            for case in cases
        ),
        conformity_index=_mean((case.agreement.get("conformity_index") or {}).get(region) for case in cases),
    )


def _pair_means(cases: Sequence[FusedCase], raters: set[int], regions: Sequence[str]) -> PairMeans | None:
    """None where no case has both."""
    rows = [
        pair
        for case in cases
        for pair in case.agreement["pairs"]
        if {pair["first"], pair["second"]} == raters
    ]
    if not rows:
        return None
    return PairMeans(
        first=min(raters),
        second=max(raters),
        dice=_means([row["dice"] for row in rows], regions),
        kappa=_means([row.get("kappa", {}) for row in rows], regions),
    )


def _rater_means(cases: Sequence[FusedCase], rater: int, regions: Sequence[str]) -> RaterMeans:
    performance = [
        row for case in cases for row in case.agreement.get("performance", []) if row["rater"] == rater
    ]
    weights = [
        row["weight"]
        for case in cases
        for row in (case.agreement.get("fusion") or {}).get("raters", [])
        if row["rater"] == rater
    ]
    return RaterMeans(
        rater=rater,
        cases=sum(rater in case.raters for case in cases),
        leave_one_out_dice=_means([case.left_out.get(rater, {}) for case in cases], regions),
        sensitivity=_means([row["sensitivity"] for row in performance], regions),
        specificity=_means([row["specificity"] for row in performance], regions),
        weight=_mean(weights),
        dropped=weights.count(0),
    )


def _case_agreement(case: FusedCase) -> CaseAgreement:
    return CaseAgreement(
        id=case.id,
        name=case.name,
        fleiss_kappa=case.agreement.get("fleiss_kappa"),
        fleiss_kappa_labelled=case.agreement.get("fleiss_kappa_labelled"),
        consensus_volumes_ml=case.agreement["consensus_volumes_ml"],
        raters=[
            CaseRater(row["rater"], row["volumes_ml"], case.left_out.get(row["rater"]))
            for row in case.agreement["rater_volumes_ml"]
        ],
    )


def _means(rows: Sequence[RegionValues], regions: Sequence[str]) -> dict[str, Mean]:
    return {region: _mean(row.get(region) for row in rows) for region in regions}


def _mean(values: Iterable[float | None]) -> Mean:
    found = [value for value in values if value is not None]
    return Mean(fmean(found) if found else None, len(found))
