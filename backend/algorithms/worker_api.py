"""What model workers call. The messages are those of `workers.contract`; persons are refused."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.algorithms import claiming, links, reporting
from backend.algorithms.authentication import IsWorker, WorkerAuthentication
from backend.common.api import blob_response
from backend.common.errors import Invalid, TooLarge
from backend.common.remote_jobs import NotHeld
from workers import contract

MEBIBYTE = 1 << 20
BLOCK_BYTES = 1 << 20
MOST_LABELMAP_BYTES = contract.Limits().output_mib * MEBIBYTE
MOST_WEIGHTS_BYTES = 2048 * MEBIBYTE
MOST_CHECKPOINT_BYTES = 8192 * MEBIBYTE
FILE_TYPE = "application/octet-stream"
ATTEMPT = OpenApiParameter("attempt", int, required=True, description="Which attempt at the job this is")
DIGEST = {"type": "object", "properties": {"digest": {"type": "string"}}, "required": ["digest"]}
T = TypeVar("T")


class _WorkerView(APIView):
    authentication_classes = [WorkerAuthentication]
    permission_classes = [IsWorker]
    throttle_classes: list[Any] = []

    def attempt(self) -> int:
        text = self.request.query_params.get("attempt", "")
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise Invalid("Say which attempt at the job this is: ?attempt=1.")
        return int(text)

    def message(self, kind: type[T]) -> T:
        try:
            return contract.read(kind, self.request.data)
        except contract.ContractError as error:
            raise Invalid(f"{error}.", code="bad_message") from error

    @contextlib.contextmanager
    def body(self, *, most_bytes: int) -> Iterator[Path]:
        """The request's body as a file, which is gone afterwards.

        Raises:
            TooLarge: it has more than `most_bytes`.
        """
        # As it comes in: DRF's own parsing would hold it in memory.
        read, size = self.request._request.read, 0
        with tempfile.NamedTemporaryFile(prefix="consilium-worker-") as out:
            while block := read(BLOCK_BYTES):
                size += len(block)
                if size > most_bytes:
                    raise TooLarge(f"The file has more than {most_bytes // MEBIBYTE} MiB.")
                out.write(block)
            if not size:
                raise Invalid("The file is empty.")
            out.flush()
            yield Path(out.name)


def _go_on(answer: contract.GoOn) -> Response:
    return Response(contract.to_json(answer))


def _stop(error: NotHeld) -> Response:
    return _go_on(contract.GoOn(go_on=False, reason=error.sentence))


class ClaimView(_WorkerView):
    @extend_schema(
        operation_id="worker_claim",
        tags=["worker"],
        summary="Ask for work: a RunRequest or a TrainingRequest, or 204",
        request=OpenApiTypes.OBJECT,
        responses={200: OpenApiTypes.OBJECT, 204: None},
    )
    def post(self, request: Request) -> Response:
        origin = request.build_absolute_uri("/").rstrip("/")
        found = claiming.claim(self.message(contract.Introduction), origin=origin)
        if found is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(contract.to_json(found))


class ProgressView(_WorkerView):
    @extend_schema(
        operation_id="worker_progress",
        tags=["worker"],
        summary="How far it is; renews the lease, and answers whether to go on",
        parameters=[ATTEMPT],
        request=OpenApiTypes.OBJECT,
        responses=OpenApiTypes.OBJECT,
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        message = self.message(contract.Progress)
        try:
            return _go_on(reporting.progress(job_id, attempt=self.attempt(), message=message))
        except NotHeld as error:
            return _stop(error)


class LabelmapView(_WorkerView):
    @extend_schema(
        operation_id="worker_labelmap",
        tags=["worker"],
        summary="Put a case's labelmap, .nii.gz; 409 where the attempt is over",
        parameters=[ATTEMPT],
        request={FILE_TYPE: OpenApiTypes.BINARY},
        responses={(200, "application/json"): DIGEST},
    )
    def put(self, request: Request, job_id: UUID, number: int) -> Response:
        with self.body(most_bytes=MOST_LABELMAP_BYTES) as path:
            digest = reporting.put_labelmap(job_id, attempt=self.attempt(), number=number, path=path)
        return Response({"digest": digest})


class CaseView(_WorkerView):
    @extend_schema(
        operation_id="worker_case",
        tags=["worker"],
        summary="How one case ended; the same again is fine",
        parameters=[ATTEMPT],
        request=OpenApiTypes.OBJECT,
        responses=OpenApiTypes.OBJECT,
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        result = self.message(contract.CaseResult)
        try:
            return _go_on(reporting.end_case(job_id, attempt=self.attempt(), result=result))
        except NotHeld as error:
            return _stop(error)


class CheckpointView(_WorkerView):
    @extend_schema(
        operation_id="worker_checkpoint",
        tags=["worker"],
        summary="Put a training's checkpoint in place of the one before",
        parameters=[ATTEMPT],
        request={FILE_TYPE: OpenApiTypes.BINARY},
        responses={(200, "application/json"): DIGEST},
    )
    def put(self, request: Request, job_id: UUID) -> Response:
        with self.body(most_bytes=MOST_CHECKPOINT_BYTES) as path:
            digest = reporting.put_checkpoint(job_id, attempt=self.attempt(), path=path)
        return Response({"digest": digest})


class WeightsView(_WorkerView):
    @extend_schema(
        operation_id="worker_weights",
        tags=["worker"],
        summary="Put what a training has made, as safetensors",
        parameters=[ATTEMPT],
        request={FILE_TYPE: OpenApiTypes.BINARY},
        responses={(200, "application/json"): DIGEST},
    )
    def put(self, request: Request, job_id: UUID) -> Response:
        with self.body(most_bytes=MOST_WEIGHTS_BYTES) as path:
            digest = reporting.put_weights(job_id, attempt=self.attempt(), path=path)
        return Response({"digest": digest})


class EndView(_WorkerView):
    @extend_schema(
        operation_id="worker_end",
        tags=["worker"],
        summary="The attempt is over: done, failed, or stopped for another worker to go on",
        parameters=[ATTEMPT],
        request=OpenApiTypes.OBJECT,
        responses=OpenApiTypes.OBJECT,
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        ending = self.message(contract.Ending)
        try:
            return _go_on(reporting.end(job_id, attempt=self.attempt(), ending=ending))
        except NotHeld as error:
            return _stop(error)


class FileView(_WorkerView):
    @extend_schema(
        operation_id="worker_file",
        tags=["worker"],
        summary="What a Link leads to, while its job runs",
        responses={(200, FILE_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, signed: str) -> FileResponse:
        digest = links.digest_of(signed)
        return blob_response(digest, filename=digest, content_type=FILE_TYPE, download=True)
