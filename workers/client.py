"""The worker's side of the platform's worker API: JSON messages of `workers.contract`, files, and patience.

The platform may restart at any moment: whatever is asked is asked again, with growing pauses, until
`PATIENCE_S` is over. The token goes to the platform's own address only, wherever a link may lead.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from workers.contract import (
    CaseResult,
    ContractError,
    Ending,
    GoOn,
    Introduction,
    Link,
    Progress,
    RunRequest,
    TrainingRequest,
    read,
    to_json,
)

PATIENCE_S: Final = 600.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 409, 410})
_CHUNK_BYTES = 1 << 20

Job = RunRequest | TrainingRequest
T = TypeVar("T")


class NotAllowed(Exception):
    """The platform does not know this worker's token."""


class JobGone(Exception):
    """The job is no longer this worker's: cancelled, ended, or given to another."""


class GivenUp(Exception):
    """What was tried was left, as `Client.give_up` said."""


class Unreachable(Exception):
    """The platform did not answer for as long as we wait."""


class Refused(Exception):
    """The platform refused a message: worker and platform are of different versions."""


class BadDownload(Exception):
    """A file is not the one that was promised."""


class Client:
    """One worker's connection.

    Args:
        address: of the platform, such as https://consilium.example.
        token: of this worker, one of the platform's WORKER_TOKENS.

    Attributes:
        give_up: where it says so, nothing is waited for any more: the worker is leaving, the job cancelled.
    """

    def __init__(self, *, address: str, token: str) -> None:
        self.give_up: Callable[[], bool] = lambda: False
        self._origin = httpx.URL(address)
        self._api = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1/worker/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
        )
        self._files = httpx.Client(timeout=_TIMEOUT, follow_redirects=True)

    def close(self) -> None:
        self._api.close()
        self._files.close()

    def claim(self, introduction: Introduction) -> Job | None:
        """Ask for work, once.

        Raises:
            NotAllowed, Unreachable, Refused.
            ContractError: the answer is no job that this worker understands.
        """
        answer = self._ask("POST", "claim/", message=introduction, patience_s=0)
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        data = _json(answer)
        kind = data.get("kind") if isinstance(data, dict) else None
        if kind not in ("run", "training"):
            raise ContractError(f"kind: {kind!r} is neither run nor training")
        return read(RunRequest, data) if kind == "run" else read(TrainingRequest, data)

    def progress(self, job: Job, progress: Progress) -> GoOn:
        """Raises: Unreachable, at once: the next one follows in seconds."""
        return self._go_on(job, "progress/", progress, patience_s=0)

    def case_done(self, job: Job, result: CaseResult) -> GoOn:
        return self._go_on(job, "cases/", result)

    def end(self, job: Job, ending: Ending, *, patience_s: float = PATIENCE_S) -> GoOn:
        """Said whatever `give_up` says: a worker that leaves says that it does."""
        return self._go_on(job, "end/", ending, patience_s=patience_s, heedless=True)

    def put_labelmap(self, job: Job, number: int, content: bytes) -> str:
        """Put one case's .nii.gz; returns its digest, as the platform has stored it."""
        return self._put(job, f"cases/{number}/labelmap/", content)

    def put_checkpoint(self, job: Job, content: bytes) -> str:
        return self._put(job, "checkpoint/", content)

    def put_weights(self, job: Job, content: bytes) -> str:
        return self._put(job, "weights/", content)

    def download(self, link: Link, path: Path) -> Path:
        """Fetch a file, and have it only if size and SHA-256 are those of the link.

        Raises:
            BadDownload, JobGone, Unreachable, GivenUp.
        """
        self._patiently(lambda: self._fetch(link, path), patience_s=PATIENCE_S)
        return path

    def _fetch(self, link: Link, path: Path) -> None:
        digest, size = hashlib.sha256(), 0
        client = self._api if _same_origin(httpx.URL(link.url), self._origin) else self._files
        with client.stream("GET", link.url) as answer, path.open("wb") as file:
            _require_well(answer)
            for chunk in answer.iter_bytes(_CHUNK_BYTES):
                size += len(chunk)
                if self.give_up():
                    raise GivenUp
                if size > link.size_bytes:
                    break
                digest.update(chunk)
                file.write(chunk)
        if size != link.size_bytes or digest.hexdigest() != link.digest:
            path.unlink()
            raise BadDownload(f"a file of {link.size_bytes} bytes arrived as another ({size} bytes read)")

    def _put(self, job: Job, path: str, content: bytes) -> str:
        answer = self._ask("PUT", path, job=job, content=content)
        stored = str(_json(answer).get("digest", ""))
        if stored != (own := hashlib.sha256(content).hexdigest()):
            raise Refused(f"{path}: the platform has stored {stored or 'nothing'}, not {own}")
        return stored

    def _go_on(
        self, job: Job, path: str, message: object, *, patience_s: float = PATIENCE_S, heedless: bool = False
    ) -> GoOn:
        try:
            answer = self._ask(
                "POST", path, job=job, message=message, patience_s=patience_s, heedless=heedless
            )
            return read(GoOn, _json(answer))
        except JobGone as gone:
            return GoOn(go_on=False, reason=str(gone))

    def _ask(
        self,
        method: str,
        path: str,
        *,
        job: Job | None = None,
        message: object = None,
        content: bytes | None = None,
        patience_s: float = PATIENCE_S,
        heedless: bool = False,
    ) -> httpx.Response:
        # NaN and infinity are no JSON, whatever Python's own writer says: `to_json` refuses them by field.
        body = content if content is not None else json.dumps(to_json(message), allow_nan=False).encode()
        kind = "application/octet-stream" if content is not None else "application/json"
        address = path if job is None else f"jobs/{job.job}/{path}"
        query = None if job is None else {"attempt": job.attempt}

        def ask() -> httpx.Response:
            answer = self._api.request(
                method, address, params=query, content=body, headers={"Content-Type": kind}
            )
            _require_well(answer)
            return answer

        return self._patiently(ask, patience_s=patience_s, heedless=heedless)

    def _patiently(self, ask: Callable[[], T], *, patience_s: float, heedless: bool = False) -> T:
        until, pause = time.monotonic() + patience_s, _FIRST_PAUSE_S
        while True:
            try:
                return ask()
            except (httpx.TransportError, _Passing) as error:
                if time.monotonic() + pause > until:
                    raise Unreachable(f"{type(error).__name__}: {error}") from None
            # Many workers find the platform back at once: they do not come at once.
            self._rest(pause * (0.5 + secrets.randbelow(1000) / 1000), heedless=heedless)
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _rest(self, seconds: float, *, heedless: bool) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not heedless and self.give_up():
                raise GivenUp
            time.sleep(min(left, 0.1))


class _Passing(Exception):
    """An answer that says: later."""


def _require_well(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    if status in _PASSING:
        raise _Passing(f"the platform answered {status}")
    if status in (401, 403):
        raise NotAllowed(
            "the platform does not accept this worker's token: compare it with WORKER_TOKENS there"
        )
    if status in _GONE:
        raise JobGone(f"the job is no longer this worker's ({status})")
    answer.read()
    raise Refused(
        f"{answer.request.method} {answer.request.url.path} was answered {status}: {answer.text[:300]}"
    )


def _same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise Refused(f"{answer.request.url.path} was answered with no JSON") from None
