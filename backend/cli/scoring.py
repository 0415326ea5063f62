"""`consilium score`: predictions against references, case by case in parallel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backend.cli.files import Pair, read_for_scoring, require_one_grid
from backend.numerics.labels import LabelScheme
from backend.numerics.metrics import MetricSet, Score, pack_reference, score_case


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
    pairs: Sequence[Pair],
    *,
    scheme: LabelScheme,
    metric_set: MetricSet,
    metrics: Sequence[str] | None,
    jobs: int,
) -> Iterator[CaseScores]:
    """Score each pair, in order. Threads serve: inflating and the kernels release the interpreter.

    Raises:
        Refused, VolumeError: at the first case whose files cannot be used.
    """
    # Both files of a pair are read at once, so that a single pair is quick too.
    readers, scorers = ThreadPoolExecutor(jobs), ThreadPoolExecutor(jobs)

    def score(pair: Pair) -> CaseScores:
        paths = [pair.reference, pair.prediction]
        reference, prediction = readers.map(lambda path: read_for_scoring(path, scheme), paths)
        require_one_grid(reference, prediction)
        spacing_mm = reference.grid.spacing_mm
        packed = pack_reference(reference.labels, scheme, spacing_mm)
        scores = score_case(packed, prediction.labels, scheme, spacing_mm, metrics, metric_set=metric_set)
        return CaseScores(pair.case, tuple(scores))

    try:
        yield from scorers.map(score, pairs)
    finally:
        scorers.shutdown(cancel_futures=True)
        readers.shutdown(cancel_futures=True)
