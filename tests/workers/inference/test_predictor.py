"""The way of a case through preprocessing, engine and back, with small networks of the zoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import torch
from torch import Tensor

from backend.numerics.geometry import Grid
from workers.contract import ContractError, ModelConfig
from workers.inference import missing, package
from workers.inference.missing import MissingSequence
from workers.inference.package import BadWeights
from workers.inference.plan import DoesNotFit
from workers.inference.predictor import Prediction, Predictor
from workers.inference.preprocess import BadImage, CaseImages
from workers.zoo import build

torch.set_num_threads(1)

SEQUENCES = ("flair", "t1")
UNET = ModelConfig("unet3d", SEQUENCES, (0, 2, 4), "brats2015", settings={"widths": [4, 8], "blocks": [1, 1]})
VALID = ModelConfig(
    "deepmedic", SEQUENCES, (0, 2, 4), "brats2015", settings={"widths": [4, 4], "joined": 4, "dropout": 0.0}
)
SLICES = ModelConfig("hemis", SEQUENCES, (0, 2, 4), "brats2015", missing="any")
GRID = Grid((20, 26, 18), np.diag([1.0, 1.0, 1.0, 1.0]))


def some_weights(config: ModelConfig) -> dict[str, Tensor]:
    """Of an untrained network: only the way matters here, and that voxels depend on their surroundings."""
    torch.manual_seed(5)
    network = build(config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return {f"network.{name}": tensor for name, tensor in network.state_dict().items()}


def make_images(shape: tuple[int, int, int], *, border: int = 3) -> dict[str, np.ndarray]:
    """A brain of noise with `border` voxels of nothing about it."""
    rng = np.random.default_rng(1)
    brain = np.zeros(shape, bool)
    brain[tuple(slice(border, size - border) for size in shape)] = True
    return {name: np.where(brain, rng.uniform(50, 900, shape), 0).astype(np.float32) for name in SEQUENCES}


def predict(config: ModelConfig, case: CaseImages, **options: Any) -> Prediction:
    return Predictor(config, some_weights(config), **options).predict(case)


def turned(images: Mapping[str, np.ndarray], orientation: np.ndarray) -> tuple[CaseImages, np.ndarray]:
    """The same case in memory another way round, and the way back."""
    base = np.array([[0, 1], [1, 1], [2, 1]])
    way = nib.orientations.ornt_transform(base, orientation)
    shape = next(iter(images.values())).shape
    affine = np.eye(4) @ nib.orientations.inv_ornt_aff(way, shape)
    arrays = {name: np.asarray(nib.apply_orientation(image, way)) for name, image in images.items()}
    grid = Grid(next(iter(arrays.values())).shape, affine)
    return CaseImages(arrays, grid), nib.orientations.ornt_transform(orientation, base)


def test_every_orientation_of_the_file_gives_the_same_labels() -> None:
    images = make_images((12, 14, 10), border=2)
    predictor = Predictor(UNET, some_weights(UNET))
    expected = predictor.predict(CaseImages(images, Grid((12, 14, 10), np.eye(4)))).labelmap
    assert len(np.unique(expected)) > 1
    for axes, flips in product(permutations(range(3)), product((1, -1), repeat=3)):
        case, back = turned(images, np.array(list(zip(axes, flips, strict=True)), float))
        found = predictor.predict(case).labelmap
        assert found.shape == case.grid.shape
        np.testing.assert_array_equal(np.asarray(nib.apply_orientation(found, back)), expected)


@pytest.mark.parametrize("config", [VALID, SLICES], ids=["valid convolutions", "slices"])
def test_windows_equal_one_pass_exactly(config: ModelConfig) -> None:
    case = CaseImages(make_images((40, 42, 80)), Grid((40, 42, 80), np.eye(4)))
    whole = predict(config, case)
    windowed = predict(config, case, budget_bytes=_just_below(config, case))
    assert whole.plan is not None
    assert whole.plan.is_one_pass
    assert windowed.plan is not None
    assert len(windowed.plan.origins) > 1
    np.testing.assert_array_equal(windowed.labelmap, whole.labelmap)


def test_windows_of_a_padded_network_differ_at_seams_only() -> None:
    case = CaseImages(make_images((20, 26, 80)), Grid((20, 26, 80), np.eye(4)))
    predictor = Predictor(UNET, some_weights(UNET))
    windowed = Predictor(UNET, some_weights(UNET), budget_bytes=_just_below(UNET, case))
    parts = [one.probabilities(one.prepare(case)) for one in (predictor, windowed)]
    assert parts[0] is not None
    assert parts[1] is not None
    assert len(parts[1][2].origins) > 1
    assert torch.allclose(parts[1][0].sum(dim=0), torch.ones(parts[1][0].shape[1:]), atol=1e-5)
    same = parts[0][0].argmax(0) == parts[1][0].argmax(0)
    assert same.float().mean() > 0.97


def _just_below(config: ModelConfig, case: CaseImages) -> int:
    plan = predict(config, case).plan
    assert plan is not None
    return plan.bytes_needed - 1


def test_where_the_estimate_was_too_low_it_goes_on_with_smaller_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = CaseImages(make_images((40, 42, 80)), Grid((40, 42, 80), np.eye(4)))
    expected = predict(VALID, case).labelmap
    predictor = Predictor(VALID, some_weights(VALID))
    prepared = predictor.prepare(case)
    engine = predictor._engine(predictor_member(predictor, prepared.present))
    forward, largest = engine._forward, 50 * 60 * 60

    def short_of_memory(batch: Tensor, *rest: Any) -> Tensor:
        if batch[0, 0].numel() > largest:
            raise MemoryError("DefaultCPUAllocator: can't allocate memory")
        return forward(batch, *rest)

    monkeypatch.setattr(engine, "_forward", short_of_memory)
    found = predictor.predict(case)
    assert found.plan is not None
    assert len(found.plan.origins) > 1
    np.testing.assert_array_equal(found.labelmap, expected)


def predictor_member(predictor: Predictor, present: Tensor) -> Any:
    return missing.member(predictor.config, present)


def test_a_machine_without_memory_says_so() -> None:
    case = CaseImages(make_images(GRID.shape), GRID)
    with pytest.raises(DoesNotFit, match=r"needs about .* MiB, .* MiB are free"):
        predict(UNET, case, budget_bytes=1000)


def test_outside_the_brain_is_background_even_at_the_border() -> None:
    case = CaseImages(make_images(GRID.shape, border=0), GRID)
    assert predict(VALID, case).labelmap.shape == GRID.shape
    inner = CaseImages(make_images(GRID.shape, border=4), GRID)
    labelmap = predict(UNET, inner).labelmap
    outside = np.all([image == 0 for image in inner.images.values()], axis=0)
    assert not labelmap[outside].any()
    assert set(np.unique(labelmap)) <= {0, 2, 4}


def test_an_empty_case_is_background_and_says_why() -> None:
    images = {name: np.zeros(GRID.shape, np.int16) for name in SEQUENCES}
    found = predict(UNET, CaseImages(images, GRID))
    assert found.labelmap.shape == GRID.shape
    assert not found.labelmap.any()
    assert found.plan is None
    assert "no brain" in found.note


def test_resampled_cases_come_back_on_their_own_grid() -> None:
    grid = Grid((20, 26, 9), np.diag([-1.0, -1.0, 2.0, 1.0]))
    case = CaseImages(make_images(grid.shape, border=1), grid)
    found = predict(replace(UNET, spacing_mm=(1.5, 1.5, 1.5)), case)
    assert found.labelmap.shape == grid.shape
    assert found.plan is not None
    assert found.plan.shape[2] >= 10


def test_flips_make_the_answer_mirror_symmetrical() -> None:
    images = make_images(GRID.shape)
    mirrored = {name: image[::-1].copy() for name, image in images.items()}
    config = replace(UNET, flips=True)
    found, other = (predict(config, CaseImages(one, GRID)).labelmap for one in (images, mirrored))
    # 20 voxels less twice 3: the crop from 2 to 18 lies alike in both.
    np.testing.assert_array_equal(found, other[::-1])
    assert (predict(UNET, CaseImages(images, GRID)).labelmap != found).any()


def test_what_is_no_number_is_named() -> None:
    images = make_images(GRID.shape)
    images["t1"][5, 5, 5] = np.nan
    with pytest.raises(BadImage, match="t1: 1 voxels are NaN or infinite"):
        predict(UNET, CaseImages(images, GRID))


def test_a_missing_sequence_is_refused_unless_the_config_knows_a_way() -> None:
    case = CaseImages({"flair": make_images(GRID.shape)["flair"]}, GRID)
    with pytest.raises(MissingSequence, match="no t1"):
        predict(UNET, case)
    for way in ("zero", "mean"):
        assert predict(replace(UNET, missing=way), case).labelmap.any()
    assert predict(SLICES, case).labelmap.any()


def test_sequences_on_two_grids_are_refused() -> None:
    images = make_images(GRID.shape)
    shifted = Grid(GRID.shape, np.array([[1, 0, 0, 5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
    with pytest.raises(BadImage, match=r"t1 lies on another grid than flair: .*5\.0 mm"):
        CaseImages.of_volumes({"flair": (images["flair"], GRID), "t1": (images["t1"], shifted)})


def test_a_package_is_written_and_read(tmp_path: Any) -> None:
    weights = some_weights(UNET)
    package.save_folder(tmp_path, UNET, weights)
    config, again = package.load_folder(tmp_path)
    assert replace(config, settings={}) == replace(UNET, settings={})
    assert config.settings == {"widths": [4, 8], "blocks": [1, 1]}
    assert all(torch.equal(again[name], tensor) for name, tensor in weights.items())
    package.check(config, again)


def test_what_does_not_fit_the_config_is_named() -> None:
    weights = some_weights(UNET)
    with pytest.raises(BadWeights, match=r"has no network\.head\.bias, which unet3d needs"):
        package.check(UNET, {name: one for name, one in weights.items() if name != "network.head.bias"})
    with pytest.raises(BadWeights, match=r"holds network\.spy"):
        package.check(UNET, weights | {"network.spy": torch.zeros(1)})
    with pytest.raises(BadWeights, match=r"network\.head\.bias is \(7,\); the config asks for \(3,\)"):
        package.check(UNET, weights | {"network.head.bias": torch.zeros(7)})
    with pytest.raises(ContractError, match="architecture"):
        package.check(replace(UNET, architecture="alexnet"), weights)


def test_files_that_are_no_weights_are_refused(tmp_path: Any) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "pickle.pt")
    with pytest.raises(BadWeights, match="not in the safetensors format"):
        package.read_weights((tmp_path / "pickle.pt").read_bytes())
    with pytest.raises(BadWeights, match="not in the safetensors format"):
        package.read_weights(b"")
    bad = package.write_weights({"network.head.bias": torch.tensor([float("nan")])})
    with pytest.raises(BadWeights, match=r"network\.head\.bias holds NaN"):
        package.read_weights(bad)
    with pytest.raises(ContractError, match="no JSON"):
        package.read_config(b"{")
