"""Names under which a case can come to a rater a second time without their noticing. Pure."""

import re
from collections.abc import Collection

import numpy as np


def neutral_name(name: str, taken: Collection[str], *, source: np.random.Generator) -> str:
    """A name that looks like `name` and like nothing in `taken`: another number in its place.

    The longest run of digits is what tells cases apart ("BraTS-GLI-00123-000": 00123); it keeps its width
    as long as that has free numbers. A name without digits gets some.
    """
    runs = list(re.finditer(r"\d+", name))
    if not runs:
        return neutral_name(f"{name}-000", {*taken, name}, source=source)
    run = max(runs, key=lambda found: (found.end() - found.start(), found.start()))
    width = run.end() - run.start()
    while True:
        # Among as many numbers as cases use, so that it does not stand out; then among all.
        for limit in (min(2 * len(taken) + 10, 10**width), 10**width):
            for number in source.integers(1, limit, size=50).tolist():
                candidate = f"{name[: run.start()]}{number:0{width}}{name[run.end() :]}"
                if candidate not in taken and candidate != name:
                    return candidate
        width += 1
