"""What goes through the pipes between a worker and a model's process: a strict header, then raw arrays.

Never a pickle, and nothing of the answer is interpreted but this header, labels as bytes, and one sentence.

    worker  → process   LOAD    JSON: what to load, and with which limits
    process → worker    READY   nothing
    worker  → process   IMAGES  affine (16 float64), voxels (S, X, Y, Z) float32 in C order, present (S bytes)
    process → worker    LABELS  voxels (X, Y, Z) uint8, C order; `shape` is (1, X, Y, Z)
    process → worker    FAILURE `reason`, and a sentence in UTF-8
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, Final

from workers.contract import Limits, ModelConfig, Reason

MAGIC: Final = b"CSB1"
MAX_SENTENCE_BYTES: Final = 2000
MAX_LOAD_BYTES: Final = 4 << 20
AFFINE_BYTES: Final = 16 * 8
Shape4 = tuple[int, int, int, int]
NO_SHAPE: Final[Shape4] = (0, 0, 0, 0)

_HEADER = struct.Struct("<4sBB2x4IQ")
HEADER_BYTES: Final = _HEADER.size

# What a process may say of itself. Limits of time, and what is ours to judge, are not its to claim.
REASONS: Final = (
    Reason.MODEL_FAILED,
    Reason.BAD_CONFIG,
    Reason.BAD_WEIGHTS,
    Reason.MISSING_SEQUENCE,
    Reason.BAD_IMAGE,
    Reason.WRONG_SHAPE,
    Reason.WRONG_LABELS,
    Reason.NOT_FINITE,
    Reason.WRONG_OUTPUT,
    Reason.MEMORY_LIMIT,
    Reason.DISK_LIMIT,
    Reason.PROCESS_LIMIT,
    Reason.NO_DEVICE,
    Reason.NO_SANDBOX,
)


class Kind(IntEnum):
    LOAD = 1
    READY = 2
    IMAGES = 3
    LABELS = 4
    FAILURE = 5


@dataclass(frozen=True)
class Order:
    """What LOAD says: what loads the model (`module:function`), and with what."""

    entry: str
    config: ModelConfig
    limits: Limits
    device: str
    threads: int


class BadHeader(ValueError):
    """These bytes are no header of ours."""


@dataclass(frozen=True)
class Header:
    kind: Kind
    length: int
    shape: Shape4 = NO_SHAPE
    reason: Reason = Reason.MODEL_FAILED

    def pack(self) -> bytes:
        return _HEADER.pack(MAGIC, self.kind, REASONS.index(self.reason), *self.shape, self.length)

    @classmethod
    def unpack(cls, data: bytes) -> Header:
        """Raises: BadHeader, also where a field is not one of those that there are."""
        magic, kind, reason, *shape, length = _HEADER.unpack(data)
        if magic != MAGIC or kind not in set(Kind) or reason >= len(REASONS):
            raise BadHeader(f"the answer starts with {data[:8]!r}, which is no header")
        x, y, z, w = shape
        return cls(kind=Kind(kind), length=length, shape=(x, y, z, w), reason=REASONS[reason])


def read_exactly(stream: BinaryIO, count: int) -> bytearray:
    """Raises: EOFError, where the other side has gone."""
    data = bytearray(count)
    view, done = memoryview(data), 0
    while done < count:
        if not (got := stream.readinto(view[done:])):  # type: ignore[attr-defined]  # raw and buffered have it
            raise EOFError
        done += got
    return data


def read_header(stream: BinaryIO) -> Header:
    return Header.unpack(bytes(read_exactly(stream, HEADER_BYTES)))
