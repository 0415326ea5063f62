"""Phases on the wire."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.challenges.permissions import Person
from backend.datasets.models import Case
from backend.datasets.selectors import images_of, missing_sequences
from backend.datasets.serializers import ChallengeLinkSerializer, LabelSchemeSerializer, SequenceSerializer
from backend.phases import selectors
from backend.phases.models import Phase
from backend.phases.permissions import score_access


class PhaseDatasetSerializer(serializers.Serializer):
    """The dataset version that the phase is over."""

    id = serializers.UUIDField(help_text="The version's")
    number = serializers.IntegerField()
    dataset_id = serializers.UUIDField()
    dataset_name = serializers.CharField(source="dataset.name")
    is_synthetic = serializers.BooleanField(source="dataset.is_synthetic")
    sequences = SequenceSerializer(many=True, source="dataset.sequences")
    scheme = LabelSchemeSerializer(source="dataset.scheme")


class AttemptsSerializer(serializers.Serializer):
    """Days are those of UTC. What is being checked holds an attempt until it is refused."""

    used_today = serializers.IntegerField()
    used_total = serializers.IntegerField()
    in_check = serializers.IntegerField()
    left_today = serializers.IntegerField()
    left_total = serializers.IntegerField()


class ReferenceStateSerializer(serializers.Serializer):
    cases = serializers.IntegerField()
    with_reference = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True, help_text="Of the current reference")


# `context["viewer"]` is who asks.
class PhaseSerializer(serializers.ModelSerializer[Phase]):
    challenge = ChallengeLinkSerializer()
    dataset_version = PhaseDatasetSerializer()
    is_open = serializers.BooleanField()
    attempts = serializers.SerializerMethodField()
    reference_state = serializers.SerializerMethodField()
    scores_visible = serializers.SerializerMethodField()
    nsd_tolerances_mm = serializers.ListField(child=serializers.FloatField())
    ranking_metrics = serializers.ListField(child=serializers.CharField())
    metric_set = serializers.CharField(help_text="Name of the metric set that the phase asks for today")

    class Meta:
        model = Phase
        fields = [
            "id",
            "challenge",
            "slug",
            "title",
            "description",
            "dataset_version",
            "opens_at",
            "closes_at",
            "is_open",
            "attempts_per_day",
            "attempts_total",
            "attempts",
            "score_visibility",
            "scores_visible",
            "images_shared",
            "reference_shared",
            "reference_state",
            "lesion_rules",
            "nsd_tolerances_mm",
            "metric_set",
            "ranking_metrics",
            "ranking_regions",
            "ranking_method",
            "ranking_statistic",
            "ties",
            "position",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field(AttemptsSerializer(allow_null=True))
    def get_attempts(self, phase: Phase) -> dict[str, Any] | None:
        """Mine; null for those who cannot submit."""
        attempts = selectors.attempts_of(self._viewer(), phase)
        return None if attempts is None else cast(dict[str, Any], AttemptsSerializer(attempts).data)

    @extend_schema_field(ReferenceStateSerializer)
    def get_reference_state(self, phase: Phase) -> dict[str, Any]:
        return cast(dict[str, Any], ReferenceStateSerializer(selectors.reference_state(phase)).data)

    @extend_schema_field(serializers.ChoiceField(choices=["none", "own", "all"]))
    def get_scores_visible(self, phase: Phase) -> str:
        """Whose scores I see: none, my own, or all."""
        return score_access(self._viewer(), phase)

    def _viewer(self) -> Person:
        return cast(Person, self.context["viewer"])


class _PhaseFieldsSerializer(serializers.Serializer):
    slug = serializers.SlugField(max_length=60, required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    attempts_per_day = serializers.IntegerField(required=False, min_value=1, max_value=10_000)
    attempts_total = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    score_visibility = serializers.ChoiceField(required=False, choices=Phase.ScoreVisibility.choices)
    images_shared = serializers.BooleanField(required=False)
    reference_shared = serializers.BooleanField(required=False)
    lesion_rules = serializers.CharField(required=False, max_length=40)
    nsd_tolerances_mm = serializers.ListField(required=False, child=serializers.FloatField())
    ranking_metrics = serializers.ListField(required=False, child=serializers.CharField(max_length=40))
    ranking_regions = serializers.ChoiceField(required=False, choices=Phase.RankingRegions.choices)
    ranking_method = serializers.ChoiceField(required=False, choices=Phase.RankingMethod.choices)
    ranking_statistic = serializers.ChoiceField(required=False, choices=Phase.RankingStatistic.choices)
    ties = serializers.ChoiceField(required=False, choices=["min", "average"])
    position = serializers.IntegerField(required=False, min_value=0, max_value=1000)


class CreatePhaseSerializer(_PhaseFieldsSerializer):
    """What is left out takes its default; the slug is made from the title."""

    title = serializers.CharField(max_length=120)
    dataset_version = serializers.UUIDField()


class UpdatePhaseSerializer(_PhaseFieldsSerializer):
    title = serializers.CharField(max_length=120, required=False)
    dataset_version = serializers.UUIDField(required=False)


class MetricSerializer(serializers.Serializer):
    """`higher_is_better` is null where no end is better, so that the metric cannot rank."""

    key = serializers.CharField(source="name", help_text="On the wire; `nsd_<τ>mm` takes any tolerance")
    name = serializers.CharField(source="title")
    unit = serializers.CharField(help_text='Empty for a share; "mm", "mL", "lesions"')
    higher_is_better = serializers.BooleanField(allow_null=True)
    worst = serializers.FloatField(allow_null=True, help_text="What a missing value counts as in a ranking")
    description = serializers.CharField()


class LesionRulesSerializer(serializers.Serializer):
    key = serializers.CharField(source="slug")
    name = serializers.CharField(source="title")
    description = serializers.CharField()


class MetricCatalogueSerializer(serializers.Serializer):
    metrics = MetricSerializer(many=True)
    lesion_rules = LesionRulesSerializer(many=True)


class PhaseImageSerializer(serializers.Serializer):
    sequence = serializers.CharField()
    url = serializers.CharField()
    size_bytes = serializers.IntegerField()


class CaseGridSerializer(serializers.Serializer):
    shape = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    affine = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class PhaseCaseSerializer(serializers.ModelSerializer[Case]):
    """What a participant needs to predict a case: its name, its grid and its images."""

    grid = CaseGridSerializer()
    images = serializers.SerializerMethodField()
    missing_sequences = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = ["id", "name", "grid", "images", "missing_sequences", "thumbnail_url"]
        read_only_fields = fields

    @extend_schema_field(PhaseImageSerializer(many=True))
    def get_images(self, case: Case) -> list[dict[str, Any]]:
        return [
            {
                "sequence": image.sequence,
                "url": f"/api/v1/cases/{case.pk}/images/{image.sequence}/",
                "size_bytes": image.size_bytes,
            }
            for image in images_of(case)
        ]

    @extend_schema_field(SequenceSerializer(many=True))
    def get_missing_sequences(self, case: Case) -> list[dict[str, str]]:
        return missing_sequences(case)

    def get_thumbnail_url(self, case: Case) -> str:
        return f"/api/v1/cases/{case.pk}/thumbnail/"
