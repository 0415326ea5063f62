"""Evaluations on the wire."""

from typing import cast

from rest_framework import serializers

from backend.datasets.serializers import LabelSchemeSerializer
from backend.evaluations.models import Score
from backend.evaluations.rater_names import name_of
from backend.numerics.comparison import Verdict

VERDICTS = [str(verdict) for verdict in Verdict]


class ScoreCaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


# `context["raters"]` are the raters' names.
class ScoreSerializer(serializers.ModelSerializer[Score]):
    """`left_out` is null against the whole consensus, else the rater without whom the reference was fused."""

    case = ScoreCaseSerializer(source="case_evaluation.prediction.case")
    value = serializers.FloatField(allow_null=True, help_text="null where the metric is not defined (n/a)")
    left_out = serializers.SerializerMethodField()

    class Meta:
        model = Score
        fields = ["case", "region", "metric", "value", "left_out"]
        read_only_fields = fields

    def get_left_out(self, score: Score) -> str | None:
        if score.left_out is None:
            return None
        return name_of(score.left_out.rater_id, cast(dict[int, str], self.context["raters"]))


class EvaluationSubmissionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    method_name = serializers.CharField()
    phase_id = serializers.UUIDField()


class EvaluationSerializer(serializers.Serializer):
    """`means` is {region: mean Dice}, with null where no case defines it."""

    id = serializers.UUIDField()
    submission = EvaluationSubmissionSerializer()
    reference_number = serializers.IntegerField(source="reference.number")
    metric_version = serializers.CharField()
    status = serializers.ChoiceField(choices=["scoring", "scored", "failed"])
    created_at = serializers.DateTimeField()
    scored_at = serializers.DateTimeField(allow_null=True)
    case_count = serializers.IntegerField()
    means = serializers.DictField(child=serializers.FloatField(allow_null=True))
    not_defined = serializers.DictField(child=serializers.IntegerField())
    overall = serializers.FloatField(allow_null=True)


class DifferenceSerializer(serializers.Serializer):
    """Submission minus rater: mean over the cases, its 95 % bootstrap interval, and the p of a paired
    test."""

    cases = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    p_value = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)


class RaterComparisonSerializer(serializers.Serializer):
    rater = serializers.CharField(help_text="The rater's alias")
    submission_mean = serializers.FloatField()
    rater_mean = serializers.FloatField()
    difference = DifferenceSerializer()


class RegionComparisonSerializer(serializers.Serializer):
    region = serializers.CharField(help_text="A region's key, or `overall`")
    verdict = serializers.ChoiceField(choices=VERDICTS, allow_null=True)
    raters = RaterComparisonSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    """The submission and each rater against the same leave-one-out references."""

    submission_id = serializers.UUIDField()
    evaluation_id = serializers.UUIDField()
    reference_number = serializers.IntegerField()
    metric = serializers.CharField()
    regions = RegionComparisonSerializer(many=True)


class OverlaySerializer(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["consensus", "reference", "annotation", "prediction"])
    name = serializers.CharField()
    url = serializers.CharField()
    scheme = LabelSchemeSerializer()
