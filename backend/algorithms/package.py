"""The files of a model as somebody uploads them: read and checked without running or unpickling anything.

A package is an archive that holds `config.json` and either `model.safetensors` or `model.onnx`, or the
`.onnx` alone, with its config beside it. What only a built network or a sandbox can find out, the trial
finds.
"""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from backend.algorithms.errors import BadPackage
from backend.common.archives import Archive, ArchiveError, ArchiveLimits, open_archive
from workers import contract
from workers.contract import ModelKind, Reason

MEBIBYTE = 1 << 20
MOST_WEIGHTS_BYTES = 1024 * MEBIBYTE
MOST_ONNX_BYTES = 512 * MEBIBYTE
MOST_CONFIG_BYTES = MEBIBYTE
MOST_HEADER_BYTES = 4 * MEBIBYTE
MOST_TENSORS = 10_000
LIMITS = ArchiveLimits(
    max_files=16, max_file_bytes=MOST_WEIGHTS_BYTES, max_total_bytes=MOST_WEIGHTS_BYTES + MOST_CONFIG_BYTES
)
CONFIG_NAME = "config.json"
WEIGHTS_NAMES = {"model.safetensors": ModelKind.NETWORK, "model.onnx": ModelKind.ONNX}
ITEM_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
    "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    """`weights` is the file as it is to be stored."""

    kind: ModelKind
    config: contract.ModelConfig
    weights: Path


def read_package(
    path: Path, *, filename: str, config: Mapping[str, Any] | None, folder: Path
) -> CheckedPackage:
    """Check what was uploaded; what has to be unpacked lands in `folder`.

    Raises:
        BadPackage: the code is a Reason, and the sentence names the file and what mends it.
    """
    if filename.lower().endswith(".onnx"):
        if not config:
            raise bad_config(f"{filename}: send its config along with the upload.")
        check_onnx(path, name=filename)
        return CheckedPackage(ModelKind.ONNX, read_config(config, kind=ModelKind.ONNX), path)
    try:
        with open_archive(path, limits=LIMITS, name=filename) as archive:
            return _from_archive(archive, filename=filename, folder=folder)
    except ArchiveError as error:
        raise BadPackage(
            f"{error.sentence}. Send a .zip of {CONFIG_NAME} and model.safetensors or model.onnx.",
            code=Reason.BAD_WEIGHTS,
        ) from error


def _from_archive(archive: Archive, *, filename: str, folder: Path) -> CheckedPackage:
    by_name = {PurePosixPath(name).name: name for name in archive.names()}
    weights = [name for name in WEIGHTS_NAMES if name in by_name]
    if CONFIG_NAME not in by_name or len(weights) != 1:
        raise bad_config(
            f"{filename}: needs {CONFIG_NAME} and one of {', '.join(WEIGHTS_NAMES)}; "
            f"it has {', '.join(sorted(by_name)[:8]) or 'no files'}."
        )
    if archive.size_bytes(by_name[CONFIG_NAME]) > MOST_CONFIG_BYTES:
        raise bad_config(f"{CONFIG_NAME}: is larger than {MOST_CONFIG_BYTES // MEBIBYTE} MiB.")
    try:
        values = json.loads(archive.read(by_name[CONFIG_NAME]))
    except (ValueError, RecursionError) as error:
        raise bad_config(f"{CONFIG_NAME}: is no JSON ({error}).") from error
    kind = WEIGHTS_NAMES[weights[0]]
    config = read_config(values, kind=kind)
    target = archive.extract_to(by_name[weights[0]], folder)
    if kind is ModelKind.NETWORK:
        with target.open("rb") as source:
            check_safetensors(source, size_bytes=target.stat().st_size, name=weights[0])
    else:
        check_onnx(target, name=weights[0])
    return CheckedPackage(kind, config, target)


def read_config(values: object, *, kind: ModelKind) -> contract.ModelConfig:
    """
    Raises:
        BadPackage: it is no config of a model of this kind.
    """
    try:
        config = contract.read(contract.ModelConfig, values, where=CONFIG_NAME)
    except contract.ContractError as error:
        raise bad_config(f"{error}.") from error
    known = contract.ARCHITECTURES
    if kind is ModelKind.NETWORK and config.architecture not in known:
        raise bad_config(
            f"{CONFIG_NAME}: architecture {config.architecture!r} is none of {', '.join(known)}."
        )
    if kind is ModelKind.ONNX and config.architecture:
        raise bad_config(f"{CONFIG_NAME}: an ONNX model has no architecture of ours: leave it empty.")
    return config


def check_safetensors(source: IO[bytes], *, size_bytes: int, name: str) -> None:
    """Every tensor lies inside the file, next to the one before, and is as long as its shape says.

    Raises:
        BadPackage: it is no safetensors file.
    """
    prefix = source.read(8)
    if len(prefix) < 8:
        raise bad_weights(f"{name}: is too short to be a safetensors file.")
    (length,) = struct.unpack("<Q", prefix)
    if length > min(MOST_HEADER_BYTES, size_bytes - 8):
        raise bad_weights(f"{name}: is no safetensors file: its header would have {length:,} bytes.")
    try:
        header = json.loads(source.read(length))
    except (ValueError, RecursionError) as error:
        raise bad_weights(f"{name}: is no safetensors file: its header is no JSON.") from error
    if not isinstance(header, dict):
        raise bad_weights(f"{name}: is no safetensors file: its header is no object.")
    header.pop("__metadata__", None)
    if not 0 < len(header) <= MOST_TENSORS:
        raise bad_weights(f"{name}: has {len(header)} tensors; 1 to {MOST_TENSORS} are accepted.")
    spans = sorted(_span_of(tensor, name=name, key=str(key)) for key, tensor in header.items())
    end = 0
    for start, stop in spans:
        if start != end:
            raise bad_weights(f"{name}: its tensors overlap, or leave a gap at byte {end:,}.")
        end = stop
    if end != size_bytes - 8 - length:
        raise bad_weights(f"{name}: its tensors have {end:,} bytes, the file {size_bytes - 8 - length:,}.")


def _span_of(tensor: object, *, name: str, key: str) -> tuple[int, int]:
    try:
        kind, shape, (start, stop) = tensor["dtype"], tensor["shape"], tensor["data_offsets"]  # type: ignore[index]
        counts = [*shape, start, stop]
        fits = all(type(count) is int and count >= 0 for count in counts)
        if fits and stop - start == math.prod(shape) * ITEM_BYTES[kind]:
            return start, stop
    except (KeyError, TypeError, ValueError):
        pass
    raise bad_weights(f"{name}: tensor {key[:80]!r}: its type, shape and place do not fit together.")


def check_onnx(path: Path, *, name: str) -> None:
    """Only that it may be one: the sandbox's worker parses it."""
    size = path.stat().st_size
    if size > MOST_ONNX_BYTES:
        raise bad_weights(
            f"{name}: has {size // MEBIBYTE} MiB; at most {MOST_ONNX_BYTES // MEBIBYTE} are accepted."
        )
    with path.open("rb") as source:
        if source.read(1) != b"\x08":  # field 1 of a ModelProto: ir_version
            raise bad_weights(f"{name}: is no ONNX model: export it again as one file.")


def bad_config(sentence: str) -> BadPackage:
    return BadPackage(sentence, code=Reason.BAD_CONFIG)


def bad_weights(sentence: str) -> BadPackage:
    return BadPackage(sentence, code=Reason.BAD_WEIGHTS)
