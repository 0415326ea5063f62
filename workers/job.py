"""What a job is done with, and how it is left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workers.client import Client
from workers.heartbeat import Heartbeat


class Stopped(Exception):
    """The job was left as it is: cancelled, or the worker must go."""


@dataclass(frozen=True)
class Tools:
    """What a job is done with.

    Args:
        device: "cpu" or "cuda:N".
        threads: of computation on the processor.
        folder: private, empty, and gone afterwards.
    """

    client: Client
    heartbeat: Heartbeat
    device: str
    threads: int
    folder: Path

    def go_on_or_stop(self) -> None:
        """Raises: Stopped."""
        if self.heartbeat.should_stop():
            raise Stopped
