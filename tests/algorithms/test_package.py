"""What is accepted as a model: read by hand, nothing is unpickled."""

import io
import json
import pickle  # noqa: TID251  # to see it refused
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from backend.algorithms.errors import BadPackage
from backend.algorithms.package import check_safetensors, read_package
from tests.factories.algorithms import config_json, package_of, safetensors_bytes
from tests.shared_data import zip_of
from workers.contract import ARCHITECTURES, ModelKind, Reason


def read(tmp_path: Path, data: bytes, *, filename: str = "model.zip", config: Any = None) -> Any:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return read_package(path, filename=filename, config=config, folder=tmp_path)


def refusal(tmp_path: Path, data: bytes, **options: Any) -> BadPackage:
    with pytest.raises(BadPackage) as caught:
        read(tmp_path, data, **options)
    return caught.value


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def with_header(header: Any, body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_network_package_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, package_of(config_json(missing="zero")))
    assert (found.kind, found.config.missing) == (ModelKind.NETWORK, "zero")
    assert found.weights.read_bytes() == safetensors_bytes()


def test_what_the_library_writes_is_accepted() -> None:
    data = save({"a": np.zeros((3, 4), np.float32), "b": np.ones(5, np.int64), "c": np.zeros(2, np.float16)})
    check_safetensors(io.BytesIO(data), size_bytes=len(data), name="model.safetensors")


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (config_json(architecture="resnet"), "resnet"),
        (config_json(sequences=[]), "sequences"),
        (config_json(labels=[1, 2]), "background"),
        (config_json(flips="yes"), "flips"),
        (config_json(more=1), "more"),
        ({"architecture": "unet3d"}, "config.json"),
        (
            config_json(settings={"widths": [10**9, 8]}),
            "settings.widths: [1000000000, 8]: give unet3d 2 to 8 integers",
        ),
        (config_json(settings={"widths": [8] * 1000}), "settings.widths"),
        (config_json(settings={"blocks": [1, -1]}), "settings.blocks"),
        (config_json(settings={"depth": 1000}), "settings: depth: unet3d has widths"),
        (config_json(spacing_mm=[1e-9, 1, 1]), "spacing_mm"),
        (config_json(normalisation_settings={"mean": float("nan")}), "give a finite one"),
    ],
)
def test_bad_config_is_refused_by_field(tmp_path: Path, config: dict[str, Any], words: str) -> None:
    error = refusal(tmp_path, package_of(config))
    assert error.reason_code == Reason.BAD_CONFIG
    assert words in error.sentence


def test_pickle_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, package_of(weights=pickle.dumps({"weight": list(range(9))})))
    assert error.reason_code == Reason.BAD_WEIGHTS


def test_checkpoint_of_torch_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
    assert refusal(tmp_path, inner.getvalue(), filename="model.pt").reason_code == Reason.BAD_CONFIG
    assert refusal(tmp_path, package_of(weights=inner.getvalue())).reason_code == Reason.BAD_WEIGHTS


@pytest.mark.parametrize("kept", [0, 7, 20, -1])
def test_cut_weights_are_refused(tmp_path: Path, kept: int) -> None:
    assert refusal(tmp_path, package_of(weights=safetensors_bytes()[:kept])).reason_code == Reason.BAD_WEIGHTS


@pytest.mark.parametrize(
    "change",
    [
        {"data_offsets": [0, 4]},
        {"data_offsets": [-32, 0]},
        {"data_offsets": [0, 1 << 60], "shape": [1 << 58]},
        {"dtype": "OBJECT"},
        {"shape": [True] * 8},
        {"shape": "8"},
    ],
)
def test_tensors_that_lie_wrongly_are_refused(change: dict[str, Any]) -> None:
    header, body = header_of(safetensors_bytes())
    header["weight"] |= change
    data = with_header(header, body)
    with pytest.raises(BadPackage):
        check_safetensors(io.BytesIO(data), size_bytes=len(data), name="model.safetensors")


def test_overlapping_tensors_are_refused() -> None:
    header, body = header_of(safetensors_bytes())
    header["again"] = header["weight"]
    data = with_header(header, body)
    with pytest.raises(BadPackage, match="overlap"):
        check_safetensors(io.BytesIO(data), size_bytes=len(data), name="model.safetensors")


def test_enormous_header_is_not_read() -> None:
    data = struct.pack("<Q", 1 << 62) + b"{}"
    with pytest.raises(BadPackage, match="header"):
        check_safetensors(io.BytesIO(data), size_bytes=len(data), name="model.safetensors")


def test_onnx_alone_takes_its_config_along(tmp_path: Path) -> None:
    model = b"\x08\x08rest"
    assert refusal(tmp_path, model, filename="m.onnx").reason_code == Reason.BAD_CONFIG
    found = read(tmp_path, model, filename="m.onnx", config=config_json(architecture=""))
    assert found.kind is ModelKind.ONNX
    bad = refusal(tmp_path, b"\x80\x02rest", filename="m.onnx", config=config_json(architecture=""))
    assert bad.reason_code == Reason.BAD_WEIGHTS


def test_two_kinds_of_weights_are_refused(tmp_path: Path) -> None:
    files = [
        ("config.json", json.dumps(config_json()).encode()),
        ("model.onnx", b"\x08"),
        ("model.safetensors", safetensors_bytes()),
    ]
    assert refusal(tmp_path, zip_of(files)).reason_code == Reason.BAD_CONFIG


def test_contract_names_the_zoo() -> None:
    zoo = pytest.importorskip("workers.zoo")
    assert set(ARCHITECTURES) == set(zoo.ARCHITECTURES)
