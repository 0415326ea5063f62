"""Leaderboards on the wire."""

from rest_framework import serializers

from backend.leaderboards.models import Snapshot


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


class BoardRowSerializer(serializers.Serializer):
    """A participant's best submission. `means` is {region: mean Dice}, null where no case defines it;
    `not_defined` counts the cases left out of a mean; `outdated` rows are being scored against the new
    reference. `rank` is null for those who see only their own scores."""

    rank = serializers.FloatField(allow_null=True)
    submission_id = serializers.UUIDField()
    participant = BoardParticipantSerializer()
    method_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    means = serializers.DictField(child=serializers.FloatField(allow_null=True))
    not_defined = serializers.DictField(child=serializers.IntegerField())
    overall = serializers.FloatField(allow_null=True)
    cases = serializers.IntegerField()
    outdated = serializers.BooleanField()
    is_mine = serializers.BooleanField()


class BoardRaterSerializer(serializers.Serializer):
    alias = serializers.CharField()


class HumanRowSerializer(serializers.Serializer):
    """A rater, leave-one-out against the fusion of the others; `would_rank` among the submissions."""

    rater = BoardRaterSerializer()
    means = serializers.DictField(child=serializers.FloatField(allow_null=True))
    overall = serializers.FloatField(allow_null=True)
    cases = serializers.IntegerField()
    would_rank = serializers.FloatField()


class SnapshotNameSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class BoardSerializer(serializers.Serializer):
    """`access` is `own` for those who see only their own scores. `snapshot` is the latest, or the one asked
    for."""

    phase = BoardPhaseSerializer()
    reference = BoardReferenceSerializer(allow_null=True)
    regions = BoardRegionSerializer(many=True)
    metric = serializers.CharField()
    ties = serializers.ChoiceField(choices=["min", "average"])
    access = serializers.ChoiceField(choices=["own", "all"])
    rows = BoardRowSerializer(many=True)
    human_rows = HumanRowSerializer(many=True)
    snapshot = SnapshotNameSerializer(allow_null=True)


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    reference_number = serializers.IntegerField(source="reference.number")

    class Meta:
        model = Snapshot
        fields = ["id", "number", "created_at", "reference_number", "digest"]
        read_only_fields = fields
