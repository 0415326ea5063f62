"""A run: cases are fetched and made ready, predicted, written and sent, each while its neighbours are.

What goes wrong with one case is said of that case, and the next one is predicted; what goes wrong with the
model itself ends the run.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from backend.numerics.errors import VolumeError
from backend.numerics.volumes import Volume, read_volume, write_labelmap_nifti
from workers.client import BadDownload
from workers.contract import CaseInput, CaseResult, Ending, Reason, RunRequest
from workers.inference.pipeline import overlap
from workers.inference.preprocess import CaseImages
from workers.job import Stopped, Tools
from workers.models import CaseModel, open_model
from workers.sandbox.reasons import ModelError, reason_of, sentence_of

# A model that fails so often in a row fails on the rest as well, for as long as its time limit is.
_MOST_FAILURES_IN_A_ROW: Final = 3
_FAULTS_OF_THE_CASE: Final = frozenset({Reason.BAD_IMAGE, Reason.MISSING_SEQUENCE, Reason.INTERNAL})

Labels = npt.NDArray[np.integer]


@dataclass(frozen=True)
class ReadCase:
    """A case that has arrived.

    Args:
        fed: what the model is fed.
        first: of its volumes; the labelmap is written like it.
        error: why it cannot be used; the others are missing then.
    """

    case: CaseInput
    fed: Any = None
    first: Volume | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    error: Exception | None = None


def run(request: RunRequest, tools: Tools) -> Ending:
    """Predict the request's cases.

    Returns:
        "done" once each case has been answered for, with a labelmap or with its reason; "failed" where the
        model could not be loaded, or failed on one case after the other.

    Raises:
        Stopped, and what `Client` raises.
    """
    heartbeat, total = tools.heartbeat, len(request.cases)
    try:
        heartbeat.at("fetching the model", total=total)
        weights = tools.client.download(request.model.weights, tools.folder / "weights")
        heartbeat.at("loading the model", total=total)
        began = time.monotonic()
        with open_model(request, weights, tools) as model:
            heartbeat.say(f"loaded in {time.monotonic() - began:.1f} s on {tools.device}", public=True)
            _Run(request, tools, model).over_cases()
    except (ModelError, BadDownload) as error:
        if _is_a_stop(error):
            raise Stopped from None
        reason = Reason.INTERNAL if isinstance(error, BadDownload) else error.reason
        return Ending("failed", reason_code=reason, reason=sentence_of(error), device=tools.device)
    return Ending("done", device=tools.device)


class _Run:
    def __init__(self, request: RunRequest, tools: Tools, model: CaseModel) -> None:
        self._request, self._tools, self._model = request, tools, model
        self._answered, self._began = 0, time.monotonic()
        self._failures_in_a_row = 0

    def over_cases(self) -> None:
        """Raises: Stopped; ModelError after several failures in a row."""
        self._tell()
        timeline = overlap(
            self._request.cases,
            read=self._read,
            compute=self._predict,
            write=self._deliver,
            go_on=self._tools.go_on_or_stop,
        )
        self._tools.heartbeat.say(timeline.sentence(), public=True)

    def _read(self, case: CaseInput) -> ReadCase:
        self._tools.go_on_or_stop()
        began, folder = time.monotonic(), self._tools.folder
        volumes: dict[str, Volume] = {}
        try:
            for place, (sequence, link) in enumerate(case.images.items()):
                path = folder / f"{case.number}-{place}"
                self._tools.client.download(link, path)
                volumes[sequence] = _read_file(path, name=f"case {case.number}, {sequence}")
        except (VolumeError, BadDownload) as error:
            return ReadCase(case, error=ModelError(_reason_of_file(error), str(error)))
        read = time.monotonic()
        try:
            fed = self._model.feed(
                CaseImages.of_volumes({name: (one.array, one.grid) for name, one in volumes.items()})
            )
        except Exception as error:  # any that our own code raises over somebody's images
            return ReadCase(case, error=error)
        seconds = {"read": read - began, "prepare": time.monotonic() - read}
        return ReadCase(case, fed, next(iter(volumes.values())), seconds)

    def _predict(self, read: ReadCase) -> tuple[CaseResult, Labels | None, Volume | None]:
        number, began = read.case.number, time.monotonic()
        try:
            if read.error is not None:
                raise read.error
            labels = mapped(self._model.predict(read.fed), self._request.label_mapping)
        except Exception as error:
            self._tools.go_on_or_stop()
            if _is_a_stop(error):
                raise Stopped from None
            return self._failed(number, error), None, None
        self._failures_in_a_row = 0
        seconds = {**read.seconds, "compute": time.monotonic() - began}
        result = CaseResult(number, seconds=seconds, memory_mib=self._model.peak_mib or None)
        return result, labels, read.first

    def _failed(self, number: int, error: Exception) -> CaseResult:
        reason, sentence = reason_of(error), sentence_of(error)
        self._tools.heartbeat.say(f"case {number}: {sentence}", level="error")
        if printed := self._model.log:
            for line in printed.splitlines()[-5:]:
                self._tools.heartbeat.say(f"case {number}, printed: {line}", level="error")
        self._failures_in_a_row += reason not in _FAULTS_OF_THE_CASE
        if self._failures_in_a_row >= _MOST_FAILURES_IN_A_ROW:
            raise ModelError(
                reason,
                f"{self._failures_in_a_row} cases failed one after the other; case {number}: {sentence}",
            )
        return CaseResult(number, reason_code=reason, reason=sentence)

    def _deliver(self, predicted: tuple[CaseResult, Labels | None, Volume | None]) -> None:
        client, (result, labels, first) = self._tools.client, predicted
        if labels is not None and first is not None:
            began = time.monotonic()
            content = write_labelmap_nifti(labels, grid=first.grid, like=first)
            digest = client.put_labelmap(self._request, result.number, content)
            seconds = {**result.seconds, "write": time.monotonic() - began}
            result = CaseResult(result.number, digest, seconds, result.memory_mib)
        answer = client.case_done(self._request, result)
        if not answer.go_on:
            self._tools.heartbeat.cancel(answer.reason)
        self._answered += 1
        self._tell()

    def _tell(self) -> None:
        done, total = self._answered, len(self._request.cases)
        left = (time.monotonic() - self._began) / done * (total - done) if done else None
        self._tools.heartbeat.at("predicting", done=done, total=total, seconds_left=left)


def mapped(labels: Labels, mapping: Mapping[str, int]) -> Labels:
    """Labels rewritten as {from: to}; those that are not named stay."""
    if not mapping:
        return labels
    largest = max(int(labels.max(initial=0)), *(int(label) for label in mapping))
    table = np.arange(largest + 1, dtype=np.int32)
    for old, new in mapping.items():
        table[int(old)] = new
    return table[labels]


def _read_file(path: Path, *, name: str) -> Volume:
    try:
        return read_volume(path, name=name, check_extension=False)
    finally:
        path.unlink()


def _reason_of_file(error: Exception) -> Reason:
    return Reason.BAD_IMAGE if isinstance(error, VolumeError) else Reason.INTERNAL


def _is_a_stop(error: Exception) -> bool:
    return isinstance(error, Stopped) or reason_of(error) is Reason.CANCELLED
