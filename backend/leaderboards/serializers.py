"""Leaderboards on the wire."""

from rest_framework import serializers

from backend.leaderboards.models import AnalysisState, Snapshot


def _means() -> serializers.DictField:
    return serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField(allow_null=True)),
        help_text="{metric: {region: mean over the cases that define it, null where none does}}",
    )


def _overall() -> serializers.DictField:
    return serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="{metric: mean over the regions}"
    )


def _interval() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True, help_text="Low and high"
    )


class BoardPhaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class BoardReferenceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()


class BoardRegionSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()


class BoardParticipantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


class RankingColumnSerializer(serializers.Serializer):
    """What entrants are compared by. `region` is null for the mean over the regions; `worst` is what a
    missing value counts as."""

    metric = serializers.CharField()
    region = serializers.CharField(allow_null=True)
    higher_is_better = serializers.BooleanField()
    worst = serializers.FloatField()


class RankingRuleSerializer(serializers.Serializer):
    """All that decides the order. `value_kind` is what a row's `value` is, by which it is ranked: the
    aggregated score of the only column, the share of opponents beaten in it, or a mean of ranks."""

    method = serializers.ChoiceField(choices=["aggregate_then_rank", "rank_then_aggregate", "test_based"])
    statistic = serializers.ChoiceField(choices=["mean", "median"])
    ties = serializers.ChoiceField(choices=["min", "average"])
    metrics = serializers.ListField(child=serializers.CharField())
    regions = serializers.ChoiceField(choices=["mean", "each"])
    columns = RankingColumnSerializer(many=True)
    value_kind = serializers.ChoiceField(choices=["score", "mean_rank", "share_beaten"])


class BoardRowSerializer(serializers.Serializer):
    """A participant's best submission, or a model that the organizers ran as a baseline.

    `not_defined` counts the cases left out of a mean. `outdated` rows are being scored against the new
    reference; rows of an `older_metric_set` wait to be rescored. `trained_on_cases` of the phase were in the
    training, on the platform, of the model that was run. `rank` is null where the scores lack a
    metric that ranks, and for those who see only their own.
    """

    rank = serializers.FloatField(allow_null=True)
    value = serializers.FloatField(allow_null=True, help_text="What the rank orders, see `value_kind`")
    kind = serializers.ChoiceField(
        choices=["submission", "baseline"],
        read_only=True,
        default="submission",  # of boards from before there were baselines
    )
    submission_id = serializers.UUIDField()
    participant = BoardParticipantSerializer()
    method_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    means = _means()
    not_defined = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    overall = _overall()
    cases = serializers.IntegerField()
    metric_set = serializers.CharField()
    outdated = serializers.BooleanField()
    older_metric_set = serializers.BooleanField()
    trained_on_cases = serializers.IntegerField(read_only=True, default=0)  # 0: of boards before it was asked
    is_mine = serializers.BooleanField()


class BoardRaterSerializer(serializers.Serializer):
    alias = serializers.CharField()


class HumanRowSerializer(serializers.Serializer):
    """A rater, leave-one-out against the fusion of the others, over the cases that they annotated.

    `would_rank` is the rater's place `among` the submissions, all before the same judges and over the same
    cases; they take no one's rank.
    """

    rater = BoardRaterSerializer()
    means = _means()
    overall = _overall()
    cases = serializers.IntegerField()
    would_rank = serializers.FloatField()
    among = serializers.IntegerField(help_text="How many are compared, the rater too")


class SnapshotNameSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class BoardSerializer(serializers.Serializer):
    """`access` is `own` for those who see only their own scores. `snapshot` is the latest, or the one asked
    for. `metric` is the first that ranks, `metrics` are those that rows have means of."""

    phase = BoardPhaseSerializer()
    reference = BoardReferenceSerializer(allow_null=True)
    regions = BoardRegionSerializer(many=True)
    metric = serializers.CharField()
    metrics = serializers.ListField(child=serializers.CharField())
    ranking = RankingRuleSerializer()
    access = serializers.ChoiceField(choices=["own", "all"])
    rows = BoardRowSerializer(many=True)
    human_rows = HumanRowSerializer(many=True)
    snapshot = SnapshotNameSerializer(allow_null=True)


class RankedEntrantSerializer(serializers.Serializer):
    """How sure an entrant's place is. Two share a letter if and only if they cannot be told apart."""

    submission_id = serializers.UUIDField()
    method_name = serializers.CharField()
    participant = BoardParticipantSerializer()
    rank = serializers.FloatField()
    value = serializers.FloatField()
    value_interval = _interval()
    rank_interval = _interval()
    median_rank = serializers.FloatField(allow_null=True)
    frequencies = serializers.ListField(
        child=serializers.FloatField(), help_text="Share of the resamples at place 1, 2, …"
    )
    letters = serializers.ListField(child=serializers.CharField())


class BootstrapSerializer(serializers.Serializer):
    """The cases drawn again; intervals are percentiles. Kendall's tau is that of a resample's order to the
    board's, null where all tie."""

    resamples = serializers.IntegerField()
    seed = serializers.IntegerField()
    level = serializers.FloatField()
    mean_kendall_tau = serializers.FloatField(allow_null=True)


class PermutationSerializer(serializers.Serializer):
    """Paired permutation of case-wise ranks, two-sided, adjusted over all pairs by Holm's method; `exact`
    where every permutation was tried."""

    permutations = serializers.IntegerField()
    exact = serializers.BooleanField()
    alpha = serializers.FloatField()
    seed = serializers.IntegerField()


class RankingAnalysisSerializer(serializers.Serializer):
    """Of the newest board that has an analysis: `snapshot`, null while none has. `is_current` is false while
    a newer board's is being computed. Matrices are by pairs of entrants, in their order; fewer than two
    entrants have none, and no bootstrap."""

    state = serializers.ChoiceField(
        choices=[(state.value, state.value) for state in AnalysisState], help_text="Of the latest board's"
    )
    snapshot = SnapshotNameSerializer(allow_null=True)
    is_current = serializers.BooleanField()
    ranking = RankingRuleSerializer()
    entrants = RankedEntrantSerializer(many=True)
    p_values = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    significant = serializers.ListField(child=serializers.ListField(child=serializers.BooleanField()))
    bootstrap = BootstrapSerializer(allow_null=True)
    permutation = PermutationSerializer(allow_null=True)


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    reference_number = serializers.IntegerField(source="reference.number")

    class Meta:
        model = Snapshot
        fields = ["id", "number", "created_at", "reference_number", "digest"]
        read_only_fields = fields
