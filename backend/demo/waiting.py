"""Waiting for what the running workers do."""

import time
from collections.abc import Callable

from backend.datasets.models import DatasetImport
from backend.submissions.models import Submission

WAIT_S = 600
LOOK_S = 0.3

Say = Callable[[str], None]


class SeedingFailed(Exception):
    """A step ended otherwise than it should; the sentence says which and why."""


def wait_for(row: DatasetImport | Submission, good: set[str], *, bad: set[str]) -> None:
    """Until the workers have brought the row into a good state.

    Raises:
        SeedingFailed: into a bad one, or into none within `WAIT_S`.
    """

    def arrived() -> bool:
        row.refresh_from_db()
        if row.status in bad:
            raise SeedingFailed(f"{row}: {row.reason or row.reason_code}")
        return row.status in good

    wait(arrived, str(row))


def wait(until: Callable[[], bool], what: str) -> None:
    """Raises: SeedingFailed after `WAIT_S`."""
    deadline = time.monotonic() + WAIT_S
    while not until():
        if time.monotonic() > deadline:
            raise SeedingFailed(f"waited {WAIT_S} s for {what}; are the workers running?")
        time.sleep(LOOK_S)
