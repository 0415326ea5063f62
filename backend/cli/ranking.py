"""`consilium rank`: a long table of scores in, a ranking out."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backend.cli.files import Refused
from backend.numerics.bootstrap import Bootstrap, bootstrap_ranking
from backend.numerics.catalogue import metric_of
from backend.numerics.errors import UnknownMetric
from backend.numerics.permutation import PairedPermutation, permute_ranks
from backend.numerics.ranking import RankingScheme, rank_scores
from backend.numerics.ranks import Floats

COLUMNS = ("submission", "case", "region", "metric", "value")
_MISSING = {"", "nan", "na", "n/a", "none", "null"}


@dataclass(frozen=True)
class Direction:
    """Which way a metric is better, and what a missing value counts as."""

    higher_is_better: bool
    worst: float


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """A long table as an array.

    Args:
        submissions, cases: sorted by name.
        columns: (region, metric), in the order of the file.
        scores: (submissions, cases, columns), nan where missing.
    """

    submissions: tuple[str, ...]
    cases: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    scores: Floats


def read_scores(path: Path) -> ScoreTable:
    """Read a CSV with the columns submission, case, region, metric, value.

    Raises:
        Refused: a column is absent, a value is no number, a row comes twice, or there is none.
    """
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    cells: dict[tuple[str, str, str, str], float] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            if absent := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise Refused(f"{path}: has no column {', '.join(absent)}; it needs {', '.join(COLUMNS)}")
            for row in rows:
                key = (row["submission"], row["case"], row["region"], row["metric"])
                where = f"{path}, line {rows.line_num}"
                if None in key:
                    raise Refused(
                        f"{where}: has fewer fields than the header; write all of {', '.join(COLUMNS)}"
                    )
                if key in cells:
                    raise Refused(f"{where}: {', '.join(key)} comes a second time; keep one")
                cells[key] = _number(row["value"], where)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path}: is not a CSV table in UTF-8 ({error})") from None
    if not cells:
        raise Refused(f"{path}: holds no scores")
    return _as_array(cells)


def direction_of(metric: str, given: Mapping[str, Direction]) -> Direction:
    """Raises Refused: the metric has no better end that is known."""
    if metric in given:
        return given[metric]
    try:
        known = metric_of(metric)
    except UnknownMetric:
        known = None
    if known is None or known.higher_is_better is None or known.worst is None:
        raise Refused(
            f"metric {metric}: which way it is better is not known; leave it out of the table, or say so "
            f"with --higher {metric}=WORST or --lower {metric}=WORST, WORST standing in for missing values"
        )
    return Direction(known.higher_is_better, known.worst)


def rank_table(
    table: ScoreTable,
    scheme: RankingScheme,
    *,
    given: Mapping[str, Direction],
    resamples: int = 0,
    permutations: int = 0,
    seed: int = 0,
) -> dict[str, Any]:
    """Rank the submissions, as JSON, best first.

    Args:
        given: directions of metrics that are not of the catalogue, or other ones.
        resamples: of a bootstrap, which tells how stable the ranking is.
        permutations: of the tests which submissions can be told apart.
        seed: of both.

    Raises:
        Refused: a metric has no known direction.
    """
    directions = [direction_of(metric, given) for _, metric in table.columns]
    higher, worst = [x.higher_is_better for x in directions], [x.worst for x in directions]
    bootstrap: Bootstrap | None = None
    if resamples:
        bootstrap = bootstrap_ranking(
            table.scores, scheme, higher_is_better=higher, worst=worst, resamples=resamples, seed=seed
        )
    ranking = (
        bootstrap.original
        if bootstrap
        else rank_scores(table.scores, scheme, higher_is_better=higher, worst=worst)
    )
    tests: PairedPermutation | None = None
    if permutations:
        tests = permute_ranks(
            table.scores,
            higher_is_better=higher,
            worst=worst,
            ties=scheme.ties,
            permutations=permutations,
            seed=seed,
        )
    # Equal ranks are listed by name.
    order = sorted(range(len(table.submissions)), key=lambda k: (ranking.ranks[k], table.submissions[k]))
    return {
        "scheme": {"method": scheme.method, "statistic": scheme.statistic, "ties": scheme.ties},
        "cases": len(table.cases),
        "missing": int(np.isnan(table.scores).sum()),
        "columns": [
            {"region": region, "metric": metric, "higher_is_better": x.higher_is_better, "worst": x.worst}
            for (region, metric), x in zip(table.columns, directions, strict=True)
        ],
        "ranking": [
            {
                "submission": table.submissions[k],
                "rank": float(ranking.ranks[k]),
                "overall": float(ranking.overall[k]),
                "values": ranking.values[k].tolist(),
                "column_ranks": ranking.column_ranks[k].tolist(),
                **(_stability(bootstrap, k) if bootstrap else {}),
                **({"letters": list(tests.letters[k])} if tests else {}),
            }
            for k in order
        ],
        "bootstrap": _summary(bootstrap, resamples) if bootstrap else None,
        "permutation": _tests(tests, order) if tests else None,
    }


def _stability(bootstrap: Bootstrap, k: int) -> dict[str, Any]:
    return {
        "median_rank": float(bootstrap.median_ranks[k]),
        "rank_interval": bootstrap.rank_intervals[k].tolist(),
        "frequencies": bootstrap.frequencies[k].tolist(),
    }


def _summary(bootstrap: Bootstrap, resamples: int) -> dict[str, Any]:
    taus = bootstrap.taus[~np.isnan(bootstrap.taus)]
    return {
        "resamples": resamples,
        "seed": bootstrap.seed,
        "level": bootstrap.level,
        "mean_kendall_tau": float(taus.mean()) if len(taus) else None,
    }


def _tests(tests: PairedPermutation, order: Sequence[int]) -> dict[str, Any]:
    """The matrices in the order of the ranking."""
    at = np.ix_(order, order)
    return {
        "permutations": tests.permutations,
        "exact": tests.exact,
        "seed": tests.seed,
        "alpha": tests.alpha,
        "p_better": tests.p_better[at].tolist(),
        "p_adjusted": tests.p_adjusted[at].tolist(),
        "significant": tests.significant[at].tolist(),
    }


def _number(text: str | None, where: str) -> float:
    if text is None or text.strip().lower() in _MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise Refused(f"{where}: {text!r} is no number; leave the value empty where there is none") from None
    if math.isinf(value):
        raise Refused(f"{where}: the value is infinite; leave it empty where there is none")
    return value


def _as_array(cells: Mapping[tuple[str, str, str, str], float]) -> ScoreTable:
    submissions = sorted({key[0] for key in cells})
    cases = sorted({key[1] for key in cells})
    columns = list(dict.fromkeys(key[2:] for key in cells))
    at = [{name: i for i, name in enumerate(names)} for names in (submissions, cases)]
    column_at = {column: i for i, column in enumerate(columns)}
    scores = np.full((len(submissions), len(cases), len(columns)), np.nan)
    for (submission, case, region, metric), value in cells.items():
        scores[at[0][submission], at[1][case], column_at[region, metric]] = value
    return ScoreTable(tuple(submissions), tuple(cases), tuple(columns), scores)
