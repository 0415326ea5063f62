"""What can be drawn, as plain values: one frozen dataclass per picture.

Names come from people and may hold anything: they are cut, cleaned and escaped where they are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = tuple[float | None, ...]
Matrix = tuple[Values, ...]
Pixels = npt.NDArray[np.uint8]
PlaneMask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RegionKey:
    """A region by its key, which chooses the colour, and its name in words."""

    key: str
    name: str


@dataclass(frozen=True)
class ScoredEntrant:
    """One row of a picture of scores.

    Args:
        values: of each of the chart's regions, one per case; None where the metric is not defined.
        is_human: a rater, set apart from the methods.
    """

    name: str
    values: tuple[Values, ...]
    is_human: bool = False


@dataclass(frozen=True)
class ScoresChart:
    """Boxes and strips of one metric by region and entrant, in the order given.

    Args:
        metric: its name in words.
        unit: empty where it has none.
        higher_is_better: None where neither end is.
    """

    title: str
    metric: str
    unit: str
    higher_is_better: bool | None
    regions: tuple[RegionKey, ...]
    entrants: tuple[ScoredEntrant, ...]


@dataclass(frozen=True)
class RankedEntrant:
    """How often an entrant took which place among all resamples.

    Args:
        rank: on the board.
        frequencies: share at place 1, 2, ...; they sum to 1.
        rank_interval: of the resamples.
        letters: of the groups that cannot be told apart; empty where no test was made.
    """

    name: str
    rank: float
    frequencies: tuple[float, ...]
    median_rank: float
    rank_interval: tuple[float, float]
    letters: tuple[str, ...] = ()


@dataclass(frozen=True)
class StabilityChart:
    """Blobs of the places that entrants took in a bootstrap over cases; best first.

    Args:
        empty: what to say of fewer than two.
    """

    title: str
    entrants: tuple[RankedEntrant, ...]
    resamples: int
    level: float
    empty: str = "Rank stability needs two entrants at least."


@dataclass(frozen=True)
class SignificanceChart:
    """Which entrants differ, each pair tested.

    Args:
        names: best first.
        p_values: adjusted and two-sided, (names, names).
        alpha: below it a pair differs.
        test: what was done, in words.
        empty: what to say of fewer than two names.
    """

    title: str
    names: tuple[str, ...]
    p_values: Matrix
    alpha: float
    test: str
    empty: str = "A comparison needs two entrants at least."


@dataclass(frozen=True)
class AgreementPanel:
    """One matrix of agreement, (raters, raters), symmetric; None where two never met."""

    name: str
    values: Matrix


@dataclass(frozen=True)
class AgreementChart:
    """How far each pair of raters agrees.

    Args:
        measure: such as "Dice".
        panels: one per region.
    """

    title: str
    measure: str
    raters: tuple[str, ...]
    panels: tuple[AgreementPanel, ...]


@dataclass(frozen=True)
class VolumePair:
    """Two volumes of the same region and case in mL; `series` names whose the found one is."""

    series: str
    expected_ml: float
    found_ml: float


@dataclass(frozen=True)
class VolumesPanel:
    region: RegionKey
    pairs: tuple[VolumePair, ...]


@dataclass(frozen=True)
class VolumesChart:
    """Bland–Altman: difference of two volumes against their mean, by region.

    Args:
        expected, found: what the two are, such as "reference" and "prediction"; the difference is
            found − expected.

    Source: Bland and Altman 1986, Lancet 327:307.
    """

    title: str
    expected: str
    found: str
    panels: tuple[VolumesPanel, ...]


@dataclass(frozen=True, eq=False)
class OverlayPanel:
    """One region on the slice.

    Args:
        reference, prediction: (rows, columns), as the slice.
        dice: of the whole case.
        missed_ml, added_ml: of the whole case: in the reference only, in the prediction only.
    """

    region: RegionKey
    reference: PlaneMask
    prediction: PlaneMask
    dice: float
    missed_ml: float
    added_ml: float


@dataclass(frozen=True, eq=False)
class OverlayChart:
    """One slice of a case with reference, prediction and where they differ, a panel per region.

    Args:
        image: (rows, columns), grey; all black without an image.
        row_mm, column_mm: distance between rows, and between columns.
        where: which slice, in words.
        edges: letters at the left, right, top and bottom of the picture; empty where unknown.
    """

    title: str
    where: str
    image: Pixels
    row_mm: float
    column_mm: float
    edges: tuple[str, str, str, str]
    panels: tuple[OverlayPanel, ...] = ()


Chart = ScoresChart | StabilityChart | SignificanceChart | AgreementChart | VolumesChart | OverlayChart
