import json
from pathlib import Path

import pytest

from benchmarks import zoo_table
from benchmarks.zoo import RESULTS as RESULTS_FILE
from benchmarks.zoo_rows import ROWS, TUMOURS
from workers.training.recipes import recipe_for

DICE = {"complete": 0.951, "core": 0.82, "enhancing": 1.0}
RESULTS = {
    "references": {
        TUMOURS: {
            "training": 12,
            "held_out": 6,
            "spacing_mm": [3.0, 3.0, 3.0],
            "thresholds": dict.fromkeys(DICE, 0.5),
            "raters_among_themselves": dict.fromkeys(DICE, 0.95),
        }
    },
    "rows": {
        "unet3d": {
            "name": "3-D U-Net, small",
            "dice": DICE,
            "minutes": 3.0,
            "first_checkpoint": {"seconds": 20.4, "dice": dict.fromkeys(DICE, 0.25)},
            "cpu_seconds_per_case": 0.31,
            "summary": {"parameters": 1_403_333},
        }
    },
}


def test_tables_stand_between_the_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "models.md"
    page.write_text(f"before\n{zoo_table.BEGIN}\nstale row\n{zoo_table.END}\nafter\n")
    monkeypatch.setattr(zoo_table, "PAGE", page)
    zoo_table.write_table(RESULTS)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale row" not in text
    row = "| 3-D U-Net, small | 1,403,333 | 3 | .951 / .820 / 1.000 | .250 / .250 / .250 at 20 s | 0.3 |"
    assert row in text
    assert "| thresholds, no training | | | .500 / .500 / .500 | | |" in text


def test_below_the_table_stands_what_is_above_what() -> None:
    text = zoo_table.tables(RESULTS)
    assert "all are above their own first checkpoints; all are above the thresholds; none is above" in text
    better = {**RESULTS["rows"]["unet3d"], "name": "better", "dice": dict.fromkeys(DICE, 0.96)}
    rows = {**RESULTS["rows"], "deepmedic": better}
    text = zoo_table.tables({**RESULTS, "rows": rows})
    assert "1 of 2 are above one rater against another (not: 3-D U-Net, small)." in text


def test_the_page_shows_what_was_measured() -> None:
    """`make train-zoo` writes both; a table that was edited by hand, or left behind, differs."""
    measured = json.loads(RESULTS_FILE.read_text())
    assert zoo_table.written() == zoo_table.tables(measured)
    assert all(row["dice"] != row["first_checkpoint"]["dice"] for row in measured["rows"].values())


def test_a_page_without_marks_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "models.md"
    page.write_text("nothing\n")
    monkeypatch.setattr(zoo_table, "PAGE", page)
    with pytest.raises(ValueError, match="are needed"):
        zoo_table.write_table(RESULTS)


@pytest.mark.parametrize("row", ROWS, ids=[row.key for row in ROWS])
def test_every_row_has_a_recipe_that_can_be(row: object) -> None:
    recipe_for(row.architecture, row.recipe, budget_s=60)  # type: ignore[attr-defined]


def test_rows_have_names_of_their_own() -> None:
    assert len({row.key for row in ROWS}) == len(ROWS)
