"""Consensus of several raters' labelmaps.

No method depends on the order of the raters, and none ends a tie by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics import shape_average, simple, staple
from backend.numerics.arrays import Array, Labelmap, Mask, narrow_labels
from backend.numerics.errors import FusionError as FusionError
from backend.numerics.fusion_types import (
    Convergence,
    FusionInput,
    RaterEstimate,
    Spacing,
)
from backend.numerics.fusion_types import FusionMethod as FusionMethod
from backend.numerics.fusion_types import Parameter as Parameter
from backend.numerics.labels import LabelScheme
from backend.numerics.votes import Ballot, Box, count_votes, require_raters
from backend.numerics.voting import nested_regions as nested_regions
from backend.numerics.voting import vote_by_hierarchy, vote_by_majority, vote_by_plurality


@dataclass(frozen=True, eq=False)
class Fusion:
    """A fused labelmap.

    Args:
        labelmap: (X, Y, Z), integer.
        agreement: uint8, (X, Y, Z): percent of the raters sure of the voxel whose label is the fused one; 0
            where nobody is.
        method, parameters: how it was made, the defaults included.
        raters: what was learned of each, in the order given; None for an absent one, or where the method
            learns nothing.
        convergence: of an iterative method.
        field_of_view: the box that entered the estimate, half-open voxel ranges; None where it does not
            matter.
        labels: the values that occur in the raters' labelmaps, background first.
    """

    labelmap: Labelmap
    agreement: npt.NDArray[np.uint8]
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    raters: tuple[RaterEstimate | None, ...] = ()
    convergence: Convergence | None = None
    field_of_view: Box | None = None
    labels: tuple[int, ...] = ()
    _ballot: Ballot | None = None
    _probabilities: Mapping[str, Array] = field(default_factory=dict)

    @property
    def probability_keys(self) -> tuple[str, ...]:
        """What `probability` can be asked for: label values, or region keys, by the method."""
        return tuple(self._probabilities)

    def probability(self, key: str) -> npt.NDArray[np.float32]:
        """The probability of a label or region at each voxel, (X, Y, Z).

        Raises:
            FusionError: the method does not estimate it.
        """
        if key not in self._probabilities or self._ballot is None:
            has = ", ".join(self._probabilities) or "none"
            raise FusionError(f"{self.method} has no probability of {key!r}; it has {has}")
        placed: npt.NDArray[np.float32] = self._ballot.place(self._probabilities[key].astype(np.float32))
        return placed

    def describe(self) -> dict[str, Any]:
        """All but the arrays, as JSON."""
        return {
            "method": self.method,
            "parameters": dict(self.parameters),
            "labels": list(self.labels),
            "raters": [None if rater is None else asdict(rater) for rater in self.raters],
            "convergence": None if self.convergence is None else asdict(self.convergence),
            "field_of_view": None
            if self.field_of_view is None
            else [list(axis) for axis in self.field_of_view],
        }


def fuse(
    labelmaps: Sequence[Labelmap | None],
    *,
    method: str,
    scheme: LabelScheme,
    parameters: Mapping[str, Any] | None = None,
    unsure: Sequence[Mask | None] | None = None,
    spacing_mm: Spacing = (1.0, 1.0, 1.0),
) -> Fusion:
    """Fuse the raters' labelmaps of one case.

    Args:
        labelmaps: one per rater, one shape; None for a rater who is absent and has no vote.
        method: a key of `METHODS`.
        scheme: what the labels mean.
        parameters: of the method; defaults for those not given.
        unsure: one mask per rater, or None; where it is set the rater has no vote.
        spacing_mm: voxel size along X, Y, Z; only distances use it.

    Raises:
        FusionError: no rater is present, the method or a parameter is unknown, or the scheme does not fit.
        GridMismatch: shapes differ.
    """
    chosen, complete = choose_method(method, scheme=scheme, parameters=parameters)
    raters = require_raters(labelmaps, unsure)
    ballot = count_votes(raters)
    outcome = chosen.run(FusionInput(raters, ballot, scheme, complete, spacing_mm))
    estimates: list[RaterEstimate | None] = [None] * len(labelmaps)
    for place, estimate in zip(ballot.raters, outcome.estimates, strict=bool(outcome.estimates)):
        estimates[place] = estimate
    labelmap, agreement = _on_the_grid(outcome.labels, ballot)
    return Fusion(
        labelmap=labelmap,
        agreement=agreement,
        method=method,
        parameters=complete,
        raters=tuple(estimates),
        convergence=outcome.convergence,
        field_of_view=outcome.field_of_view,
        labels=tuple(int(value) for value in ballot.labels),
        _ballot=ballot,
        _probabilities=outcome.probabilities,
    )


def choose_method(
    method: str, *, scheme: LabelScheme, parameters: Mapping[str, Any] | None = None
) -> tuple[FusionMethod, dict[str, Any]]:
    """Return the method and all its parameters, or say why it cannot be used.

    Raises:
        FusionError: the method or a parameter is unknown or out of range, or the scheme does not fit.
    """
    chosen = METHODS.get(method)
    if chosen is None:
        raise FusionError(f"there is no fusion method {method!r}; choose one of {', '.join(METHODS)}")
    complete = chosen.complete(parameters)
    if chosen.needs_nested_regions(complete):
        nested_regions(scheme)
    return chosen, complete


METHODS: dict[str, FusionMethod] = {
    method.slug: method
    for method in (
        FusionMethod(
            "majority",
            "Majority vote",
            "A voxel gets a label when more than half of the raters present chose it, else background.",
            "No label with more than half of the votes: background.",
            vote_by_majority,
        ),
        FusionMethod(
            "plurality",
            "Plurality vote",
            "A voxel gets the label that most raters chose, background counted as a label.",
            "Equal votes: the lower label; background is the lowest.",
            vote_by_plurality,
        ),
        FusionMethod(
            "brats_hierarchical",
            "Hierarchical vote (BraTS)",
            "Votes are nested, as whole tumour, core and enhancing core: a voxel enters a region when at "
            "least half of the raters present put it there, and takes its label from the innermost one.",
            "Exactly half of the raters: the voxel enters the region. Equal votes in one: the lower label.",
            vote_by_hierarchy,
            needs_nested_regions=lambda parameters: True,
        ),
        FusionMethod(
            "staple",
            "STAPLE",
            "The most probable truth, and how well each rater knows it, are estimated together: a rater who "
            "often agrees with the estimate counts for more.",
            "Equal probabilities: the lower label; for a region exactly one half stays outside.",
            staple.fuse_by_staple,
            staple.PARAMETERS,
            staple.needs_nested_regions,
        ),
        FusionMethod(
            "simple",
            "SIMPLE",
            "A majority vote weighted by each rater's Dice with the outcome; raters who fall far behind the "
            "others are dropped, and the vote is repeated until nothing changes.",
            "No label with more than half of the weight: background. Raters of equal performance stay or go "
            "together.",
            simple.fuse_by_simple,
            simple.PARAMETERS,
        ),
        FusionMethod(
            "shape_average",
            "Shape average",
            "The boundary of each region lies where the mean of the raters' signed distances to theirs is 0: "
            "smooth shapes between those drawn.",
            "A mean distance of exactly 0 stays outside. Equal votes in a region: the lower label.",
            shape_average.fuse_by_shape_average,
            shape_average.PARAMETERS,
            needs_nested_regions=lambda parameters: True,
        ),
    )
}


def _on_the_grid(labels: npt.NDArray[np.int64], ballot: Ballot) -> tuple[Labelmap, npt.NDArray[np.uint8]]:
    """Place labels, given per pattern or on the grid already, and the percentage that chose them."""
    # The row of a label that nobody chose is the last one, of no votes.
    votes = np.vstack([ballot.votes, np.zeros_like(ballot.voters)])
    shares = np.rint(100.0 * votes / np.maximum(ballot.voters, 1)).astype(np.uint8)
    if labels.shape == ballot.counts.shape and labels.ndim == 1:
        percent = shares[_rows_of(labels, ballot), np.arange(len(labels))]
        return ballot.place(narrow_labels(labels)), ballot.place(percent)
    drawn = ballot.field.gather(labels.ravel(order=ballot.field.order))
    percent = shares[_rows_of(drawn, ballot), ballot.pattern_of]
    return narrow_labels(labels), ballot.field.scatter(percent, elsewhere=100)


def _rows_of(labels: npt.NDArray[np.int64], ballot: Ballot) -> npt.NDArray[np.intp]:
    """The row of each label in the ballot's, or one past the last where nobody chose it."""
    order = np.argsort(ballot.labels)
    places = np.searchsorted(ballot.labels, labels, sorter=order).clip(max=len(order) - 1)
    rows = order[places]
    return np.where(ballot.labels[rows] == labels, rows, len(ballot.labels))
