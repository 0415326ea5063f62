"""Trainings that a platform asks for over real sockets, and those of the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from backend.numerics.volumes import write_labelmap_nifti
from tests.workers.training.material import REGIONS, TINY_UNET, make_case
from tests.workers.worker.platform_server import Job, Platform
from tests.workers.worker.serving import Serving, wait_for
from workers.cli import app
from workers.contract import ModelConfig, read, to_json
from workers.inference.package import check, load_folder, read_weights, write_config
from workers.inference.predictor import Predictor
from workers.training.checkpoint import Checkpoint
from workers.training.validation import region_dice

STEPS = 120
RECIPE = {"steps": STEPS, "rate": 0.02, "batch": 2, "extent": [], "validate_share": 0.2}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as served:
        yield served


def offer_training(platform: Platform, *, recipe: dict[str, Any] = RECIPE) -> Job:
    """A training that goes on from the newest checkpoint, as the platform's do."""

    def case(number: int) -> dict[str, Any]:
        made = make_case(number)
        images = {
            name: platform.put(write_labelmap_nifti(image, grid=made.images.grid))
            for name, image in made.images.images.items()
        }
        labelmap = platform.put(write_labelmap_nifti(made.labelmap, grid=made.images.grid))
        return {"number": number, "images": images, "labelmap": labelmap}

    cases = {number: case(number) for number in range(5)}

    def request(attempt: int, done: set[int]) -> dict[str, Any]:
        assert platform.job is not None
        kept = platform.job.checkpoints
        return {
            "job": "job-1",
            "attempt": attempt,
            "config": to_json(TINY_UNET),
            "training": [cases[k] for k in range(3)],
            "validation": [cases[k] for k in range(3, 5)],
            "budget_s": 60,
            "seed": 3,
            "regions": {name: list(labels) for name, labels in REGIONS.items()},
            "recipe": recipe,
            "checkpoint": platform.put(kept[-1]) if kept else None,
            "kind": "training",
        }

    platform.job = Job(request)
    return platform.job


def test_a_training_sends_its_curve_checkpoints_and_weights(platform: Platform) -> None:
    job = offer_training(platform)
    with Serving(platform):
        wait_for(lambda: job.ended)
    ending = job.ended[0]
    assert ending["status"] == "done", ending
    assert ending["weights_digest"] == hashlib.sha256(job.weights).hexdigest()
    config, weights = read(ModelConfig, ending["config"]), read_weights(job.weights)
    check(config, weights)
    curve = [point for one in job.progress for point in one["curve"]]
    assert [point["step"] for point in curve] == sorted(point["step"] for point in curve)
    assert any(point["validation_dice"] for point in curve)
    assert Checkpoint.from_bytes(job.checkpoints[-1]).position.step == STEPS
    assert ending["summary"]["data_digest"]
    # What was sent finds lesions in a case that nobody has shown it.
    case = make_case(70)
    found = Predictor(config, weights).predict(case.images).labelmap
    assert region_dice(found, case.labelmap, REGIONS)["complete"] > 0.7


def test_a_training_whose_worker_goes_is_gone_on_with(platform: Platform) -> None:
    job = offer_training(platform)
    with Serving(platform):
        wait_for(lambda: job.checkpoints)
    assert not job.ended
    job.held = False
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert job.ended[0]["status"] == "done"
    assert job.ended[0]["summary"]["steps"] == STEPS
    log = [line["text"] for one in job.progress for line in one["log"]]
    assert "going on from the last checkpoint" in log


def test_a_recipe_that_cannot_be_ends_the_training(platform: Platform) -> None:
    job = offer_training(platform, recipe={"batch": -1})
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert (job.ended[0]["status"], job.ended[0]["reason_code"]) == ("failed", "bad_config")
    assert "batch is above 0" in job.ended[0]["reason"]


def test_train_writes_a_package(tmp_path: Path) -> None:
    for number in range(4):
        case, folder = make_case(number), tmp_path / "cases" / f"Case-{number}"
        folder.mkdir(parents=True)
        affine = case.images.grid.matrix
        for name, array in {**case.images.images, "seg": case.labelmap.astype(np.uint8)}.items():
            nib.save(nib.Nifti1Image(array, affine), folder / f"Case-{number}_{name}.nii.gz")
    (tmp_path / "config.json").write_bytes(write_config(TINY_UNET))
    arguments = [
        "--config",
        tmp_path / "config.json",
        "--cases",
        tmp_path / "cases",
        "--out",
        tmp_path / "out",
    ]
    arguments += ["--threads", 1, "--recipe", json.dumps(RECIPE | {"steps": 4})]
    result = CliRunner().invoke(app, ["train", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    assert "3 cases to learn from, 1 to look at" in result.output
    config, weights = load_folder(tmp_path / "out")
    check(config, weights)
    assert json.loads((tmp_path / "out" / "training.json").read_text())["steps"] == 4
    assert not (tmp_path / "out" / "checkpoint.safetensors").exists()


def test_train_names_the_case_without_a_labelmap(tmp_path: Path) -> None:
    (tmp_path / "cases" / "Case-1").mkdir(parents=True)
    (tmp_path / "config.json").write_bytes(write_config(TINY_UNET))
    arguments = [
        "--config",
        tmp_path / "config.json",
        "--cases",
        tmp_path / "cases",
        "--out",
        tmp_path / "out",
    ]
    result = CliRunner().invoke(app, ["train", *map(str, arguments)])
    assert result.exit_code == 1
    assert "Case-1: has no labelmap" in result.output
