"""Where the raters of a case disagree, as regions to be settled one by one, the weightiest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.agreement import entropy_bits
from backend.numerics.arrays import Labelmap
from backend.numerics.contested_parts import FEWEST_VOXELS, cut_into_parts
from backend.numerics.contested_table import ContestedTable
from backend.numerics.geometry import Grid
from backend.numerics.labels import LabelScheme
from backend.numerics.votes import Ballot, count_votes, require_raters

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_REGIONS = 500
# Of a pair of labels that no region tells apart.
LOWEST_COST = 0.5


@dataclass(frozen=True, slots=True)
class ContestedRegion:
    """Voxels that touch each other and that the raters label differently: a part of `contested_parts`.

    Args:
        number: from 1, by score; what the voxels of the map hold.
        mean_entropy_bits: of the raters' votes.
        score: by which regions are ranked, see `find_contested`.
        box: half-open voxel ranges along X, Y, Z.
        centre: the contested voxel nearest to the middle.
        question: labels that raters gave, ascending: those between which to choose at most of its voxels.
        labels: {source: {label: voxels}}, the labels that occur.
    """

    number: int
    voxels: int
    volume_ml: float
    mean_entropy_bits: float
    score: float
    box: tuple[tuple[int, int], ...]
    centre: tuple[int, ...]
    question: tuple[int, ...]
    labels: dict[str, dict[int, int]]

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "voxels": self.voxels,
            "volume_ml": self.volume_ml,
            "mean_entropy_bits": self.mean_entropy_bits,
            "score": self.score,
            "box": [list(axis) for axis in self.box],
            "centre": list(self.centre),
            "question": list(self.question),
            "labels": {
                source: {str(label): voxels for label, voxels in counts.items()}
                for source, counts in self.labels.items()
            },
        }


@dataclass(frozen=True, eq=False)
class Contested:
    """All that raters disagree about.

    Args:
        regions: by number, from 1; none where all agree.
        table: the voxels of these regions.
        map: uint16, (X, Y, Z): the region's number, 0 elsewhere.
        entropy: uint8, (X, Y, Z): of the votes, 255 where every rater chose another label.
    """

    regions: tuple[ContestedRegion, ...]
    table: ContestedTable
    map: npt.NDArray[np.uint16]
    entropy: npt.NDArray[np.uint8]


def find_contested(
    raters: Mapping[str, Labelmap], fused: Mapping[str, Labelmap], *, scheme: LabelScheme, grid: Grid
) -> Contested:
    """Find the regions in which raters' labels differ (`contested_parts` says what is one), and rank them.

    A region's score is its volume in mL × the mean entropy of its votes in bits × the mean cost of its
    voxels.
    What a voxel costs is the most costly pair of labels among its raters. A pair costs the sum over the
    scheme's regions that have one label and not the other, each counted by how deep it nests: with tumours 1
    for the complete one, 2 for the core, 3 for the enhancing part. So enhancing tumour taken for background
    costs 6, for edema 5, core for edema 2, edema for background 1. A pair that no region tells apart costs a
    half. What is smaller than 3 voxels and touches no other part is left out, as is what comes after the 500
    weightiest.

    Args:
        raters: two or more labelmaps by key, (X, Y, Z), uint8, without marks of unsureness.
        fused: further sources, which have no say in what is contested.

    Raises:
        FusionError: there is no rater.
        GridMismatch: shapes differ.
    """
    ballot = count_votes(require_raters(list(raters.values())))
    entropy, costs = entropy_bits(ballot), _costs(ballot, scheme)
    voxels, patterns = _contested_voxels(ballot)
    questions, question_of = _questions(ballot)
    parts = cut_into_parts(voxels, question_of[patterns], grid=grid)
    weights = entropy[patterns] * grid.voxel_volume_ml
    numbers, scores = _rank(parts, weights, costs[patterns])
    kept = numbers > 0
    sources = {**raters, **fused}
    table = ContestedTable(
        sources=tuple(sources),
        voxels=voxels[kept],
        numbers=numbers[kept],
        labels=np.stack([_flat(labelmap)[voxels[kept]] for labelmap in sources.values()]).astype(np.uint8),
    )
    asked = _most_asked(table, question_of[patterns][kept], questions, count=len(scores))
    region_map = np.zeros(ballot.field.voxels, dtype=np.uint16)
    region_map[table.voxels] = table.numbers
    shades = np.rint(255 * entropy / np.log2(max(len(raters), 2))).astype(np.uint8)
    return Contested(
        regions=_describe(table, entropy[patterns][kept], scores, asked, grid),
        table=table,
        map=region_map.reshape(ballot.field.shape, order="F"),
        entropy=np.asfortranarray(ballot.place(shades)),
    )


def _flat(labelmap: Labelmap) -> Labelmap:
    return labelmap.reshape(-1, order="F")


def _contested_voxels(ballot: Ballot) -> tuple[Integers, npt.NDArray[np.int32]]:
    """The voxels on which raters differ, in native order and ascending, and the pattern of each."""
    differs = (ballot.patterns != ballot.patterns[:, :1]).any(axis=1)
    places = np.flatnonzero(differs[ballot.pattern_of])
    voxels = ballot.field.voxels_at(places)
    patterns = ballot.pattern_of[places]
    if ballot.field.order == "C":
        voxels = np.ravel_multi_index(
            np.unravel_index(voxels, ballot.field.shape), ballot.field.shape, order="F"
        )
        order = np.argsort(voxels)
        voxels, patterns = voxels[order], patterns[order]
    return voxels.astype(np.int64), patterns


def _questions(ballot: Ballot) -> tuple[list[tuple[int, ...]], Integers]:
    """The sets of labels that raters gave, each ascending, and which of them each pattern is."""
    given, question_of = np.unique(ballot.votes.T > 0, axis=0, return_inverse=True)
    return [tuple(ballot.labels[row].tolist()) for row in given], question_of.reshape(-1)


def _costs(ballot: Ballot, scheme: LabelScheme) -> Floats:
    """(P,): the most costly pair of labels in each pattern; 0 where all agree."""
    inside = np.array([np.isin(ballot.labels, region.labels) for region in scheme.regions], dtype=bool)
    depths = [
        1 + sum(set(region.labels) < set(outer.labels) for outer in scheme.regions)
        for region in scheme.regions
    ]
    costs = np.zeros(len(ballot.patterns))
    for a, b in combinations(range(len(ballot.labels)), 2):
        cost = sum(depth for depth, row in zip(depths, inside, strict=True) if row[a] != row[b])
        both = (ballot.patterns == a).any(axis=1) & (ballot.patterns == b).any(axis=1)
        costs[both] = np.maximum(costs[both], max(cost, LOWEST_COST))
    return costs


def _rank(parts: Integers, weights: Floats, costs: Floats) -> tuple[npt.NDArray[np.uint16], Floats]:
    """The number of each voxel's region, 0 where it is left out, and the score by number (0 is no region)."""
    sizes = np.bincount(parts, minlength=1)
    mean_costs = np.bincount(parts, costs, minlength=1) / np.maximum(sizes, 1)
    scores = np.bincount(parts, weights, minlength=1) * mean_costs
    large = np.flatnonzero(sizes >= FEWEST_VOXELS)
    ranked = large[np.argsort(-scores[large], kind="stable")][:MOST_REGIONS]
    numbers = np.zeros(len(sizes), dtype=np.uint16)
    numbers[ranked] = np.arange(1, len(ranked) + 1)
    return numbers[parts], np.append(0.0, scores[ranked])


