"""A person at the platform, through HTTP alone: signs up, uploads in chunks, and waits by looking."""

import base64
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

PASSWORD = "a long enough passphrase"
CHUNK_BYTES = 8 << 20

logging.getLogger("httpx").setLevel(logging.WARNING)


class Person:
    """One signed-in browser session without a browser."""

    def __init__(self, address: str, username: str, name: str = "", *, password: str = PASSWORD) -> None:
        self.address = address.rstrip("/")
        self.username = username
        self.http = httpx.Client(base_url=self.address, timeout=60, headers={"Referer": self.address})
        self.http.get("/_allauth/browser/v1/config").raise_for_status()
        answer = self.write(
            "POST",
            "/_allauth/browser/v1/auth/signup",
            json={"username": username, "email": f"{username}@example.org", "password": password},
        )
        if answer.status_code != 200:  # signed up before: sign in
            self.write(
                "POST", "/_allauth/browser/v1/auth/login", json={"username": username, "password": password}
            ).raise_for_status()
        if name:
            self.send("PATCH", "/me/", {"display_name": name})
        self.user_id: int = self.get("/me/")["user"]["id"]

    def write(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken", "")} | arguments.pop("headers", {})
        return self.http.request(method, path, headers=headers, **arguments)

    def send(
        self, method: str, path: str, body: object = None, *, status: int | None = None, **extra: Any
    ) -> Any:
        """Call the API with a JSON body; fail the test unless it answers `status` (default: any 2xx)."""
        answer = self.write(method, f"/api/v1{path}", json=body, **extra)
        wanted = answer.is_success if status is None else answer.status_code == status
        assert wanted, f"{method} {path} → {answer.status_code}: {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def get(self, path: str, *, status: int = 200) -> Any:
        answer = self.http.get(path if path.startswith("http") else f"/api/v1{path}")
        assert answer.status_code == status, f"GET {path} → {answer.status_code}: {answer.text[:2000]}"
        return answer.json()

    def rows(self, path: str) -> list[Any]:
        separator = "&" if "?" in path else "?"
        return self.get(f"{path}{separator}limit=1000")["results"]

    def download(self, path: str) -> bytes:
        answer = self.http.get(path if path.startswith("/api/") else f"/api/v1{path}")
        answer.raise_for_status()
        return answer.content

    def begin_upload(self, *, filename: str, length: int, purpose: str) -> str:
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}"
            for key, value in (("filename", filename), ("purpose", purpose))
        )
        answer = self.write(
            "POST",
            "/api/v1/uploads/",
            headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata},
        )
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"].removeprefix(self.address)

    def continue_upload(self, location: str, data: bytes) -> str:
        """Send what the server lacks, chunk by chunk; returns the upload's id."""
        offset = self.upload_offset(location)
        while offset < len(data):
            answer = self.write(
                "PATCH",
                location,
                content=data[offset : offset + CHUNK_BYTES],
                headers={
                    "Tus-Resumable": "1.0.0",
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                },
            )
            assert answer.status_code == 204, answer.text
            offset = int(answer.headers["Upload-Offset"])
        return location.rstrip("/").rsplit("/", 1)[-1]

    def continue_upload_part(self, location: str, part: bytes) -> None:
        """Send the first bytes of an upload, and no more."""
        answer = self.write(
            "PATCH",
            location,
            content=part,
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            },
        )
        assert answer.status_code == 204, answer.text

    def upload_offset(self, location: str) -> int:
        answer = self.http.head(location, headers={"Tus-Resumable": "1.0.0"})
        answer.raise_for_status()
        return int(answer.headers["Upload-Offset"])

    def upload(self, data: bytes, *, filename: str, purpose: str) -> str:
        location = self.begin_upload(filename=filename, length=len(data), purpose=purpose)
        return self.continue_upload(location, data)

    def create_challenge(self, slug: str, **fields: object) -> Any:
        return self.send(
            "POST", "/challenges/", {"slug": slug, "title": slug.title(), "visibility": "public"} | fields
        )

    def create_dataset(self, challenge: str, *, scheme: str = "brats2017", **fields: object) -> Any:
        return self.send(
            "POST", f"/challenges/{challenge}/datasets/", {"name": "Cases", "scheme": scheme} | fields
        )

    def import_archive(self, dataset_id: str, data: bytes, *, filename: str = "cases.zip") -> Any:
        """Upload and inspect; returns the import as it waits for confirmation, or refused."""
        upload = self.upload(data, filename=filename, purpose="dataset")
        record = self.send("POST", f"/datasets/{dataset_id}/imports/", {"upload": upload})
        return self.wait(
            lambda: self.get(f"/imports/{record['id']}/"),
            lambda found: found["status"] in {"inspected", "refused", "failed"},
        )

    def confirm_import(self, import_id: str, **body: object) -> Any:
        self.send("POST", f"/imports/{import_id}/confirm/", body)
        record = self.wait(
            lambda: self.get(f"/imports/{import_id}/"), lambda found: found["status"] in {"stored", "failed"}
        )
        assert record["status"] == "stored", record
        return record

    def annotate(self, assignment: Any, labelmap: bytes, *, filename: str) -> None:
        """Upload the labelmap as the first revision, and submit it."""
        annotation = assignment["annotation"]["id"]
        answer = self.write(
            "POST",
            f"/api/v1/annotations/{annotation}/revisions/",
            files={"file": (filename, labelmap)},
            data={"edit_id": str(uuid.uuid4())},
            headers={"If-Match": f'"{assignment["annotation"]["head"]}"'},
        )
        assert answer.status_code == 201, answer.text
        self.send("POST", f"/annotations/{annotation}/submit/", {}, headers={"If-Match": '"1"'})

    def submit(self, phase_id: str, archive: bytes, *, method: str, filename: str = "predictions.zip") -> Any:
        upload = self.upload(archive, filename=filename, purpose="submission")
        return self.send(
            "POST", f"/phases/{phase_id}/submissions/", {"upload": upload, "method_name": method}
        )

    def wait_for_submission(self, submission_id: str, *, timeout_s: float = 120) -> Any:
        return self.wait(
            lambda: self.get(f"/submissions/{submission_id}/"),
            lambda found: found["status"] in {"rejected", "scored", "failed"},
            timeout_s=timeout_s,
        )

    def wait(self, look: Callable[[], Any], until: Callable[[Any], bool], *, timeout_s: float = 120) -> Any:
        deadline = time.monotonic() + timeout_s
        while not until(found := look()):
            assert time.monotonic() < deadline, f"still {json.dumps(found)[:2000]} after {timeout_s} s"
            time.sleep(0.2)
        return found

    @contextmanager
    def listening(self, *topics: str) -> Iterator[ClientConnection]:
        """A websocket that has subscribed to the topics."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        with connect(
            self.address.replace("http", "ws", 1) + "/ws/live/",
            additional_headers={"Cookie": cookies},
            origin=Origin(self.address),
            proxy=None,
        ) as socket:
            for topic in topics:
                socket.send(json.dumps({"command": "subscribe", "topic": topic}))
                answer = json.loads(socket.recv(timeout=10))
                assert answer == {"type": "subscribed", "topic": topic}, answer
            yield socket
