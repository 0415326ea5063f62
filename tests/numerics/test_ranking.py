import csv
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata

from backend.numerics.ranking import (
    RankingScheme,
    Ties,
    aggregate_then_rank,
    fill_missing,
    rank,
    rank_by_tests,
    rank_scores,
    rank_then_aggregate,
)
from backend.numerics.significance import Adjustment
from tests.shared_data import DATA, needs_shared_data

TIES: list[Ties] = ["min", "average"]
# DOMAIN's example: (cases, teams) of Dice and of HD95.
EXAMPLE = np.stack(
    [np.array([[0.9, 0.8, 0.8], [0.7, 0.9, 0.6]]).T, np.array([[2, 3, 1], [5, 2, 9]]).T], axis=2
)


@pytest.mark.parametrize(
    ("ties", "expected"), [("average", [1.75, 1.875, 2.375]), ("min", [1.75, 1.75, 2.25])]
)
def test_known_answer_of_ranking_per_case_and_metric(ties: Ties, expected: list[float]) -> None:
    ranking = rank_then_aggregate(EXAMPLE, higher_is_better=[True, False], worst=[0, 374], ties=ties)

    assert ranking.overall.tolist() == expected
    assert ranking.ranks.tolist() == ([1, 2, 3] if ties == "average" else [1, 1, 3])


@pytest.mark.parametrize(("ties", "expected"), [("min", [2, 1, 2, 4]), ("average", [2.5, 1, 2.5, 4])])
def test_ties_share_a_place(ties: Ties, expected: list[float]) -> None:
    assert rank([0.5, 0.9, 0.5, 0.1], ties=ties).tolist() == expected


def test_lower_may_be_better() -> None:
    assert rank([3.0, 1.0, 2.0], higher_is_better=False).tolist() == [3, 1, 2]


def test_float_noise_does_not_break_ties() -> None:
    assert rank([0.1 + 0.2, 0.3, 0.3 * (1 + 1e-10)]).tolist() == [2, 2, 1]
    assert rank([1e-300, 0.0, 0.0]).tolist() == [1, 2, 2]


def test_nan_ranks_last_and_nobody_is_no_error() -> None:
    assert rank([np.nan, 0.0, np.nan]).tolist() == [2, 1, 2]
    assert rank([0.2, np.inf, -np.inf]).tolist() == [2, 1, 3]
    assert rank([]).tolist() == []


def test_missing_cases_count_as_the_worst_value() -> None:
    scores = np.array([[[0.9, 5.0], [np.nan, np.nan]], [[0.5, 9.0], [0.5, 9.0]]])

    ranking = aggregate_then_rank(scores, higher_is_better=[True, False], worst=[0, 374])

    assert fill_missing(scores, [0, 374])[0, 1].tolist() == [0, 374]
    assert ranking.values.tolist() == [[0.45, 189.5], [0.5, 9.0]]
    assert ranking.ranks.tolist() == [2, 1]


def test_shapes_and_directions_must_fit() -> None:
    with pytest.raises(ValueError, match="shape"):
        aggregate_then_rank(np.zeros((2, 2)), higher_is_better=[True], worst=[0])
    with pytest.raises(ValueError, match="2 columns"):
        rank_then_aggregate(np.zeros((2, 2, 2)), higher_is_better=[True], worst=[0])


@given(hnp.arrays(np.float64, st.integers(1, 12), elements=st.integers(-5, 5)), st.sampled_from(TIES))
def test_ranks_equal_scipys(values: np.ndarray, ties: Ties) -> None:
    assert rank(values, ties=ties).tolist() == rankdata(-values, method=ties).tolist()


@given(st.data(), st.sampled_from(TIES))
def test_order_of_entrants_and_cases_does_not_matter(data: st.DataObject, ties: Ties) -> None:
    scores = data.draw(hnp.arrays(np.float64, (4, 5, 2), elements=st.integers(0, 10).map(lambda x: x / 10)))
    entrants, cases = data.draw(st.permutations(range(4))), data.draw(st.permutations(range(5)))
    for scheme in (aggregate_then_rank, rank_then_aggregate):
        ranking = scheme(scores, higher_is_better=[True, False], worst=[0, 1], ties=ties)
        moved = scheme(scores[entrants][:, cases], higher_is_better=[True, False], worst=[0, 1], ties=ties)
        assert moved.ranks.tolist() == ranking.ranks[entrants].tolist()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as table:
        return list(csv.DictReader(table))


