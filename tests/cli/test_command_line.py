"""The command line as people run it: files in, text, JSON and exit codes out."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.cli import main
from backend.numerics.geometry import Grid
from backend.numerics.volumes import read_labelmap, write_labelmap_nifti
from tests.numerics.mask_phantoms import boxes, cube
from tests.shared_data import DATA, needs_shared_data

C = boxes(cube(8, 16)).astype(np.uint8)
SHIFTED = boxes(((10, 18), (8, 16), (8, 16))).astype(np.uint8)
EMPTY = np.zeros_like(C)
HD95 = ("hd95_surface_area", "hd95_pooled", "hd95_max_of_directions")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `consilium` with these words: (exit code, standard output, standard error)."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["consilium", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return call


def save(path: Path, labelmap: np.ndarray, *, shift_mm: float = 0.0) -> Path:
    affine = np.eye(4)
    affine[0, 3] = shift_mm
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write_labelmap_nifti(labelmap, grid=Grid(labelmap.shape, affine)))
    return path


def score_words(reference: Path, prediction: Path) -> list[object]:
    return ["score", "--reference", reference, "--prediction", prediction, "--scheme", "brats2023", "--json"]


def rank_rows(folder: Path, *rows: str) -> Path:
    path = folder / "scores.csv"
    path.write_text("\n".join(["submission,case,region,metric,value", *rows]) + "\n")
    return path


def test_scores_of_two_files_are_the_known_answers(run: Run, tmp_path: Path) -> None:
    reference, prediction = save(tmp_path / "P1.nii.gz", C), save(tmp_path / "P1_pred.nii.gz", SHIFTED)

    code, out, _ = run(*score_words(reference, prediction))

    rows = json.loads(out)
    found = {(row["region"], row["metric"]): row["value"] for row in rows}
    assert code == 0
    assert {row["case"] for row in rows} == {"P1"}
    assert [set(row) for row in rows] == [{"case", "region", "metric", "value"}] * len(rows)
    assert found["complete", "dice"] == 0.75
    assert [found["complete", name] for name in HD95] == [2, 2, 2]
    assert found["enhancing", "dice"] == 1  # empty on both sides
    assert found["enhancing", "sensitivity"] == 1


def test_what_does_not_apply_is_null_and_metrics_can_be_chosen(run: Run, tmp_path: Path) -> None:
    words = score_words(save(tmp_path / "r.nii.gz", EMPTY), save(tmp_path / "p.nii.gz", C))

    _, out, _ = run(*words, "--metrics", "dice,sensitivity")

    rows = [row for row in json.loads(out) if row["region"] == "complete"]
    assert [(row["metric"], row["value"]) for row in rows] == [("dice", 0), ("sensitivity", None)]


def test_folders_pair_by_case_in_the_same_order_for_any_number_of_jobs(run: Run, tmp_path: Path) -> None:
    for k in range(6):
        save(tmp_path / "reference" / f"case{k}.nii.gz", C)
        save(tmp_path / "prediction" / f"case{k}.nii.gz", boxes(((8 + k, 16 + k), (8, 16), (8, 16))))
    words = [*score_words(tmp_path / "reference", tmp_path / "prediction"), "--metrics", "dice"]

    (_, alone, _), (_, together, _) = run(*words, "--jobs", 1), run(*words, "--jobs", 4)

    dice = [(row["case"], row["value"]) for row in json.loads(alone) if row["region"] == "complete"]
    assert dice == [(f"case{k}", 1 - k / 8) for k in range(6)]
    assert together == alone


def test_a_missing_prediction_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / "reference" / f"{name}.nii.gz", C)
    save(tmp_path / "prediction" / "a.nii.gz", C)

    code, out, error = run(*score_words(tmp_path / "reference", tmp_path / "prediction"))

    assert (code, out) == (1, "")
    assert "no prediction for 1 of 2 cases (b)" in error


def test_a_prediction_of_no_case_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    save(tmp_path / "reference" / "a.nii.gz", C)
    for name in ("a", "stray"):
        save(tmp_path / "prediction" / f"{name}.nii.gz", C)

    code, out, error = run(*score_words(tmp_path / "reference", tmp_path / "prediction"))

    assert (code, out) == (1, "")
    assert "1 predictions are of no case" in error
    assert "(stray)" in error


def test_another_grid_and_unknown_labels_are_refused_in_one_sentence(run: Run, tmp_path: Path) -> None:
    reference = save(tmp_path / "r.nii.gz", C)

    moved = run(*score_words(reference, save(tmp_path / "moved.nii.gz", C, shift_mm=5)))
    odd = run(*score_words(reference, save(tmp_path / "odd.nii.gz", C * 9)))

    assert moved[0] == odd[0] == 1
    assert "moved.nii.gz: shifted by 5.0 mm along x" in moved[2]
    assert "holds label 9" in odd[2]
    assert "Traceback" not in moved[2] + odd[2]


@pytest.mark.parametrize(
    "words", [["score"], ["fly"], ["fuse", "--method", "guess"], ["agree", "--scheme", "none", "a"]]
)
def test_wrong_use_ends_with_2(run: Run, words: list[str]) -> None:
    assert run(*words)[0] == 2


def test_a_metric_that_does_not_exist_is_wrong_use(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path / "r.nii.gz", C)

    assert run(*score_words(path, path), "--metrics", "dices")[0] == 2


def test_tables_are_the_default(run: Run, tmp_path: Path) -> None:
    words = score_words(save(tmp_path / "P1.nii.gz", C), save(tmp_path / "p.nii.gz", SHIFTED))[:-1]

    _, out, _ = run(*words, "--metrics", "dice")

    line = next(line for line in out.splitlines() if "P1" in line)
    assert "dice" in line
    assert "0.75" in line


def test_fusion_is_written_on_the_raters_grid(run: Run, tmp_path: Path) -> None:
    raters = [
        save(tmp_path / f"{k}.nii.gz", x, shift_mm=7) for k, x in enumerate((C * 2, C * 2, SHIFTED * 4))
    ]
    output = tmp_path / "out.nii.gz"

    code, out, _ = run(
        "fuse", "--method", "majority", "--scheme", "brats2017", *raters, "-o", output, "--json"
    )

    fused, report = read_labelmap(output, name="out.nii.gz"), json.loads(out)
    assert code == 0
    assert (fused.array == C * 2).all()
    assert fused.grid.affine[0][3] == 7
    assert report["method"] == "majority"
    assert report["volumes"] == [{"label": 2, "voxels": 512, "ml": pytest.approx(0.512)}]


def test_staple_reports_what_it_learned_of_each_rater(run: Run, tmp_path: Path) -> None:
    raters = [save(tmp_path / f"{k}.nii.gz", x * 4) for k, x in enumerate((C, C, SHIFTED))]
    words = ["fuse", "--method", "staple", "--scheme", "brats2017", *raters, "-o", tmp_path / "o.nii.gz"]

    code, out, _ = run(*words, "--json")

    report = json.loads(out)
    assert code == 0
    assert len(report["raters"]) == 3
    assert report["convergence"]["converged"]
    assert (read_labelmap(tmp_path / "o.nii.gz", name="o.nii.gz").array == C * 4).all()


def test_a_parameter_out_of_range_and_a_raters_own_file_as_output_are_refused(
    run: Run, tmp_path: Path
) -> None:
    raters = [save(tmp_path / f"{k}.nii.gz", C) for k in range(3)]
    before = raters[0].read_bytes()
    words = ["fuse", "--scheme", "brats2017", *raters, "--method", "simple"]

    unknown = run(*words, "-o", tmp_path / "o.nii.gz", "--set", "speed=9")
    own = run(*words, "-o", raters[0])

    assert (unknown[0], own[0]) == (1, 1)
    assert "speed" in unknown[2]
    assert not (tmp_path / "o.nii.gz").exists()
    assert raters[0].read_bytes() == before


def test_agreement_of_a_pair_that_agrees_and_one_that_does_not(run: Run, tmp_path: Path) -> None:
    raters = [save(tmp_path / f"{k}.nii.gz", x) for k, x in enumerate((C, C, SHIFTED))]

    code, out, _ = run("agree", "--scheme", "brats2017", *raters, "--json")

    report = json.loads(out)
    assert code == 0
    assert [pair["dice"]["complete"] for pair in report["pairs"]] == [1, 0.75, 0.75]
    assert report["pairs"][0]["cohen_kappa"] == 1
    assert [pair["kappa"]["complete"] == 1 for pair in report["pairs"]] == [True, False, False]
    assert report["staple"][0]["sensitivity"]["complete"] == pytest.approx(1, abs=1e-6)
    assert report["staple"][2]["sensitivity"]["complete"] == pytest.approx(0.75, abs=1e-3)
    # The third rater differs from the others in 256 of the 640 labelled voxels.
    one_in_three = -np.log2(1 / 3) / 3 - np.log2(2 / 3) * 2 / 3
    assert report["mean_entropy_bits"] == pytest.approx(one_in_three * 256 / 640)
    assert report["leave_one_out"]["raters"][2]["dice"]["complete"] == 0.75
    # |A∩B| / |A∪B| over the pairs: (512 + 384 + 384) / (512 + 640 + 640)
    assert report["conformity_index"]["complete"] == pytest.approx(1280 / 1792)
    assert run("agree", "--scheme", "brats2017", raters[0])[0] == 1


def test_inspection_tells_geometry_labels_and_problems(run: Run, tmp_path: Path) -> None:
    good = save(tmp_path / "good.nii.gz", C * 4)
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(good.read_bytes()[:60])

    code, out, _ = run("inspect", good, "--json")
    both_code, both, _ = run("inspect", good, broken, "--json")
    table_code, table, _ = run("inspect", good, "--scheme", "brats2023")

    report = json.loads(out)[0]
    assert (code, both_code, table_code) == (0, 1, 1)
    assert (report["shape"], report["spacing_mm"], report["orientation"]) == ([32] * 3, [1, 1, 1], "RAS")
    assert report["labels"] == [{"value": 4, "voxels": 512, "ml": pytest.approx(0.512)}]
    assert [finding["severity"] for finding in json.loads(both)[1]["findings"]] == ["error"]
    assert "label 4" in table


def test_missing_values_count_as_the_worst(run: Run, tmp_path: Path) -> None:
    table = rank_rows(
        tmp_path, "a,1,wt,dice,0.9", "a,2,wt,dice,", "b,1,wt,dice,0.5", "b,2,wt,dice,0.5", "c,1,wt,dice,0.8"
    )

    _, out, _ = run("rank", table, "--scheme", "aggregate-then-rank", "--json")

    report = json.loads(out)
    assert report["missing"] == 2
    assert [(x["submission"], x["rank"], x["values"]) for x in report["ranking"]] == [
        ("b", 1, [0.5]), ("a", 2, [0.45]), ("c", 3, [0.4]),
    ]  # fmt: skip


def test_distances_rank_the_other_way_and_other_metrics_need_a_direction(run: Run, tmp_path: Path) -> None:
    distances = run("rank", rank_rows(tmp_path, "a,1,wt,hd95_pooled,9", "b,1,wt,hd95_pooled,3"), "--json")
    table = rank_rows(tmp_path, "a,1,wt,minutes,9", "b,1,wt,minutes,3")
    unknown, told = run("rank", table), run("rank", table, "--lower", "minutes=60", "--json")

    for out in (distances[1], told[1]):
        assert [x["submission"] for x in json.loads(out)["ranking"]] == ["b", "a"]
    assert unknown[0] == 1
    assert "--lower minutes=WORST" in unknown[2]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["a,1,wt,dice,0.9", "a,1,wt,dice,0.8"], "second time"),
        (["a,1,wt,dice,high"], "line 2: 'high' is no number"),
        (["a,1,wt,dice,0.9", "a,1"], "line 3: has fewer fields than the header"),
        ([], "holds no scores"),
    ],
)
def test_tables_that_cannot_be_ranked_are_refused(
    run: Run, tmp_path: Path, rows: list[str], sentence: str
) -> None:
    code, _, error = run("rank", rank_rows(tmp_path, *rows))

    assert code == 1
    assert sentence in error


def test_bootstrap_is_reproducible_from_its_seed(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [f"{team},{case},wt,dice,{rng.random():.3f}" for team in "abc" for case in range(12)]
    words = ["rank", rank_rows(tmp_path, *rows), "--bootstrap", 200, "--json", "--seed"]

    first, again, other = (run(*words, seed)[1] for seed in (0, 0, 1))

    assert first == again
    assert first != other
    report = json.loads(first)
    assert report["bootstrap"]["resamples"] == 200
    assert all(sum(x["frequencies"]) == pytest.approx(1) for x in report["ranking"])


def test_permutations_tell_who_can_be_told_apart(run: Run, tmp_path: Path) -> None:
    """b beats a in each of 8 cases and ties with c: all 256 sign patterns, two of them as far apart."""
    values = {"a": 0.1, "b": 0.9, "c": 0.9}
    rows = [f"{team},{case},wt,dice,{value}" for team, value in values.items() for case in range(8)]
    words = ["rank", rank_rows(tmp_path, *rows), "--ties", "average", "--permutations", 1000]

    code, out, _ = run(*words, "--json")
    _, table, _ = run(*words)

    report = json.loads(out)
    assert code == 0
    assert [(x["submission"], x["letters"]) for x in report["ranking"]] == [
        ("b", ["a"]), ("c", ["a"]), ("a", ["b"]),
    ]  # fmt: skip
    tests = report["permutation"]
    assert (tests["permutations"], tests["exact"]) == (256, True)
    assert tests["p_better"][0][2] == 1 / 256
    assert tests["p_adjusted"][0][2] == pytest.approx(3 * 2 / 256)
    assert tests["significant"] == [[False, False, True], [False, False, True], [True, True, False]]
    assert "group" in table
    assert "0.0234375" in table


def test_a_test_based_ranking_orders_by_opponents_beaten(run: Run, tmp_path: Path) -> None:
    values = {"a": 0.1, "b": 0.9, "c": 0.5}
    rows = [
        f"{team},{case},wt,dice,{value + case / 1000}" for team, value in values.items() for case in range(9)
    ]

    _, out, _ = run("rank", rank_rows(tmp_path, *rows), "--scheme", "test-based", "--json")

    report = json.loads(out)
    assert (report["bootstrap"], report["permutation"]) == (None, None)
    assert [(x["submission"], x["rank"], x["values"]) for x in report["ranking"]] == [
        ("b", 1, [1.0]), ("c", 2, [0.5]), ("a", 3, [0.0]),
    ]  # fmt: skip


@needs_shared_data
@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("ties", "winner", "value"), [("average", "9754423", 1.9214), ("min", "9754422", 1.3238)]
)
def test_ties_decide_who_wins_the_ssa_challenge(
    run: Run, tmp_path: Path, ties: str, winner: str, value: float
) -> None:
    names = {"Dice": "lesionwise_dice", "Hausdorff95": "lesionwise_hd95"}
    lines = (DATA / "rankings/ssa/SSA_long.csv").read_text().split()[1:]
    rows = []
    for case, metric, score, team in (line.split(",") for line in lines):
        _, kind, region = metric.split("_")
        rows.append(f"{team},{case},{region},{names[kind]},{score}")

    code, out, _ = run("rank", rank_rows(tmp_path, *rows), "--ties", ties, "--json")

    report = json.loads(out)
    assert code == 0
    assert (report["cases"], report["missing"], len(report["columns"])) == (35, 0, 6)
    assert report["ranking"][0]["submission"] == winner
    assert report["ranking"][0]["overall"] == pytest.approx(value, abs=5e-5)


def test_it_runs_as_a_program_without_django() -> None:
    code = "import sys, backend.cli; assert not {'django', 'celery'} & set(sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "--help"], capture_output=True, text=True, check=True
    )

    assert all(command in done.stdout for command in ("score", "fuse", "agree", "rank", "inspect"))
