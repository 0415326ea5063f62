"""A model's run on a phase over HTTP."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.algorithms.models import Run
from backend.algorithms.run_api import RunApiView
from backend.algorithms.run_serializers import RunSerializer, StartRunSerializer
from backend.submissions import running


class PhaseRunsView(RunApiView):
    @extend_schema(
        operation_id="phases_runs_create",
        tags=["models"],
        summary="Run a model on the phase: as my submission; organizers also as a baseline",
        request=StartRunSerializer,
        responses={201: RunSerializer},
    )
    def post(self, request: Request, phase_id: UUID) -> Response:
        wanted = StartRunSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        run = running.submit_run(
            user=cast(User, request.user),
            phase_id=phase_id,
            wanted=running.Wanted(
                version_id=fields["version"],
                purpose=Run.Purpose(fields["purpose"]),
                method_name=fields["method_name"],
                method_description=fields["method_description"],
                sequences=fields["sequences"],
                needs_gpu=fields["needs_gpu"],
            ),
        )
        return self.created(run)
