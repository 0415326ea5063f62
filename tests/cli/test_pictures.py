"""`--picture`: the commands write what they found as SVG, and refuse before work what they cannot write."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from backend.cli import main
from backend.numerics.geometry import Grid
from backend.numerics.volumes import write_labelmap_nifti
from tests.numerics.mask_phantoms import boxes, cube

C = boxes(cube(8, 16)).astype(np.uint8)
SHIFTED = boxes(((10, 18), (8, 16), (8, 16))).astype(np.uint8)
ROWS = (
    "a,1,complete,dice,.9", "a,2,complete,dice,.8", "b,1,complete,dice,.7", "b,2,complete,dice,",
    "a,1,complete,minutes,3", "a,2,complete,minutes,4", "b,1,complete,minutes,5", "b,2,complete,minutes,6",
)  # fmt: skip


def save(path: Path, labelmap: np.ndarray, *, shift_mm: float = 0.0) -> Path:
    affine = np.eye(4)
    affine[0, 3] = shift_mm
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write_labelmap_nifti(labelmap, grid=Grid(labelmap.shape, affine)))
    return path


def consilium(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["consilium", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def texts(path: Path) -> list[str]:
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return save(tmp_path / "P1.nii.gz", C), save(tmp_path / "pred.nii.gz", SHIFTED)


def test_score_of_one_case_draws_the_overlay(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "overlay.svg"
    reference, prediction = files
    words = ["score", "--reference", reference, "--prediction", prediction, "--scheme", "brats2023"]
    assert consilium(monkeypatch, *words, "--picture", picture) == 0
    found = texts(picture)
    assert "P1" in found
    assert "Dice 0.750 · missed 0.13 mL · wrong 0.13 mL" in found
    without_image = picture.read_text()
    assert consilium(monkeypatch, *words, "--picture", picture, "--image", reference) == 0
    assert picture.read_text() != without_image


def test_image_on_another_grid_is_refused(
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference, prediction = files
    elsewhere = save(tmp_path / "t1.nii.gz", C, shift_mm=5)
    words = ["score", "--reference", reference, "--prediction", prediction, "--scheme", "brats2023"]
    picture = tmp_path / "o.svg"
    assert consilium(monkeypatch, *words, "--picture", picture, "--image", elsewhere) == 1
    assert "shifted by 5.0 mm along x, the grid of" in capsys.readouterr().err
    assert not picture.exists()
    assert consilium(monkeypatch, *words, "--image", elsewhere) == 2


def test_score_of_folders_draws_the_first_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in ("P1", "P2"):
        save(tmp_path / "truth" / f"{case}.nii.gz", C)
        save(tmp_path / "mine" / f"{case}.nii.gz", SHIFTED)
    picture = tmp_path / "scores.svg"
    words = ["score", "--reference", tmp_path / "truth", "--prediction", tmp_path / "mine"]
    more = ["--scheme", "brats2023", "--metrics", "hd95_pooled,dice", "--picture", picture]
    assert consilium(monkeypatch, *words, *more) == 0
    found = texts(picture)
    assert {"mine: HD95, pooled", "HD95, pooled, mm, lower is better · 2 cases"} <= set(found)
    assert "Enhancing tumour" in found


def test_agree_draws_every_pair(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "agree.svg"
    assert consilium(monkeypatch, "agree", *files, "--scheme", "brats2023", "--picture", picture) == 0
    found = texts(picture)
    assert found.count(".75") == 4  # both directions of two regions; no enhancing tumour on either side
    assert "1 · P1.nii.gz" in found


def test_rank_draws_the_stability_of_a_bootstrap_else_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "scores.csv"
    table.write_text("\n".join(["submission,case,region,metric,value", *ROWS]) + "\n")
    picture = tmp_path / "rank.svg"
    words = ["rank", table, "--lower", "minutes=60", "--picture", picture]
    assert consilium(monkeypatch, *words, "--bootstrap", "50") == 0
    assert "Places over 50 resamples of the cases" in texts(picture)
    assert consilium(monkeypatch, *words) == 0
    found = texts(picture)
    assert {"Dice of every submission", "complete", "1 n/a"} <= set(found)


@pytest.mark.parametrize(("name", "remedy"), [("p.png", "name it .svg"), ("none/p.svg", "make it first")])
def test_picture_that_cannot_be_written_is_refused_before_the_work(
    name: str,
    remedy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    absent = tmp_path / "absent.nii.gz"
    words = ["score", "--reference", absent, "--prediction", absent, "--scheme", "brats2023"]
    assert consilium(monkeypatch, *words, "--picture", tmp_path / name) == 1
    assert remedy in capsys.readouterr().err
