"""`python -m tests.numerics.memory_use X Y Z CONTENT`: what scoring such masks takes, and what was foretold.

In a process of its own, as the kernels' memory is the system's and not the interpreter's.
"""

import sys
from pathlib import Path

import numpy as np

from backend.numerics.labels import Label, LabelScheme, Region
from backend.numerics.metrics import score_case, working_memory_bytes

ONE = LabelScheme("one", "One", (Label(1, "lesion", "#ffffff"),), (Region("lesion", "Lesion", (1,)),))


def crowded(shape: tuple[int, ...], content: str) -> tuple[np.ndarray, np.ndarray]:
    """Masks with as much surface as there can be, or as many islands."""
    if content == "checkers":
        checkers = (np.indices(shape, np.uint8).sum(axis=0, dtype=np.uint8) % 2).astype(np.uint8)
        return checkers, np.uint8(1) - checkers
    rng = np.random.default_rng(0)
    share = {"noise": 0.5, "islands": 0.03}[content]
    return (rng.random(shape) < share).astype(np.uint8), (rng.random(shape) < share).astype(np.uint8)


def resident_bytes(field: str) -> int:
    """VmRSS, now, or VmHWM, the most since the mark was cleared."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def main() -> None:
    shape, content = tuple(map(int, sys.argv[1:4])), sys.argv[4]
    score_case(*crowded((9, 9, 9), content), ONE, (1, 1, 1))  # compiled before it is measured
    pair = crowded(shape, content)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_bytes("VmRSS")
    score_case(*pair, ONE, (1, 1, 1))
    print(resident_bytes("VmHWM") - before, working_memory_bytes(shape, ONE))


if __name__ == "__main__":
    main()