def _challenger_scores(task: str) -> tuple[list[str], np.ndarray]:
    rows = [row for row in _read(DATA / "rankings/challenger/data_matrix.csv") if row["task"] == task]
    algorithms = sorted({row["alg_name"] for row in rows})
    cases = sorted({row["case"] for row in rows})
    scores = np.full((len(algorithms), len(cases), 1), np.nan)
    for row in rows:
        scores[algorithms.index(row["alg_name"]), cases.index(row["case"]), 0] = float(row["value"])
    assert not np.isnan(scores).any()
    return algorithms, scores


@needs_shared_data
@pytest.mark.parametrize("task", ["c_ideal", "c_random", "c_worstcase"])
@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_simulated_tasks_rank_as_in_challenger(task: str, statistic: Literal["mean", "median"]) -> None:
    algorithms, scores = _challenger_scores(task)
    folder = DATA / "rankings/challenger"

    by_value = aggregate_then_rank(scores, higher_is_better=[True], worst=[0], statistic=statistic)
    by_rank = rank_then_aggregate(scores, higher_is_better=[True], worst=[0], statistic=statistic)

    for ranking, table in (
        (by_value, f"aggregate_{statistic}_then_rank"),
        (by_rank, f"rank_then_aggregate_{statistic}"),
    ):
        expected = {row["alg"]: row for row in _read(folder / f"{table}.csv") if row["task"] == task}
        for k, algorithm in enumerate(algorithms):
            row = expected[algorithm]
            value = float(next(row[key] for key in row if key not in ("task", "alg", "rank")))
            assert ranking.values[k, 0] == pytest.approx(value, rel=1e-12)
            assert ranking.ranks[k] == float(row["rank"]), (table, algorithm)


@needs_shared_data
@pytest.mark.parametrize("task", ["c_ideal", "c_random", "c_worstcase"])
@pytest.mark.parametrize("adjustment", ["holm", "none"])
def test_simulated_tasks_rank_by_tests_as_in_challenger(task: str, adjustment: Adjustment) -> None:
    algorithms, scores = _challenger_scores(task)

    ranking = rank_by_tests(scores, higher_is_better=[True], worst=[0], adjustment=adjustment)

    table = _read(DATA / f"rankings/challenger/test_then_rank_{adjustment}.csv")
    expected = {row["alg"]: row for row in table if row["task"] == task}
    assert len(expected) == len(algorithms) == 5
    for k, algorithm in enumerate(algorithms):
        assert ranking.values[k, 0] == float(expected[algorithm]["prop_significance"])
        assert ranking.ranks[k] == float(expected[algorithm]["rank"])


def test_a_test_based_rank_counts_significantly_beaten_opponents() -> None:
    """One entrant is better by little in every case, one differs from the second by noise alone."""
    rng = np.random.default_rng(0)
    base = rng.uniform(0.5, 0.9, 20)
    noise = rng.normal(0, 0.01, 20)
    scores = np.stack([base + 0.01, base, base + noise - noise.mean()])[:, :, np.newaxis]

    ranking = rank_by_tests(scores, higher_is_better=[True], worst=[0], adjustment="none")

    assert ranking.values[:, 0].tolist() == [1, 0, 0]
    assert ranking.ranks.tolist() == [1, 2, 2]


def test_missing_cases_lose_a_test_based_rank() -> None:
    scores = np.random.default_rng(0).uniform(0.5, 0.9, (2, 12, 1))
    scores[0] = np.nan

    ranking = rank_by_tests(scores, higher_is_better=[True], worst=[0])

    assert ranking.ranks.tolist() == [2, 1]


