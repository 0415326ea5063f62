"""Timing ours and a peer side by side: alternating, on the same input, with equal results or none at all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[[], Any]


@dataclass(frozen=True)
class Subject:
    """What both sides work on.

    Args:
        name: for the table.
        files: on disk, in the order that the part of the benchmark says; none where it makes its own numbers.
    """

    name: str
    files: tuple[Path, ...] = ()


Prepare = Callable[[Subject], Run]


@dataclass(frozen=True)
class Target:
    """How the ratio has to be: at least, or where the peer is a floor at most."""

    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, ratio: float) -> bool:
        return (self.at_least is None or ratio >= self.at_least) and (
            self.at_most is None or ratio <= self.at_most
        )

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}×" if self.at_least is not None else f"≤ {self.at_most:g}×"


@dataclass(frozen=True)
class Comparison:
    """Ours against one peer.

    Args:
        part: of the benchmark; what ONLY names.
        peer: its name.
        what: which values are computed, and how they were compared.
        ours, theirs: make what is timed from a subject; reading and converting is not timed.
        check: raises Disagreement where results that should be equal are not.
        target: of the ratio; None where the issue states none.
        subjects: on how many of the part's subjects.
        rounds: how often the peer runs; ours runs `ours_per_round` times before each.
        scale: the peer runs a fraction of the work, 1/scale of it; its times are multiplied.
        is_floor: the peer does only what all must do first; the ratio is ours to it, not its to ours.
    """

    part: str
    peer: str
    what: str
    ours: Prepare
    theirs: Prepare
    check: Callable[[Any, Any], None]
    target: Target | None = None
    subjects: int = 1
    rounds: int = 5
    ours_per_round: int = 5
    scale: float = 1.0
    is_floor: bool = False


class Disagreement(AssertionError):
    """Ours and the peer computed different values: their times do not compare."""


@dataclass(frozen=True)
class Times:
    """Seconds of each run: by the clock, and of the processor, which a busy machine disturbs less."""

    seconds: tuple[float, ...]
    processor_seconds: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return 1000 * statistics.median(self.seconds)

    @property
    def minimum_ms(self) -> float:
        return 1000 * min(self.seconds)

    @property
    def processor_ms(self) -> float:
        return 1000 * statistics.median(self.processor_seconds)


@dataclass(frozen=True)
class Row:
    """One comparison on one subject."""

    comparison: Comparison
    subject: Subject
    ours: Times
    theirs: Times

    @property
    def ratio(self) -> float:
        """Of the medians by the clock."""
        return self._ratio(self.ours.median_ms, self.theirs.median_ms)

    @property
    def ratio_of_minima(self) -> float:
        return self._ratio(self.ours.minimum_ms, self.theirs.minimum_ms)

    @property
    def ratio_by_processor(self) -> float:
        """Of the medians of processor time; the same on an idle machine, as all have one thread."""
        return self._ratio(self.ours.processor_ms, self.theirs.processor_ms)

    @property
    def verdict(self) -> str:
        target = self.comparison.target
        return "" if target is None else "pass" if target.is_met(self.ratio) else "missed"

    def to_json(self) -> dict[str, Any]:
        return {
            "part": self.comparison.part,
            "peer": self.comparison.peer,
            "what": self.comparison.what,
            "subject": self.subject.name,
            "ours_median_ms": self.ours.median_ms,
            "ours_minimum_ms": self.ours.minimum_ms,
            "ours_processor_ms": self.ours.processor_ms,
            "ours_runs": len(self.ours.seconds),
            "peer_median_ms": self.theirs.median_ms,
            "peer_minimum_ms": self.theirs.minimum_ms,
            "peer_processor_ms": self.theirs.processor_ms,
            "peer_runs": len(self.theirs.seconds),
            "peer_extrapolated_from": None if self.comparison.scale == 1 else f"1/{self.comparison.scale:g}",
            "ratio": self.ratio,
            "ratio_of_minima": self.ratio_of_minima,
            "ratio_by_processor": self.ratio_by_processor,
            "target": None if self.comparison.target is None else str(self.comparison.target),
            "verdict": self.verdict or None,
        }

    def _ratio(self, ours_ms: float, theirs_ms: float) -> float:
        return ours_ms / theirs_ms if self.comparison.is_floor else theirs_ms / ours_ms


def measure(comparison: Comparison, subject: Subject, *, quick: bool = False) -> Row:
    """Run both sides in turn.

    Raises:
        Disagreement: results that should be equal are not.
    """
    rounds = max(1, comparison.rounds // 3) if quick else comparison.rounds
    ours, theirs = comparison.ours(subject), comparison.theirs(subject)
    found = ours()  # kernels are compiled, caches are filled
    if comparison.rounds > 2:
        theirs()
    our_laps, their_laps = [], []
    for _ in range(rounds):
        our_laps += [time_once(ours) for _ in range(comparison.ours_per_round)]
        their_laps.append(time_once(theirs))
    comparison.check(found, their_laps[-1].result)
    return Row(comparison, subject, _times(our_laps, 1), _times(their_laps, comparison.scale))


@dataclass(frozen=True)
class Lap:
    """One run."""

    seconds: float
    processor_seconds: float
    result: Any


def time_once(run: Run) -> Lap:
    gc.collect()
    began, processor = time.perf_counter(), time.process_time()
    result = run()
    return Lap(time.perf_counter() - began, time.process_time() - processor, result)


def _times(laps: Sequence[Lap], scale: float) -> Times:
    return Times(
        tuple(scale * lap.seconds for lap in laps), tuple(scale * lap.processor_seconds for lap in laps)
    )


def require_equal(
    name: str, ours: Sequence[float], theirs: Sequence[float], *, within: float, relative: bool = False
) -> None:
    """
    Raises:
        Disagreement: a value differs by more.
    """
    if len(ours) != len(theirs):
        raise Disagreement(f"{name}: {len(ours)} values against {len(theirs)}")
    for mine, other in zip(ours, theirs, strict=True):
        tolerance = within * max(1.0, abs(other)) if relative else within
        if not abs(mine - other) <= tolerance:
            raise Disagreement(f"{name}: ours {list(ours)}, the peer's {list(theirs)}")
