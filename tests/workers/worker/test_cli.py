"""`python -m workers` by hand, and whose turn on a GPU it is."""

import json
import secrets
import tempfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from backend.numerics.volumes import read_labelmap, write_labelmap_nifti
from tests.workers.sandbox.onnx_files import WEIGHT, convolution
from tests.workers.worker.serving import CONFIG, GRID, Weights, expected, image
from workers.cli import app
from workers.contract import Device, ModelConfig
from workers.devices import LocalDevice, turn_on_gpu
from workers.inference.package import save_folder, write_config
from workers.sandbox.walls import missing


@pytest.fixture
def model(tmp_path: Path, weights: Weights) -> Path:
    save_folder(tmp_path / "model", CONFIG, weights)
    return tmp_path / "model"


@pytest.fixture
def images(tmp_path: Path) -> list[str]:
    arguments = []
    for place, name in enumerate(("T1", "FLAIR")):
        file = tmp_path / f"{name}.nii.gz"
        file.write_bytes(write_labelmap_nifti(image(10 + place), grid=GRID))
        arguments += ["--images", f"{name}={file}"]
    return arguments


def test_predict_writes_the_labelmap_on_the_images_grid(
    model: Path, images: list[str], weights: Weights, tmp_path: Path
) -> None:
    out = tmp_path / "out.nii.gz"
    outcome = CliRunner().invoke(
        app, ["predict", "--model", str(model), *images, "--out", str(out), "--trusted"]
    )
    assert outcome.exit_code == 0, outcome.output
    found = read_labelmap(out, name="out.nii.gz")
    np.testing.assert_array_equal(found.array, expected(weights, 1))
    np.testing.assert_allclose(found.grid.matrix, GRID.matrix, atol=1e-5)


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_predict_isolates_an_onnx_file(images: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "onnx"
    folder.mkdir()
    config = ModelConfig(
        architecture="", sequences=("T1", "FLAIR"), labels=(0, 2, 5), scheme="any", normalisation="none"
    )
    (folder / "config.json").write_bytes(write_config(config))
    (folder / "model.onnx").write_bytes(convolution().SerializeToString())
    out = tmp_path / "out.nii.gz"
    outcome = CliRunner().invoke(
        app, ["predict", "--model", str(folder), *images, "--out", str(out), "--threads", "1"]
    )
    assert outcome.exit_code == 0, outcome.output
    both = np.stack([image(10), image(11)]).astype(float)
    highest = np.einsum("cs,sxyz->cxyz", WEIGHT[:, :, 0, 0, 0], both).argmax(axis=0)
    wanted = np.where((both != 0).any(axis=0), np.array(config.labels)[highest], 0)
    np.testing.assert_array_equal(read_labelmap(out, name="out.nii.gz").array, wanted)


def test_inspect_tells_what_a_model_is(model: Path, weights: Weights) -> None:
    outcome = CliRunner().invoke(app, ["inspect", str(model)])
    assert outcome.exit_code == 0, outcome.output
    facts = json.loads(outcome.output)
    assert (facts["kind"], facts["config"]["architecture"]) == ("network", "unet3d")
    assert 0 < facts["parameters"] <= sum(tensor.numel() for tensor in weights.values())


def test_mistakes_are_said_in_a_sentence(model: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").write_bytes(b"\x80\x04 a pickle")
    outcome = CliRunner().invoke(app, ["inspect", str(model)])
    assert outcome.exit_code == 1
    assert "safetensors" in outcome.output
    outcome = CliRunner().invoke(app, ["inspect", str(tmp_path / "nowhere")])
    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.output


def test_devices_are_listed() -> None:
    listed = json.loads(CliRunner().invoke(app, ["devices"]).output)
    assert listed["devices"][-1]["kind"] == "cpu"
    assert listed["devices"][-1]["memory_mib"] > 0
    assert listed["sandbox"] is (not missing())


def test_one_worker_at_a_time_has_its_turn_on_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    name = secrets.token_hex(8)
    gpus = tuple(
        LocalDevice(f"cuda:{number}", Device("cuda", "a GPU", 1), lock=f"test-{name}-{number}")
        for number in (0, 1)
    )
    with turn_on_gpu(gpus) as first, turn_on_gpu(gpus) as second:
        assert (first, second) == gpus
        with turn_on_gpu(gpus) as third:
            assert third is None
    with turn_on_gpu(gpus) as again:
        assert again == gpus[0]
    with turn_on_gpu((LocalDevice("cpu", Device("cpu", "a processor", 1)),)) as none:
        assert none is None
