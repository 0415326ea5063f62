"""Behind the walls, once they are locked: load the model, then answer case after case."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from workers.contract import Reason
from workers.sandbox.reasons import ModelError, reason_of, sentence_of
from workers.sandbox.wire import (
    AFFINE_BYTES,
    MAX_SENTENCE_BYTES,
    REASONS,
    Header,
    Kind,
    Order,
    read_exactly,
    read_header,
)

# A loaded model: images (S, X, Y, Z), which are present, affine → labels (X, Y, Z).
Model = Callable[[npt.NDArray[np.float32], Sequence[bool], npt.NDArray[np.float64]], npt.NDArray[Any]]


def serve(order: Order, questions: BinaryIO, answers: BinaryIO) -> None:
    """Until the questions end. A model that cannot be loaded is said so, once."""
    try:
        module, _, function = order.entry.partition(":")
        model: Model = getattr(importlib.import_module(module), function)(order)
    except Exception as error:
        _fail(answers, error)
        return
    _answer(answers, Header(Kind.READY, 0))
    while True:
        try:
            header = read_header(questions)
        except EOFError:
            return
        content = read_exactly(questions, header.length)
        try:
            labels = _predict(model, header, content)
        except Exception as error:
            _fail(answers, error)
        else:
            _answer(answers, Header(Kind.LABELS, len(labels), shape=(1, *header.shape[1:])), labels)


def _predict(model: Model, header: Header, content: bytearray) -> memoryview:
    sequences, *shape = header.shape
    affine = np.frombuffer(content, dtype="<f8", count=16).reshape(4, 4)
    images = np.frombuffer(content, dtype="<f4", offset=AFFINE_BYTES, count=int(np.prod(header.shape)))
    present = [bool(one) for one in content[-sequences:]]
    labels = np.asarray(model(images.reshape(header.shape), present, affine))
    if labels.shape != tuple(shape):
        raise ModelError(Reason.WRONG_SHAPE, f"labels of shape {labels.shape} for images of {tuple(shape)}")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ModelError(Reason.NOT_FINITE, "the model's output holds NaN or infinity")
    if labels.dtype.kind not in "iu":
        raise ModelError(Reason.WRONG_OUTPUT, f"labels are integers, not {labels.dtype}")
    if labels.size and not 0 <= labels.min() <= labels.max() < 256:
        raise ModelError(
            Reason.WRONG_LABELS, f"labels from {labels.min()} to {labels.max()}; 0 to 255 can be"
        )
    return np.ascontiguousarray(labels, dtype=np.uint8).reshape(-1).data


def _answer(answers: BinaryIO, header: Header, content: bytes | memoryview = b"") -> None:
    for part in (memoryview(header.pack()), memoryview(content)):
        done = 0
        while done < len(part):
            done += answers.write(part[done:])


def _fail(answers: BinaryIO, error: Exception) -> None:
    reason = reason_of(error)
    sentence = sentence_of(error).encode()[:MAX_SENTENCE_BYTES]
    known = reason if reason in REASONS else Reason.MODEL_FAILED
    _answer(answers, Header(Kind.FAILURE, len(sentence), reason=known), sentence)
