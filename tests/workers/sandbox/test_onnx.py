"""ONNX files behind the walls: what a good one answers, and how hostile ones end."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from backend.numerics.geometry import Grid
from tests.workers.sandbox.attempts import HOSTILE, nothing_left
from tests.workers.sandbox.onnx_files import (
    WEIGHT,
    bomb_within_the_address_space,
    contributed_domain,
    convolution,
    custom_domain,
    endless_loop,
    expanding_bomb,
    external_data,
    external_data_in_a_branch,
    giant_initialiser,
    giant_tensor,
    malformed,
    not_finite,
    too_many_classes,
    too_many_nodes,
    two_inputs,
    unknown_operator,
    words,
)
from workers.contract import ContractError, Limits, ModelConfig, ModelKind, Reason, to_json
from workers.inference.preprocess import CaseImages
from workers.sandbox.onnx_checks import checked_model
from workers.sandbox.onnx_model import OnnxShape, predictor_of
from workers.sandbox.process import Labels, Sandbox, SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.walls import missing

isolated = pytest.mark.skipif(bool(missing()), reason=missing())

LIMITS = Limits(seconds_per_case=60, seconds_to_load=120, memory_mib=700, output_mib=16, processes=48)
SHAPE = (14, 12, 9)
AFFINE = np.array([[0, -1.0, 0, 5], [1.5, 0, 0, -3], [0, 0, -2.0, 9], [0, 0, 0, 1]])
CONFIG = ModelConfig(
    architecture="", sequences=("T1", "FLAIR"), labels=(0, 2, 5), scheme="any", normalisation="none"
)


def images(seed: int = 3) -> np.ndarray:
    """Two sequences with a border of background."""
    values = np.zeros((2, *SHAPE), np.float32)
    values[:, 2:-1, 1:-2, 1:-1] = np.random.default_rng(seed).normal(size=(2, 11, 9, 7))
    return values


def expected() -> np.ndarray:
    """The same by hand: 1×1×1 convolution, highest score; background where both images are 0."""
    scores = np.einsum("cs,sxyz->cxyz", WEIGHT[:, :, 0, 0, 0], images())
    labels = np.array(CONFIG.labels)[scores.argmax(axis=0)]
    return np.where((images() != 0).any(axis=0), labels, 0)


@pytest.mark.parametrize(
    "settings",
    [{}, {"window": [6, 5, 4]}, {"window": [32, 32, 32]}, {"stride": 4}],
    ids=["whole", "windows", "one large window", "stride"],
)
def test_a_good_file_predicts_on_the_cases_grid(settings: dict[str, Any], tmp_path: Path) -> None:
    config = ModelConfig(**(_fields(CONFIG) | {"settings": settings}))
    file = tmp_path / "model.onnx"
    file.write_bytes(convolution().SerializeToString())
    predictor = predictor_of(file, config, threads=1)
    case = CaseImages(dict(zip(config.sequences, images(), strict=True)), Grid(SHAPE, AFFINE))
    np.testing.assert_array_equal(predictor.predict(case).labelmap, expected())


def _fields(config: ModelConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in to_json(config)}


def slices() -> onnx.ModelProto:
    """A 2-D file that answers with classes' labels themselves: 5 where T1 > 0, else 0."""
    made = helper.make_graph(
        [
            helper.make_node("Split", ["images", "parts"], ["t1", "flair"], axis=1),
            helper.make_node("Squeeze", ["t1", "axis"], ["flat"]),
            helper.make_node("Greater", ["flat", "zero"], ["above"]),
            helper.make_node("Cast", ["above"], ["ones"], to=TensorProto.INT64),
            helper.make_node("Mul", ["ones", "five"], ["labels"]),
        ],
        "labels",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["B", 2, "X", "Y"])],
        [helper.make_tensor_value_info("labels", TensorProto.INT64, ["B", "X", "Y"])],
        [
            numpy_helper.from_array(np.array([1, 1]), "parts"),
            numpy_helper.from_array(np.array([1]), "axis"),
            numpy_helper.from_array(np.array(0, np.float32), "zero"),
            numpy_helper.from_array(np.array(5), "five"),
        ],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


# ---------------------------------------------------------------------------------------------- hostile files


@pytest.mark.parametrize(
    "make",
    [
        external_data,
        external_data_in_a_branch,
        custom_domain,
        contributed_domain,
        unknown_operator,
        giant_initialiser,
        too_many_nodes,
        malformed,
        lambda: b"",
        lambda: b"\x80\x04\x95 a pickle",
    ],
)
def test_a_file_that_is_not_run_is_refused(
    make: Callable[[], onnx.ModelProto | bytes], tmp_path: Path
) -> None:
    """By the checks that run behind the walls, before any session is made."""
    model, file = make(), tmp_path / "model.onnx"
    file.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    with pytest.raises(ModelError) as caught:
        checked_model(file)
    assert caught.value.reason is Reason.BAD_WEIGHTS
    assert str(tmp_path) not in str(caught.value)


