"""Where the real cases and the tables of expected values lie: beside the checkout, never in it."""

import csv
import io
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CONSILIUM_SHARED_DATA", ROOT.parent / "shared" / "data"))

needs_shared_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real cases are not beside this checkout"
)

TCGA_CASES = ("TCGA-DU-7294", "TCGA-FG-6692")
TCGA_ALGORITHMS = ("hnfnetv1", "isen", "sanet0", "scan", "yixinmpl")
REGION_OF_SHORT_NAME = {"WT": "complete", "TC": "core", "ET": "enhancing"}


def tcga_mask(case: str, algorithm: str) -> Path:
    return DATA / "tcga" / case / "raters" / f"{algorithm}-20.nii.gz"


def tcga_fusion(case: str, method: str = "mav") -> Path:
    return DATA / "tcga" / case / "fusion" / f"{method}.nii.gz"


def expected_tcga_dice() -> dict[tuple[str, str, str], float]:
    """{(algorithm, case, region): Dice against `mav`}; 1 where the table is empty, as both regions are."""
    with (DATA / "expected_metrics.csv").open(newline="") as table:
        return {
            (row["pred"], row["case"], REGION_OF_SHORT_NAME[row["region"]]): float(row["dice_numpy"] or 1)
            for row in csv.DictReader(table)
            if row["source"] == "tcga" and row["ref"] == "mav"
        }


_HD95_COLUMNS = {
    "hd95_surface_area": "hd95_surface_distance",
    "hd95_pooled": "hd95_pooled",
    "hd95_max_of_directions": "hd95_maxof95",
}


def expected_tcga_hd95(definition: str) -> dict[tuple[str, str, str], float]:
    """The same for a Hausdorff distance in mm; 0 where both regions are empty, 374 where one is."""
    with (DATA / "expected_metrics.csv").open(newline="") as table:
        return {
            (row["pred"], row["case"], REGION_OF_SHORT_NAME[row["region"]]): _distance(row, definition)
            for row in csv.DictReader(table)
            if row["source"] == "tcga" and row["ref"] == "mav"
        }


def _distance(row: dict[str, str], definition: str) -> float:
    if value := row[_HD95_COLUMNS[definition]]:
        return float(value)
    return 374.0 if int(row["n_pred"]) or int(row["n_ref"]) else 0.0


def zip_of(files: Iterable[tuple[str, bytes | Path]]) -> bytes:
    """A zip archive of (name in the archive, bytes or the file that holds them)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return out.getvalue()


def tcga_dataset_zip() -> bytes:
    """The two patients' images, as an organizer would send them: no masks."""
    return zip_of(
        (f"{case}/{image.name}", image)
        for case in TCGA_CASES
        for image in sorted((DATA / "tcga" / case).glob("*.nii.gz"))
    )


def tcga_submission_zip(algorithm: str) -> bytes:
    return zip_of((f"{case}.nii.gz", tcga_mask(case, algorithm)) for case in TCGA_CASES)
