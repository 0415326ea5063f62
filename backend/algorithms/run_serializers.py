"""Runs on the wire. What a person is shown of a run over hidden cases tells nothing of their images."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.algorithms import runs
from backend.algorithms.models import Algorithm, AlgorithmVersion, LogLine, Run, RunCase, WorkStatus
from backend.algorithms.run_viewpoint import RunViewpoint


class AlgorithmNameSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Algorithm.Kind.choices)


class VersionNameSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AlgorithmVersion.Kind.choices)
    algorithm = AlgorithmNameSerializer()


class RunPhaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class RunDatasetSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="dataset.id")
    name = serializers.CharField(source="dataset.name")
    version = serializers.IntegerField(source="number")


WORK_FIELDS = [
    "id",
    "status",
    "reason_code",
    "reason",
    "waiting_reason",
    "stage",
    "done",
    "total",
    "seconds_left",
    "memory_mib",
    "gpu_memory_mib",
    "needs_gpu",
    "worker",
    "device",
    "requested_by",
    "created_at",
    "started_at",
    "ended_at",
    "may_cancel",
    "may_retry",
]


# `context["viewpoint"]` is that of who asks.
class RunSerializer(serializers.ModelSerializer[Run]):
    """`done` of `total` cases. `shows_log` and `shows_cases`: whether this person may read the log, and see
    the names and labelmaps of the cases. `submission` is the id of what the run is for, if it is for one."""

    status = serializers.ChoiceField(choices=WorkStatus.choices)
    version = VersionNameSerializer()
    phase = RunPhaseSerializer(allow_null=True)
    dataset = RunDatasetSerializer(source="dataset_version")
    sequences = serializers.ListField(child=serializers.CharField(), allow_null=True)
    requested_by = PersonSerializer()
    reason = serializers.SerializerMethodField()
    waiting_reason = serializers.SerializerMethodField()
    memory_mib = serializers.SerializerMethodField()
    gpu_memory_mib = serializers.SerializerMethodField()
    worker = serializers.SerializerMethodField()
    submission = serializers.SerializerMethodField()
    shows_log = serializers.SerializerMethodField()
    shows_cases = serializers.SerializerMethodField()
    may_cancel = serializers.SerializerMethodField()
    may_retry = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            *WORK_FIELDS,
            "version",
            "purpose",
            "phase",
            "dataset",
            "sequences",
            "submission",
            "shows_log",
            "shows_cases",
        ]
        read_only_fields = fields

    def get_reason(self, run: Run) -> str:
        return self._viewpoint().reason(run, run.reason_code, run.reason)

    def get_waiting_reason(self, run: Run) -> str:
        return self._viewpoint().waiting_reason(run)

    def get_memory_mib(self, run: Run) -> int | None:
        return run.memory_mib if self._viewpoint().shows_cases(run) else None

    def get_gpu_memory_mib(self, run: Run) -> int | None:
        return run.gpu_memory_mib if self._viewpoint().shows_cases(run) else None

    def get_worker(self, run: Run) -> str:
        return run.worker if self._viewpoint().manages(run) else ""

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_submission(self, run: Run) -> str | None:
        found = getattr(run, "submission", None)  # of an app above this one
        return None if found is None else str(found.pk)

    def get_shows_log(self, run: Run) -> bool:
        return self._viewpoint().shows_log(run)

    def get_shows_cases(self, run: Run) -> bool:
        return self._viewpoint().shows_cases(run)

    def get_may_cancel(self, run: Run) -> bool:
        return runs.may_cancel(run)

    def get_may_retry(self, run: Run) -> bool:
        return self._viewpoint().may_retry(run)

    def _viewpoint(self) -> RunViewpoint:
        return cast(RunViewpoint, self.context["viewpoint"])


class RunCaseNameSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


# `context["run"]` and `context["viewpoint"]`
class RunCaseSerializer(serializers.ModelSerializer[RunCase]):
    """`case`, `memory_mib` and `labelmap_url` are null where the case is hidden from this person; seconds are
    then of the computing alone, to the tenth."""

    case = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=RunCase.Status.choices)
    seconds = serializers.SerializerMethodField()
    memory_mib = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    labelmap_url = serializers.SerializerMethodField()

    class Meta:
        model = RunCase
        fields = [
            "number",
            "case",
            "status",
            "seconds",
            "memory_mib",
            "reason_code",
            "reason",
            "labelmap_url",
        ]
        read_only_fields = fields

    @extend_schema_field(RunCaseNameSerializer(allow_null=True))
    def get_case(self, row: RunCase) -> Any:
        return RunCaseNameSerializer(row.case).data if self._is_shown() else None

    @extend_schema_field(serializers.DictField(child=serializers.FloatField()))
    def get_seconds(self, row: RunCase) -> dict[str, float]:
        if self._is_shown():
            return cast(dict[str, float], row.seconds)
        return {key: round(value, 1) for key, value in row.seconds.items() if key == "compute"}

    def get_memory_mib(self, row: RunCase) -> int | None:
        return row.memory_mib if self._is_shown() else None

    def get_reason(self, row: RunCase) -> str:
        return self._viewpoint().reason(self._run(), row.reason_code, row.reason)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_labelmap_url(self, row: RunCase) -> str | None:
        if not self._is_shown() or not row.voxel_digest:
            return None
        return f"/api/v1/runs/{row.run_id}/cases/{row.number}/labelmap/"

    def _is_shown(self) -> bool:
        return self._viewpoint().shows_cases(self._run())

    def _viewpoint(self) -> RunViewpoint:
        return cast(RunViewpoint, self.context["viewpoint"])

    def _run(self) -> Run:
        return cast(Run, self.context["run"])


class LogLineSerializer(serializers.ModelSerializer[LogLine]):
    class Meta:
        model = LogLine
        fields = ["id", "at", "level", "text", "public"]
        read_only_fields = fields


class StartTrialSerializer(serializers.Serializer):
    phase = serializers.UUIDField(
        required=False, help_text="One that shares its images; the first unless told"
    )
    case = serializers.UUIDField(required=False, help_text="One of its cases; the first unless told")


class StartPreAnnotationSerializer(serializers.Serializer):
    version = serializers.UUIDField(help_text="Of the model")
    dataset_version = serializers.IntegerField(required=False, help_text="Number; the latest unless told")
    needs_gpu = serializers.BooleanField(required=False, default=False)


class StartRunSerializer(serializers.Serializer):
    version = serializers.UUIDField(help_text="Of the model")
    purpose = serializers.ChoiceField(choices=["submission", "baseline"], default="submission")
    method_name = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="The model's name unless told"
    )
    method_description = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=10_000
    )
    sequences = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        allow_null=True,
        default=None,
        help_text="Of a baseline: the model is given only these; such runs are compared, and not ranked",
    )
    needs_gpu = serializers.BooleanField(required=False, default=False)
