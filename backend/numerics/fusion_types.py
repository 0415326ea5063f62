"""What a fusion method is given, returns, and declares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array
from backend.numerics.errors import FusionError
from backend.numerics.labels import LabelScheme
from backend.numerics.votes import Ballot, Box, Raters

ParameterKind = Literal["integer", "number", "choice"]
Spacing = tuple[float, ...]

# Weights and probabilities that differ by less are equal: rounding must not decide a label.
TIE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method.

    Args:
        name: on the wire.
        kind: what values it takes.
        default: used where it is not given.
        description: a sentence.
        choices: of a `choice`.
        minimum, maximum: of a number, both allowed.
    """

    name: str
    kind: ParameterKind
    default: Any
    description: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def check(self, value: Any) -> None:
        """Raises FusionError: the value is not one that the parameter takes."""
        if self.kind == "choice":
            if value not in self.choices:
                raise FusionError(f"{self.name} is one of {', '.join(self.choices)}, not {value!r}")
            return
        wanted = int if self.kind == "integer" else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted):
            raise FusionError(f"{self.name} takes {self._article} {self.kind}, not {value!r}")
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        # Compared as Python's numbers: an integer may be larger than any float. Not-a-number lies nowhere.
        if not low <= value <= high or abs(value) == math.inf:
            raise FusionError(f"{self.name} {value} is out of range; it lies between {low} and {high}")

    @property
    def _article(self) -> str:
        return "an" if self.kind == "integer" else "a"


@dataclass(frozen=True)
class RaterEstimate:
    """What a method learned of one rater.

    Args:
        weight: of the rater's vote; 0 for one who was dropped, None where the method has no weights.
        sensitivity, specificity: by region key, or by label value; None where the region is nowhere (or
            everywhere).
        confusion: rows are the label chosen, columns the true one, in the order of `Fusion.labels`;
            columns sum to 1. Only of the multi-label STAPLE.
    """

    weight: float | None = None
    sensitivity: Mapping[str, float | None] = field(default_factory=dict)
    specificity: Mapping[str, float | None] = field(default_factory=dict)
    confusion: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Convergence:
    """How an iteration ended.

    Args:
        converged: False where the largest number of iterations came first: the result is then provisional.
        iterations: how many were done, the most of them where several estimates were made.
        largest_change: of any parameter in the last one.
    """

    converged: bool
    iterations: int
    largest_change: float


@dataclass(frozen=True, eq=False)
class FusionInput:
    """What a method works on; the parameters are complete and checked."""

    raters: Raters
    ballot: Ballot
    scheme: LabelScheme
    parameters: Mapping[str, Any]
    spacing_mm: Spacing


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a method returns.

    Args:
        labels: label values, per pattern (P,) or on the grid (X, Y, Z).
        estimates: one per column of the ballot; none where the method learns nothing.
        probabilities: by region key or label value, per pattern.
    """

    labels: npt.NDArray[np.int64]
    estimates: tuple[RaterEstimate, ...] = ()
    convergence: Convergence | None = None
    field_of_view: Box | None = None
    probabilities: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class FusionMethod:
    """A method as offered to an organizer.

    Args:
        slug, name, description, tie_rule: for programs and for people.
        run: the method itself.
        parameters: what may be set.
        needs_nested_regions: whether, with these parameters, the scheme's regions must nest.
    """

    slug: str
    name: str
    description: str
    tie_rule: str
    run: Callable[[FusionInput], Outcome]
    parameters: tuple[Parameter, ...] = ()
    needs_nested_regions: Callable[[Mapping[str, Any]], bool] = lambda parameters: False

    def complete(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the given parameters and the defaults of the others.

        Raises:
            FusionError: one is unknown, or out of range.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        unknown = [name for name in given or {} if name not in known]
        if unknown:
            takes = f"only {', '.join(known)}" if known else "no parameters"
            raise FusionError(f"{self.name} takes {takes}, but {', '.join(unknown)} was given")
        complete = {name: parameter.default for name, parameter in known.items()} | dict(given or {})
        for name, value in complete.items():
            known[name].check(value)
        return complete