def _most_asked(
    table: ContestedTable, asked: Integers, questions: Sequence[tuple[int, ...]], *, count: int
) -> list[tuple[int, ...]]:
    """By region (0 is none) the question of the most voxels."""
    width = len(questions)
    votes = np.bincount(table.numbers.astype(np.int64) * width + asked, minlength=count * width)
    return [questions[most] for most in votes.reshape(count, width).argmax(axis=1)]


def _describe(
    table: ContestedTable,
    entropy: Floats,
    scores: Floats,
    questions: Sequence[tuple[int, ...]],
    grid: Grid,
) -> tuple[ContestedRegion, ...]:
    count = len(scores)
    numbers = table.numbers.astype(np.int64)
    sizes = np.bincount(numbers, minlength=count)
    bits = np.bincount(numbers, entropy, minlength=count)
    places = np.stack(np.unravel_index(table.voxels, grid.shape, order="F"))
    lower, upper = _boxes(numbers, places, count)
    centres = _centres(numbers, places, sizes, grid)
    width = int(table.labels.max(initial=0)) + 1
    occurrences = [
        np.bincount(numbers * width + labels, minlength=count * width).reshape(count, width)
        for labels in table.labels
    ]
    return tuple(
        ContestedRegion(
            number=number,
            voxels=int(sizes[number]),
            volume_ml=float(sizes[number] * grid.voxel_volume_ml),
            mean_entropy_bits=float(bits[number] / sizes[number]),
            score=float(scores[number]),
            box=tuple(
                (int(first), int(last) + 1)
                for first, last in zip(lower[:, number], upper[:, number], strict=True)
            ),
            centre=tuple(int(place) for place in places[:, centres[number]]),
            question=questions[number],
            labels={
                source: {int(label): int(counts[number, label]) for label in np.flatnonzero(counts[number])}
                for source, counts in zip(table.sources, occurrences, strict=True)
            },
        )
        for number in range(1, count)
    )


def _boxes(numbers: Integers, places: Integers, count: int) -> tuple[Integers, Integers]:
    """(3, count): the first and the last voxel of each region along each axis."""
    lower = np.full((3, count), np.iinfo(np.int64).max)
    upper = np.full((3, count), -1)
    for axis in range(3):
        np.minimum.at(lower[axis], numbers, places[axis])
        np.maximum.at(upper[axis], numbers, places[axis])
    return lower, upper


def _centres(numbers: Integers, places: Integers, sizes: Integers, grid: Grid) -> Integers:
    """(count,): of each region the place, among all voxels, of the one nearest to its centroid in mm."""
    count = len(sizes)
    away = np.zeros(len(numbers))
    for axis, spacing in enumerate(grid.spacing_mm):
        middle = np.bincount(numbers, places[axis], minlength=count) / np.maximum(sizes, 1)
        away += ((places[axis] - middle[numbers]) * spacing) ** 2
    order = np.lexsort((away, numbers))
    firsts = np.searchsorted(numbers[order], np.arange(count))
    centres = np.zeros(count, dtype=np.int64)
    centres[1:] = order[firsts[1:]]
    return centres