# How each ends of the files that are run: with labels, or with its reason. The last one ends the process.
FLAT = ModelConfig(**(_fields(CONFIG) | {"settings": {"dimensions": 2}}))
IN_TURN: Mapping[str, tuple[Callable[[], onnx.ModelProto], ModelConfig]] = {
    "convolution": (convolution, CONFIG),
    "slices": (slices, FLAT),
    "external_data": (external_data, CONFIG),
    "two_inputs": (two_inputs, CONFIG),
    "giant_tensor": (giant_tensor, CONFIG),
    "expanding_bomb": (expanding_bomb, CONFIG),
    "not_finite": (not_finite, CONFIG),
    "too_many_classes": (too_many_classes, CONFIG),
    "words": (words, CONFIG),
    "convolution_again": (convolution, CONFIG),
    "bomb_within_the_address_space": (bomb_within_the_address_space, CONFIG),
}


@pytest.fixture(scope="module")
def outcomes(
    neighbour: SandboxedModel, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Labels | ModelError]:
    """How each of these ended, behind the walls, as the cases of one process."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, (make, config) in IN_TURN.items():
            packed.writestr(f"{name}.onnx", make().SerializeToString())
            packed.writestr(f"{name}.json", json.dumps(to_json(config)))
    file = tmp_path_factory.mktemp("onnx") / "weights"
    file.write_bytes(archive.getvalue())
    found: dict[str, Labels | ModelError] = {}
    sandbox = Sandbox(threads=1, entry="hostile.in_turn:onnx_files", code=(HOSTILE,))
    with nothing_left(neighbour), sandbox.start(ModelKind.ONNX, CONFIG, file, LIMITS) as started:
        for name in IN_TURN:
            assert started.alive, f"before {name}"
            try:
                found[name] = started.predict(images(), [True, True], AFFINE)
            except ModelError as error:
                found[name] = error
    return found


@isolated
def test_good_files_predict_behind_the_walls_before_hostile_ones_and_after(
    outcomes: Mapping[str, Labels | ModelError],
) -> None:
    np.testing.assert_array_equal(outcomes["convolution"], expected())
    np.testing.assert_array_equal(outcomes["slices"], np.where(images()[0] > 0, 5, 0))
    np.testing.assert_array_equal(outcomes["convolution_again"], expected())


@isolated
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("external_data", Reason.BAD_WEIGHTS),
        ("two_inputs", Reason.BAD_WEIGHTS),
        ("giant_tensor", Reason.MEMORY_LIMIT),
        ("expanding_bomb", Reason.MEMORY_LIMIT),
        ("bomb_within_the_address_space", Reason.MEMORY_LIMIT),
        ("not_finite", Reason.NOT_FINITE),
        ("too_many_classes", Reason.WRONG_SHAPE),
        ("words", Reason.WRONG_OUTPUT),
    ],
)
def test_a_hostile_file_ends_with_its_reason(
    name: str, reason: Reason, outcomes: Mapping[str, Labels | ModelError]
) -> None:
    ended = outcomes[name]
    assert isinstance(ended, ModelError)
    assert (ended.reason, str(ended)) == (reason, str(ended))
    assert "root:" not in str(ended)


@isolated
def test_an_endless_file_ends_in_time(tmp_path: Path, nothing_stays: None) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(endless_loop().SerializeToString())
    limits = replace(LIMITS, seconds_per_case=1)
    with Sandbox(threads=1).start(ModelKind.ONNX, CONFIG, file, limits) as started:
        with pytest.raises(ModelError) as caught:
            started.predict(images(), [True, True], AFFINE)
        assert not started.alive
    assert (caught.value.reason, str(caught.value)) == (Reason.TIME_LIMIT, str(caught.value))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"settings": {"window": [0, 1, 1]}},
            r"settings\.window: .*: give an ONNX model 3 integers from 1 to 1024, or null",
        ),
        ({"settings": {"window": [10**9] * 3}}, r"settings\.window"),
        ({"settings": {"window": "all"}}, r"settings\.window"),
        ({"settings": {"stride": 0}}, r"settings\.stride: 0: give an ONNX model an integer from 1 to 64"),
        (
            {"settings": {"dimensions": 4}},
            r"settings\.dimensions: 4: give an ONNX model an integer from 2",
        ),
        ({"settings": {"custom_ops": "/x.so"}}, "settings: custom_ops: an ONNX model has dimensions, stride"),
        ({"missing": "subset"}, "missing: of an ONNX model one of refuse, zero, mean"),
        ({"stages": ({"kind": "post_network"},)}, "stages: a post_network has weights"),
        ({"stages": ({"kind": "magic"},)}, r"stages\[0\]\.kind: 'magic' is none of crf"),
    ],
)
def test_the_config_of_an_onnx_model_is_checked(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ContractError, match=words):
        OnnxShape(ModelConfig(**(_fields(CONFIG) | values)))
