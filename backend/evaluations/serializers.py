"""Evaluations on the wire."""

from rest_framework import serializers

from backend.datasets.serializers import LabelSchemeSerializer
from backend.numerics.comparison import Verdict
from backend.submissions.serializers import SubmissionEvaluationSerializer

VERDICTS = [str(verdict) for verdict in Verdict]


class ScoreCaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ScoreSerializer(serializers.Serializer):
    """`left_out` is null against the whole consensus, else the rater without whom the reference was fused."""

    case = ScoreCaseSerializer()
    region = serializers.CharField()
    metric = serializers.CharField()
    value = serializers.FloatField(allow_null=True, help_text="null where the metric is not defined (n/a)")
    left_out = serializers.CharField(allow_null=True)


class EvaluationSubmissionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    method_name = serializers.CharField()
    phase_id = serializers.UUIDField()


class EvaluationSerializer(SubmissionEvaluationSerializer):
    """What SubmissionEvaluation says of one, and of which submission it is."""

    submission = EvaluationSubmissionSerializer()


class DifferenceSerializer(serializers.Serializer):
    """Between submission and rater, positive where the submission is better: mean over the cases, its 95 %
    bootstrap interval, and the p of a paired test."""

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
    """The submission and each rater against the same leave-one-out references. `raters_complete` is false
    while raters are still to be scored under the metric set."""

    submission_id = serializers.UUIDField()
    evaluation_id = serializers.UUIDField()
    reference_number = serializers.IntegerField()
    metric_set = serializers.CharField()
    metric = serializers.CharField()
    higher_is_better = serializers.BooleanField()
    raters_complete = serializers.BooleanField()
    regions = RegionComparisonSerializer(many=True)


class EvaluationCountsSerializer(serializers.Serializer):
    """Submissions, each counted once: being scored; else whose scoring as of today failed; else by the scores
    that stand."""

    current = serializers.IntegerField()
    older = serializers.IntegerField()
    scoring = serializers.IntegerField()
    failed = serializers.IntegerField()


class OlderSetSerializer(serializers.Serializer):
    metric_set = serializers.CharField()
    count = serializers.IntegerField()


class ScoringSerializer(serializers.Serializer):
    metric_set = serializers.CharField(help_text="Name of the metric set that the phase asks for today")
    evaluations = EvaluationCountsSerializer()
    older_sets = OlderSetSerializer(many=True)


class OverlaySerializer(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["consensus", "reference", "annotation", "prediction"])
    name = serializers.CharField()
    url = serializers.CharField()
    scheme = LabelSchemeSerializer()
