"""Each function loads a "model" that answers what it should not.

Launcher, walls and limits are those of any model. Behind the walls this is the folder
`/app/hostile`; nothing in here is imported by a test.
"""

import contextlib
import ctypes
import os
import pickle  # noqa: TID251  # to be sent, never read
import struct
import threading
import time

import numpy as np
from hostile.loading import at_prediction


def wrong_shape(order):
    return at_prediction(lambda images: np.zeros((2, 2, 2), np.uint8))(order)


def not_finite(order):
    return at_prediction(lambda images: np.full(images.shape[1:], np.nan))(order)


def strange_labels(order):
    return at_prediction(lambda images: np.full(images.shape[1:], 77, np.uint8))(order)


def huge_labels(order):
    return at_prediction(lambda images: np.full(images.shape[1:], 70_000))(order)


def raises(order):
    def action(images):
        raise RuntimeError("\x1b[31mno\x07 such luck\n" + "z" * 100_000)

    return at_prediction(action)(order)


def crashes(order):
    return at_prediction(lambda images: ctypes.string_at(0))(order)


def exits(order):
    return at_prediction(lambda images: os._exit(3))(order)


def _says(data):
    """Writes to every descriptor it has, past the launcher, then waits."""

    def action(images):
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, data(images))
        time.sleep(3600)

    return at_prediction(action)


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch /tmp/pickle-was-read",))


def answers_with_a_pickle(order):
    return _says(lambda images: pickle.dumps(Bomb()) + b"\0" * 64)(order)


def answers_with_garbage(order):
    return _says(lambda images: b"GARBAGE " * 16)(order)


def _header(images, *, kind=4, reason=0, shape=None, length=None):
    shape = shape or (1, *images.shape[1:])
    size = int(np.prod(images.shape[1:])) if length is None else length
    return struct.pack("<4sBB2x4IQ", b"CSB1", kind, reason, *shape, size)


def claims_terabytes(order):
    return _says(lambda images: _header(images, length=1 << 42))(order)


def answers_too_much(order):
    return _says(lambda images: _header(images) + b"\0" * (images[0].size + 1000))(order)


def answers_too_little(order):
    """Half of the labels, then its end."""

    def action(images):
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, _header(images) + b"\0" * (images[0].size // 2))
        os._exit(0)

    return at_prediction(action)(order)


def claims_an_unknown_kind(order):
    return _says(lambda images: _header(images, kind=99))(order)


def claims_a_strange_reason(order):
    return _says(lambda images: _header(images, kind=5, reason=250, length=0))(order)


def swaps_axes_in_its_header(order):
    return _says(lambda images: _header(images, shape=(1, 1, 1, images[0].size)) + b"\0" * images[0].size)(
        order
    )


def ready_twice(order):
    return _says(lambda images: _header(images, kind=2, length=0))(order)


def closes_its_pipe(order):
    def action(images):
        os.closerange(0, 64)
        time.sleep(3600)

    return at_prediction(action)(order)


def speaks_between_cases(order):
    """Answers well, and then writes more from a thread, before the next question."""

    def late():
        time.sleep(0.1)
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, b"unasked")

    def action(images):
        threading.Thread(target=late, daemon=True).start()

    return at_prediction(action)(order)
