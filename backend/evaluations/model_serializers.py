"""The comparison of models on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.algorithms.models import Run
from backend.algorithms.run_serializers import VersionNameSerializer
from backend.phases.models import Phase


class ComparedRegionSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()


class ComparedPhaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    metric_set = serializers.CharField()
    metric = serializers.SerializerMethodField(help_text="The first that ranks")
    regions = serializers.SerializerMethodField()

    def get_metric(self, phase: Phase) -> str:
        return str(phase.ranking_metrics[0])

    @extend_schema_field(ComparedRegionSerializer(many=True))
    def get_regions(self, phase: Phase) -> Any:
        return ComparedRegionSerializer(phase.dataset_version.dataset.scheme.regions, many=True).data


class ComparedRunSerializer(serializers.Serializer):
    """One version on one phase with these sequences: its newest run that was scored. `is_whole`: it was given
    all that it takes. `means`, `overall` and `trained_on_cases` as on the board."""

    run_id = serializers.UUIDField(source="run.pk")
    purpose = serializers.ChoiceField(choices=Run.Purpose.choices, source="run.purpose")
    version = VersionNameSerializer(source="run.version")
    submission_id = serializers.UUIDField(source="submission.pk")
    evaluation_id = serializers.UUIDField(source="evaluation.pk")
    method_name = serializers.CharField(source="submission.method_name")
    participant = PersonSerializer(source="submission.participant")
    phase_id = serializers.UUIDField(source="submission.phase_id")
    sequences = serializers.ListField(child=serializers.CharField())
    is_whole = serializers.BooleanField()
    metric_set = serializers.CharField(source="evaluation.metric_set")
    cases = serializers.IntegerField(source="evaluation.case_count")
    means = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField(allow_null=True)), source="evaluation.means"
    )
    overall = serializers.DictField(
        child=serializers.FloatField(allow_null=True), source="evaluation.overall"
    )
    seconds_per_case = serializers.FloatField(allow_null=True)
    trained_on_cases = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(source="submission.created_at")


class ModelComparisonSerializer(serializers.Serializer):
    phases = ComparedPhaseSerializer(many=True)
    rows = ComparedRunSerializer(many=True)