@pytest.mark.parametrize("ties", TIES)
def test_a_scheme_names_its_function(ties: Ties) -> None:
    arguments = {"higher_is_better": [True, False], "worst": [0, 374]}
    for scheme, expected in (
        (
            RankingScheme("aggregate_then_rank", "median", ties),
            aggregate_then_rank(EXAMPLE, statistic="median", ties=ties, **arguments),
        ),
        (RankingScheme(ties=ties), rank_then_aggregate(EXAMPLE, ties=ties, **arguments)),
        (
            RankingScheme("test_based", ties=ties, alpha=0.3, adjustment="none"),
            rank_by_tests(EXAMPLE, ties=ties, alpha=0.3, adjustment="none", **arguments),
        ),
    ):
        assert rank_scores(EXAMPLE, scheme, **arguments).overall.tolist() == expected.overall.tolist()


def test_one_entrant_is_first_by_every_scheme() -> None:
    for method in ("aggregate_then_rank", "rank_then_aggregate", "test_based"):
        ranking = rank_scores(np.ones((1, 3, 1)), RankingScheme(method), higher_is_better=[True], worst=[0])
        assert ranking.ranks.tolist() == [1]


SSA_TEAMS = ["9752810", "9754422", "9754423"]
SSA_COLUMNS = [
    f"LesionWise_{metric}_{region}" for metric in ("Dice", "Hausdorff95") for region in ("ET", "TC", "WT")
]
SSA_DIRECTIONS = [True] * 3 + [False] * 3
SSA_WORST = [0.0] * 3 + [374.0] * 3


def _ssa_scores() -> np.ndarray:
    tables = []
    for team in SSA_TEAMS:
        rows = _read(DATA / "rankings/ssa" / f"{team}.csv")
        cases = sorted((row for row in rows if row[""].startswith("BraTS-SSA-")), key=lambda row: row[""])
        tables.append([[float(row[column]) for column in SSA_COLUMNS] for row in cases])
    scores = np.array(tables)
    assert scores.shape == (3, 35, 6)
    return scores


@needs_shared_data
@pytest.mark.parametrize(
    ("ties", "winner", "value"), [("average", "9754423", 1.9214), ("min", "9754422", 1.3238)]
)
def test_ties_decide_who_wins_the_ssa_challenge(ties: Ties, winner: str, value: float) -> None:
    ranking = rank_then_aggregate(_ssa_scores(), higher_is_better=SSA_DIRECTIONS, worst=SSA_WORST, ties=ties)

    assert SSA_TEAMS[int(ranking.overall.argmin())] == winner
    assert ranking.overall.min() == pytest.approx(value, abs=5e-5)


@needs_shared_data
@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("metric", ["Dice", "Hausdorff95"])
def test_ssa_columns_rank_as_in_challenger(ties: Ties, metric: str) -> None:
    scores = _ssa_scores()
    by_rank = rank_then_aggregate(scores, higher_is_better=SSA_DIRECTIONS, worst=SSA_WORST, ties=ties)
    by_mean = aggregate_then_rank(scores, higher_is_better=SSA_DIRECTIONS, worst=SSA_WORST)
    tables = [
        (by_rank, "rank_mean", f"challengeR_rank_then_mean_{metric}_{ties}.csv"),
        (by_mean, "value_mean", f"challengeR_mean_then_rank_{metric}.csv"),
    ]

    for ranking, key, table in tables:
        for row in _read(DATA / "rankings/ssa" / table):
            k, column = SSA_TEAMS.index(row["alg"]), SSA_COLUMNS.index(row["metric"])
            assert ranking.values[k, column] == pytest.approx(float(row[key]), rel=1e-12)
            assert ranking.column_ranks[k, column] == float(row["rank"])


@needs_shared_data
def test_feta_final_rank_is_the_mean_of_its_four_ranks() -> None:
    lines = (DATA / "rankings/feta/Results.markdown").read_text().partition("## Task 2")[0].splitlines()
    cells = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")
    ]
    teams = [row for row in cells if len(row) == 11 and row[-1].isdigit()]
    ranks = np.array([[float(row[column]) for column in (2, 4, 6, 8)] for row in teams])

    means = ranks.mean(axis=1)

    assert len(teams) == 16
    assert means.tolist() == [float(row[9]) for row in teams]
    assert rank(means, higher_is_better=False).tolist() == [float(row[10]) for row in teams]
