"""A small platform for the worker's tests: the worker API over real sockets, one job at a time, all noted."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workers.contract import Link

TOKEN = "worker-token-for-tests"


@dataclass
class Job:
    """What is handed out, and what came back. `requests(done)` is asked at each claim."""

    request: Callable[[int, set[int]], dict[str, Any] | None]
    attempt: int = 0
    held: bool = False
    ended: list[dict[str, Any]] = field(default_factory=list)
    labelmaps: dict[int, bytes] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)
    progress: list[dict[str, Any]] = field(default_factory=list)
    cancelled: bool = False
    weights: bytes = b""
    checkpoints: list[bytes] = field(default_factory=list)


class Platform:
    """Serves at `address` while entered; `stop` and `start` again keep its port."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.job: Job | None = None
        self.introductions: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, str]] = []
        self.failing = 0
        self.before: Callable[[str, str], None] = lambda method, path: None
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.lock = threading.Lock()

    def __enter__(self) -> Platform:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        platform = self

        class Handler(_Handler):
            served = platform

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def put(self, content: bytes) -> dict[str, Any]:
        """Store a file; returns its link as JSON."""
        digest = hashlib.sha256(content).hexdigest()
        self.files[digest] = content
        link = Link(
            url=f"{self.address}/api/v1/worker/files/{digest}/", digest=digest, size_bytes=len(content)
        )
        return {"url": link.url, "digest": link.digest, "size_bytes": link.size_bytes}


class _Handler(BaseHTTPRequestHandler):
    served: Platform
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path.removeprefix("/api/v1/worker/")
        platform = self.served
        platform.before(method, path)
        with platform.lock:
            platform.calls.append((method, path, self.headers.get("Authorization", "")))
            if platform.failing:
                platform.failing -= 1
                return self._send(503, b"")
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._send(401, b"{}")
            status, content = self._handle(method, path, body)
        return self._send(status, content)

    def _handle(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        platform = self.served
        if path == "claim/":
            return self._claim(_read(body))
        if path.startswith("files/"):
            content = platform.files.get(path.split("/")[1])
            return (200, content) if content is not None else (404, b"")
        job = platform.job
        attempt = int(parse_qs(urlsplit(self.path).query)["attempt"][0])
        if job is None or attempt != job.attempt or job.cancelled or job.ended:
            return (409, b"{}") if method == "PUT" else (200, _json(go_on=False, reason="not yours"))
        what = path.split("/", 2)[2]
        if what == "progress/":
            job.progress.append(_read(body))
        elif what == "cases/":
            job.results.append(_read(body))
        elif what == "end/":
            job.ended.append(_read(body))
            job.held = False
            if job.ended[-1]["status"] == "stopped":
                job.ended.pop()
        elif method == "PUT" and what.endswith("labelmap/"):
            job.labelmaps[int(what.split("/")[1])] = body
            return 200, _json(digest=hashlib.sha256(body).hexdigest())
        elif method == "PUT" and what in ("weights/", "checkpoint/"):
            if what == "weights/":
                job.weights = body
            else:
                job.checkpoints.append(body)
            return 200, _json(digest=hashlib.sha256(body).hexdigest())
        else:
            return 400, b"{}"
        return 200, _json(go_on=True, reason="")

    def _claim(self, introduction: dict[str, Any]) -> tuple[int, bytes]:
        platform = self.served
        platform.introductions.append(introduction)
        job = platform.job
        if job is None or job.held or job.ended or job.cancelled:
            return 204, b""
        job.attempt += 1
        job.held = True
        request = job.request(job.attempt, {result["number"] for result in job.results})
        return 200, json.dumps(request).encode()

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _read(body: bytes) -> Any:
    """JSON as the standard has it: no NaN, no infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(body, parse_constant=refuse)


def _json(**values: Any) -> bytes:
    return json.dumps(values).encode()
