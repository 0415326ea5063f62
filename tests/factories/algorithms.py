"""Models as files and rows, and a worker that speaks the contract over the API's own test client."""

import json
import struct
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.http import HttpResponse
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.algorithms import services
from backend.algorithms.models import Algorithm, AlgorithmVersion, Run
from backend.challenges.models import Challenge
from backend.common import blobs
from backend.datasets.models import Case
from backend.numerics.geometry import Grid
from backend.numerics.volumes import write_labelmap_nifti
from backend.uploads.models import Upload
from tests.factories.uploads import whole_upload
from tests.shared_data import zip_of
from workers import contract

SEQUENCES = ("flair", "t1", "t1c", "t2")
TOKEN = "a-token-of-the-tests"


def config_json(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "architecture": "unet3d",
        "sequences": list(SEQUENCES),
        "labels": [0, 1, 2, 4],
        "scheme": "brats2017",
    }
    return values | changes


def safetensors_bytes(tensors: Mapping[str, np.ndarray] | None = None) -> bytes:
    """The format by hand: length, JSON header, bytes."""
    tensors = tensors or {"weight": np.arange(8, dtype=np.float32), "bias": np.ones((2, 2), np.float32)}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, array in tensors.items():
        data = array.tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def package_of(config: Mapping[str, Any] | None = None, *, weights: bytes | None = None) -> bytes:
    return zip_of(
        [
            ("config.json", json.dumps(config or config_json()).encode()),
            ("model.safetensors", weights if weights is not None else safetensors_bytes()),
        ]
    )


def make_algorithm(challenge: Challenge, owner: User, name: str = "") -> Algorithm:
    wanted = services.NewAlgorithm(name=name or f"Model {uuid.uuid4().hex[:6]}")
    return services.create_algorithm(user=owner, challenge=challenge, wanted=wanted)


def make_model(
    challenge: Challenge,
    owner: User,
    *,
    status: str = AlgorithmVersion.Status.READY,
    trusted: bool = True,
    **config: Any,
) -> AlgorithmVersion:
    """A version as if it had been checked, and tried where it is ready."""
    return AlgorithmVersion.objects.create(
        algorithm=make_algorithm(challenge, owner),
        number=1,
        config=contract.to_json(contract.read(contract.ModelConfig, config_json(**config))),
        weights_digest=blobs.put_bytes(safetensors_bytes()).digest,
        weights_bytes=len(safetensors_bytes()),
        status=status,
        is_trusted=trusted,
        card=services.Card().to_json(),
        created_by=owner,
    )


def upload_model(owner: User, data: bytes | None = None, *, filename: str = "model.zip") -> Upload:
    return whole_upload(
        owner=owner,
        data=package_of() if data is None else data,
        filename=filename,
        purpose=Upload.Purpose.MODEL,
    )


def labelmap_bytes(case: Case, labels: np.ndarray) -> bytes:
    return write_labelmap_nifti(labels, grid=Grid.from_json(case.grid))


def introduction(name: str = "worker-1", *, sandbox: bool = True, gpu: bool = False) -> contract.Introduction:
    queues = (contract.Queue.GPU, contract.Queue.CPU) if gpu else (contract.Queue.CPU,)
    return contract.Introduction(
        name=name, devices=(contract.Device("cpu", "a processor", 8000),), queues=queues, sandbox=sandbox
    )


class WorkerClient:
    """One model worker: every call goes through the API, with the token of the tests."""

    def __init__(self, name: str = "worker-1", *, sandbox: bool = True, gpu: bool = False) -> None:
        self.introduction = introduction(name, sandbox=sandbox, gpu=gpu)
        self.http = APIClient()
        self.http.credentials(HTTP_AUTHORIZATION=f"Bearer {settings.WORKER_TOKENS[0]}")
        self.job, self.attempt = "", 0

    def claim(self) -> contract.RunRequest | contract.TrainingRequest | None:
        answer = self.http.post("/api/v1/worker/claim/", contract.to_json(self.introduction))
        if answer.status_code == 204:
            return None
        assert answer.status_code == 200, answer.content
        values = answer.json()
        kind = contract.RunRequest if values["kind"] == "run" else contract.TrainingRequest
        request: contract.RunRequest | contract.TrainingRequest = contract.read(kind, values)
        self.job, self.attempt = request.job, request.attempt
        return request

    def claim_run(self) -> contract.RunRequest:
        request = self.claim()
        assert isinstance(request, contract.RunRequest)
        return request

    def claim_training(self) -> contract.TrainingRequest:
        request = self.claim()
        assert isinstance(request, contract.TrainingRequest)
        return request

    def address(self, path: str) -> str:
        return f"/api/v1/worker/jobs/{self.job}/{path}?attempt={self.attempt}"

    def post(self, path: str, message: Any) -> HttpResponse:
        return self.http.post(self.address(path), contract.to_json(message))

    def put(self, path: str, data: bytes) -> HttpResponse:
        return self.http.put(self.address(path), data, content_type="application/octet-stream")

    def go_on(self, path: str, message: Any) -> bool:
        answer = self.post(path, message)
        assert answer.status_code == 200, answer.content
        return contract.read(contract.GoOn, answer.json()).go_on

    def progress(self, **fields: Any) -> bool:
        return self.go_on("progress/", contract.Progress(**({"stage": "predicting"} | fields)))

    def finish_case(self, number: int, data: bytes) -> bool:
        answer = self.put(f"cases/{number}/labelmap/", data)
        assert answer.status_code == 200, answer.content
        result = contract.CaseResult(
            number=number,
            digest=answer.json()["digest"],
            seconds={"read": 0.25, "compute": 1.26, "write": 0.1},
            memory_mib=321,
        )
        return self.go_on("cases/", result)

    def fail_case(self, number: int, code: contract.Reason, reason: str = "") -> bool:
        return self.go_on("cases/", contract.CaseResult(number=number, reason_code=code, reason=reason))

    def end(self, status: str = "done", **fields: Any) -> bool:
        return self.go_on("end/", contract.Ending(status=status, **fields))

    def fetch(self, link: contract.Link) -> HttpResponse:
        return self.http.get(link.url.removeprefix("http://testserver"))

    def predict(self, run: Run, labels: np.ndarray, *, numbers: Sequence[int] | None = None) -> None:
        """Claim, give every case the same labels, and end."""
        request = self.claim_run()
        for case in request.cases:
            if numbers is None or case.number in numbers:
                row = run.cases.select_related("case").get(number=case.number)
                self.finish_case(case.number, labelmap_bytes(row.case, labels))
        if numbers is None:
            self.end(device="cpu")
