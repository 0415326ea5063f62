"""Events of algorithms, their runs and their trainings: ids and counts, nothing of what was computed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from backend.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmVersionUploaded(Event):
    name: ClassVar[str] = "algorithm_version_uploaded"
    audience: ClassVar[tuple[str, ...]] = ("algorithm:{algorithm_id}",)
    version_id: UUID
    algorithm_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmChanged(Event):
    """It has a new version, or one of its versions is in another state."""

    name: ClassVar[str] = "algorithm_changed"
    audience: ClassVar[tuple[str, ...]] = ("algorithm:{algorithm_id}", "models:{challenge_id}")
    algorithm_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequested(Event):
    """Somebody asks for a run, or for another try at it."""

    name: ClassVar[str] = "run_requested"
    audience: ClassVar[tuple[str, ...]] = ("run:{run_id}", "models:{challenge_id}")
    run_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgressed(Event):
    """Told about once a second at most."""

    name: ClassVar[str] = "run_progressed"
    audience: ClassVar[tuple[str, ...]] = ("run:{run_id}", "models:{challenge_id}")
    run_id: UUID
    challenge_id: UUID
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComputed(Event):
    """A worker has computed every case; the labelmaps are still to be checked."""

    name: ClassVar[str] = "run_computed"
    run_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """It is done, failed or was cancelled."""

    name: ClassVar[str] = "run_ended"
    audience: ClassVar[tuple[str, ...]] = ("run:{run_id}", "models:{challenge_id}")
    run_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequested(Event):
    name: ClassVar[str] = "training_requested"
    audience: ClassVar[tuple[str, ...]] = ("training:{training_id}", "models:{challenge_id}")
    training_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgressed(Event):
    """Told about once a second at most."""

    name: ClassVar[str] = "training_progressed"
    audience: ClassVar[tuple[str, ...]] = ("training:{training_id}", "models:{challenge_id}")
    training_id: UUID
    challenge_id: UUID
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEnded(Event):
    name: ClassVar[str] = "training_ended"
    audience: ClassVar[tuple[str, ...]] = ("training:{training_id}", "models:{challenge_id}")
    training_id: UUID
    challenge_id: UUID
