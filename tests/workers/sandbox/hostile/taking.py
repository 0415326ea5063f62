"""Each function loads a "model" that takes more than it may.

Launcher, walls and limits are those of any model. Behind the walls this is the folder
`/app/hostile`; nothing in here is imported by a test.
"""

import contextlib
import mmap
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
from hostile.loading import at_prediction


def forks(order):
    def action(images):
        while True:
            os.fork()

    return at_prediction(action)(order)


def forks_stubbornly(order):
    def action(images):
        while True:
            with contextlib.suppress(OSError):
                os.fork()

    return at_prediction(action)(order)


def starts_programs(order):
    return at_prediction(lambda images: os.execv("/usr/bin/true", ["true"]))(order)


def starts_threads(order):
    def action(images):
        while True:
            try:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            except RuntimeError:
                time.sleep(0.01)

    return at_prediction(action)(order)


def eats_memory(order):
    def action(images):
        hoard = []
        while True:
            hoard.append(np.ones(8 << 20, np.uint8))

    return at_prediction(action)(order)


def eats_shared_memory(order):
    def action(images):
        hoard = []
        while True:
            try:
                part = mmap.mmap(-1, 8 << 20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
                part.write(b"x" * (8 << 20))
                hoard.append(part)
            except (OSError, MemoryError):
                time.sleep(0.01)

    return at_prediction(action)(order)


def eats_memory_while_loading(order):
    return eats_memory(order)(np.zeros((1, 1, 1, 1), np.float32), [True], np.eye(4))


def eats_disk(order):
    def action(images):
        for number in range(10_000):
            Path(f"/tmp/{number}").write_bytes(b"x" * (1 << 20))

    return at_prediction(action)(order)


def writes_a_large_file(order):
    def action(images):
        with Path("/tmp/large").open("wb") as file:
            while True:
                file.write(b"x" * (1 << 20))

    return at_prediction(action)(order)


def sleeps(order):
    return at_prediction(lambda images: time.sleep(3600))(order)


def sleeps_while_loading(order):
    time.sleep(3600)


def spins(order):
    def action(images):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass

    return at_prediction(action)(order)


def prints_without_end(order):
    def action(images):
        while True:
            sys.stderr.write("\x1b[2Jlook at me " * 1000)

    return at_prediction(action)(order)
