"""Consensus versions on the wire. Raters and their agreement go to organizers only."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.models import User
from backend.accounts.serializers import PersonSerializer
from backend.consensus.models import ConsensusVersion, FusionRefusal, LeaveOneOut
from backend.consensus.selectors import SeenConsensus
from backend.datasets.serializers import AnnotationProgressSerializer, thumbnail_url


class RegionValuesField(serializers.DictField):
    """{region: value}."""

    child = serializers.FloatField()


class FusionMethodSerializer(serializers.Serializer):
    key = serializers.CharField(source="slug")
    name = serializers.CharField()
    description = serializers.CharField()
    tie_rule = serializers.CharField()


class PairAgreementSerializer(serializers.Serializer):
    first = serializers.IntegerField(help_text="User id")
    second = serializers.IntegerField(help_text="User id")
    dice = RegionValuesField()


class RaterVolumesSerializer(serializers.Serializer):
    rater = serializers.IntegerField(help_text="User id")
    volumes_ml = RegionValuesField()


class AgreementSerializer(serializers.Serializer):
    """How far the raters agree; without raters, as for an imported reference, only the volumes."""

    pairs = PairAgreementSerializer(many=True)
    mean_pairwise_dice = serializers.DictField(child=serializers.FloatField(allow_null=True))
    rater_volumes_ml = RaterVolumesSerializer(many=True)
    consensus_volumes_ml = RegionValuesField()
    mean_entropy_bits = serializers.FloatField(
        allow_null=True, help_text="Of the votes, over the voxels that any rater labelled"
    )


class ConsensusInputSerializer(serializers.Serializer):
    annotation = serializers.UUIDField()
    revision = serializers.IntegerField()
    rater = serializers.IntegerField(help_text="User id")
    voxel_digest = serializers.CharField()


class LeaveOneOutSerializer(serializers.ModelSerializer[LeaveOneOut]):
    """One rater against the fusion of the others."""

    rater = PersonSerializer()
    dice = RegionValuesField()

    class Meta:
        model = LeaveOneOut
        fields = ["rater", "revision", "dice"]
        read_only_fields = fields


class ConsensusProvenanceSerializer(serializers.Serializer):
    """How a version came about."""

    raters = PersonSerializer(many=True)
    inputs = ConsensusInputSerializer(many=True)
    agreement = AgreementSerializer()
    leave_one_out = LeaveOneOutSerializer(many=True)


class ConsensusSerializer(serializers.Serializer):
    """A version; `provenance` is null for whom only the labelmap is shared with."""

    id = serializers.UUIDField(source="consensus.id")
    case = serializers.UUIDField(source="consensus.case_id")
    number = serializers.IntegerField(source="consensus.number")
    method = serializers.CharField(source="consensus.method")
    voxel_digest = serializers.CharField(source="consensus.voxel_digest")
    created_at = serializers.DateTimeField(source="consensus.created_at")
    labelmap_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()

    def get_labelmap_url(self, seen: SeenConsensus) -> str:
        return reverse("consensus-labelmap", args=[seen.consensus.pk])

    def get_thumbnail_url(self, seen: SeenConsensus) -> str:
        return consensus_thumbnail_url(seen.consensus)

    @extend_schema_field(ConsensusProvenanceSerializer(allow_null=True))
    def get_provenance(self, seen: SeenConsensus) -> Any:
        if not seen.is_open:
            return None
        people: dict[int, User] = self.context["raters"]
        return provenance_of(seen.consensus, people)


class CaseLinkSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    thumbnail_url = serializers.SerializerMethodField()

    def get_thumbnail_url(self, case: Any) -> str:
        return thumbnail_url(case)


class ConsensusSummarySerializer(serializers.ModelSerializer[ConsensusVersion]):
    """The head of a case in the organizer's table."""

    labelmap_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()

    class Meta:
        model = ConsensusVersion
        fields = ["id", "number", "method", "created_at", "labelmap_url", "thumbnail_url", "provenance"]
        read_only_fields = fields

    def get_labelmap_url(self, consensus: ConsensusVersion) -> str:
        return reverse("consensus-labelmap", args=[consensus.pk])

    def get_thumbnail_url(self, consensus: ConsensusVersion) -> str:
        return consensus_thumbnail_url(consensus)

    def get_provenance(self, consensus: ConsensusVersion) -> ConsensusProvenanceSerializer:
        return provenance_of(consensus, self.context["raters"])


class FusionRefusalSerializer(serializers.ModelSerializer[FusionRefusal]):
    class Meta:
        model = FusionRefusal
        fields = ["reason_code", "reason"]
        read_only_fields = fields


class CaseConsensusSerializer(serializers.Serializer):
    case = CaseLinkSerializer()
    annotation = AnnotationProgressSerializer(source="progress")
    head = ConsensusSummarySerializer(allow_null=True)
    refusal = FusionRefusalSerializer(allow_null=True)


class FusionRequestedSerializer(serializers.Serializer):
    case = serializers.UUIDField(source="id")


def consensus_thumbnail_url(consensus: ConsensusVersion) -> str:
    return reverse("consensus-thumbnail", args=[consensus.pk])


def provenance_of(consensus: ConsensusVersion, people: dict[int, User]) -> Any:
    inputs = [item for item in consensus.inputs if "rater" in item]
    return ConsensusProvenanceSerializer(
        {
            "raters": [people[item["rater"]] for item in inputs],
            "inputs": inputs,
            "agreement": consensus.agreement,
            "leave_one_out": consensus.leave_one_out.all(),
        }
    ).data
