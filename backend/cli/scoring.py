"""`consilium score`: predictions against references, case by case in parallel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backend.cli.files import Pair, read_on_one_grid
from backend.numerics.labels import LabelScheme
from backend.numerics.metrics import Score, score_case


@dataclass(frozen=True)
class CaseScores:
    """All scores of one case, in the order of the scheme's regions, then of the metrics."""

    case: str
    scores: tuple[Score, ...]

    def to_json(self) -> list[dict[str, str | float | None]]:
        return [
            {"case": self.case, "region": x.region, "metric": x.metric, "value": x.value} for x in self.scores
        ]


def score_pairs(
    pairs: Sequence[Pair], *, scheme: LabelScheme, metrics: Sequence[str] | None, jobs: int
) -> Iterator[CaseScores]:
    """Score each pair, in order. Threads serve: inflating and the kernels release the interpreter.

    Raises:
        Refused, VolumeError: at the first case whose files cannot be used.
    """

    def score(pair: Pair) -> CaseScores:
        reference, prediction = read_on_one_grid([pair.reference, pair.prediction], scheme)
        scores = score_case(reference.array, prediction.array, scheme, reference.grid.spacing_mm, metrics)
        return CaseScores(pair.case, tuple(scores))

    pool = ThreadPoolExecutor(jobs)
    try:
        yield from pool.map(score, pairs)
    finally:
        pool.shutdown(cancel_futures=True)
