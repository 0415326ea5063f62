"""Consensus versions on the wire. Raters and their agreement go to organizers only."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.models import User
from backend.accounts.serializers import PersonSerializer
from backend.consensus.fusing import NOT_MEASURED
from backend.consensus.models import ConsensusVersion, FusionRefusal, LeaveOneOut
from backend.consensus.selectors import SeenConsensus
from backend.consensus.summary import RaterMeans
from backend.datasets.serializers import (
    AnnotationProgressSerializer,
    FusionParametersField,
    ParameterValueField,
    thumbnail_url,
)


class RegionValuesField(serializers.DictField):
    """{region: value}."""

    child = serializers.FloatField()


class RegionEstimatesField(serializers.DictField):
    """{region: value}, null where it is not defined."""

    child = serializers.FloatField(allow_null=True)


class ParameterSerializer(serializers.Serializer):
    """One parameter of a fusion method."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["integer", "number", "choice"])
    default = ParameterValueField()
    description = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField(), help_text="Of a choice, else none")
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)


class FusionMethodSerializer(serializers.Serializer):
    key = serializers.CharField(source="slug")
    name = serializers.CharField()
    description = serializers.CharField()
    tie_rule = serializers.CharField()
    parameters = ParameterSerializer(many=True)


class PairAgreementSerializer(serializers.Serializer):
    first = serializers.IntegerField(help_text="User id")
    second = serializers.IntegerField(help_text="User id")
    dice = RegionValuesField()
    kappa = RegionEstimatesField(
        read_only=True, default=None, allow_null=True, help_text="Cohen's; null in versions of earlier code"
    )


class RaterVolumesSerializer(serializers.Serializer):
    rater = serializers.IntegerField(help_text="User id")
    volumes_ml = RegionValuesField()


class RaterPerformanceSerializer(serializers.Serializer):
    """A rater as the binary STAPLE knows them, each region by itself."""

    rater = serializers.IntegerField(help_text="User id")
    sensitivity = RegionEstimatesField()
    specificity = RegionEstimatesField()


class LearnedRaterSerializer(serializers.Serializer):
    """What the fusion learned of a rater; sensitivity and specificity by region, or by label value."""

    rater = serializers.IntegerField(help_text="User id")
    weight = serializers.FloatField(
        allow_null=True, help_text="Of the vote; 0 for one who was dropped, null without weights"
    )
    sensitivity = RegionEstimatesField()
    specificity = RegionEstimatesField()
    confusion = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="Rows are the label chosen, columns the true one, in the order of `labels`",
    )


class ConvergenceSerializer(serializers.Serializer):
    converged = serializers.BooleanField()
    iterations = serializers.IntegerField()
    largest_change = serializers.FloatField()


class FusionRecordSerializer(serializers.Serializer):
    """What the method used and learned."""

    method = serializers.CharField()
    parameters = FusionParametersField()
    labels = serializers.ListField(child=serializers.IntegerField())
    raters = LearnedRaterSerializer(many=True)
    convergence = ConvergenceSerializer(allow_null=True)
    field_of_view = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        allow_null=True,
        help_text="The box that was looked at, half-open voxel ranges; null where it does not matter",
    )


class AgreementSerializer(serializers.Serializer):
    """How far the raters agree; without raters, as for an imported reference, only the volumes.

    What versions of earlier code did not measure is null, or an empty list.
    """

    pairs = PairAgreementSerializer(many=True)
    mean_pairwise_dice = RegionEstimatesField()
    fleiss_kappa = serializers.FloatField(allow_null=True, help_text="All raters, over the whole grid")
    fleiss_kappa_labelled = serializers.FloatField(
        allow_null=True, help_text="The same over the voxels that any rater labelled"
    )
    conformity_index = RegionValuesField(allow_null=True, help_text="Generalised, over all pairs")
    performance = RaterPerformanceSerializer(many=True)
    fusion = FusionRecordSerializer(allow_null=True)
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
    pre_annotation = serializers.CharField(
        default="", help_text="Whose labelmap the rater started from; blank where they began with nothing"
    )


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
    parameters = FusionParametersField(
        source="consensus.parameters", help_text="Of the method, the defaults included"
    )
    voxel_digest = serializers.CharField(source="consensus.voxel_digest")
    created_at = serializers.DateTimeField(source="consensus.created_at")
    labelmap_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    agreement_map_url = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()

    def get_labelmap_url(self, seen: SeenConsensus) -> str:
        return reverse("consensus-labelmap", args=[seen.consensus.pk])

    def get_thumbnail_url(self, seen: SeenConsensus) -> str:
        return consensus_thumbnail_url(seen.consensus)

    def get_agreement_map_url(self, seen: SeenConsensus) -> str | None:
        return agreement_map_url(seen.consensus) if seen.is_open else None

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

    parameters = FusionParametersField()
    labelmap_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    agreement_map_url = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()

    class Meta:
        model = ConsensusVersion
        fields = [
            "id", "number", "method", "parameters", "created_at", "labelmap_url", "thumbnail_url",
            "agreement_map_url", "provenance",
        ]  # fmt: skip
        read_only_fields = fields

    def get_labelmap_url(self, consensus: ConsensusVersion) -> str:
        return reverse("consensus-labelmap", args=[consensus.pk])

    def get_thumbnail_url(self, consensus: ConsensusVersion) -> str:
        return consensus_thumbnail_url(consensus)

    def get_agreement_map_url(self, consensus: ConsensusVersion) -> str | None:
        return agreement_map_url(consensus)

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


class MeanSerializer(serializers.Serializer):
    """A mean over the cases that have the value; null where none has."""

    value = serializers.FloatField(allow_null=True)
    cases = serializers.IntegerField()


class RegionMeansField(serializers.DictField):
    """{region: mean over cases}."""

    child = MeanSerializer()


class RegionAgreementSerializer(serializers.Serializer):
    region = serializers.CharField()
    pairwise_dice = MeanSerializer()
    leave_one_out_dice = MeanSerializer()
    cohen_kappa = MeanSerializer()
    conformity_index = MeanSerializer()


class PairMeansSerializer(serializers.Serializer):
    first = serializers.IntegerField(help_text="User id")
    second = serializers.IntegerField(help_text="User id")
    dice = RegionMeansField()
    kappa = RegionMeansField()


class RaterMeansSerializer(serializers.Serializer):
    """A rater over the cases they are in; sensitivity and specificity by the binary STAPLE of each region."""

    rater = serializers.SerializerMethodField()
    cases = serializers.IntegerField()
    leave_one_out_dice = RegionMeansField()
    sensitivity = RegionMeansField()
    specificity = RegionMeansField()
    weight = MeanSerializer(help_text="Of the vote, where the method weighs votes")
    dropped = serializers.IntegerField(help_text="Cases in which the method gave the rater no weight")

    @extend_schema_field(PersonSerializer)
    def get_rater(self, means: RaterMeans) -> Any:
        return PersonSerializer(self.context["people"][means.rater]).data


class CaseRaterSerializer(serializers.Serializer):
    rater = serializers.IntegerField(help_text="User id")
    volumes_ml = RegionValuesField()
    leave_one_out_dice = RegionValuesField(allow_null=True)


class CaseAgreementSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    fleiss_kappa = serializers.FloatField(allow_null=True)
    fleiss_kappa_labelled = serializers.FloatField(allow_null=True)
    consensus_volumes_ml = RegionValuesField()
    raters = CaseRaterSerializer(many=True)


class _OfRaterSerializer(serializers.Serializer):
    rater = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer)
    def get_rater(self, row: Any) -> Any:
        return PersonSerializer(self.context["people"][row.rater]).data


class RereadSerializer(_OfRaterSerializer):
    """A rater's second look at a case beside their first."""

    case = serializers.UUIDField()
    case_name = serializers.CharField()
    days_between = serializers.FloatField()
    dice = RegionValuesField()
    kappa = RegionValuesField()


class IntraRaterMeansSerializer(_OfRaterSerializer):
    rereads = serializers.IntegerField()
    dice = RegionMeansField()
    kappa = RegionMeansField()


class DatasetAgreementSerializer(serializers.Serializer):
    """The raters over the cases of the latest version that were fused from two of them or more."""

    case_count = serializers.IntegerField(help_text="Of the latest version")
    imported = serializers.IntegerField(help_text="Cases whose consensus was imported, of unknown raters")
    single_rater = serializers.IntegerField(help_text="Cases fused from one rater")
    older = serializers.IntegerField(source="found.older", help_text="Fused by code that measured less")
    fleiss_kappa = MeanSerializer(source="found.fleiss_kappa")
    fleiss_kappa_labelled = MeanSerializer(source="found.fleiss_kappa_labelled")
    regions = RegionAgreementSerializer(source="found.regions", many=True)
    pairs = PairMeansSerializer(source="found.pairs", many=True)
    raters = RaterMeansSerializer(source="found.raters", many=True)
    cases = CaseAgreementSerializer(source="found.cases", many=True)
    intra_raters = IntraRaterMeansSerializer(many=True, help_text="Raters who read cases again")
    rereads = RereadSerializer(many=True)


class FusionRequestedSerializer(serializers.Serializer):
    case = serializers.UUIDField(source="id")


def consensus_thumbnail_url(consensus: ConsensusVersion) -> str:
    return reverse("consensus-thumbnail", args=[consensus.pk])


def agreement_map_url(consensus: ConsensusVersion) -> str | None:
    """None for an imported reference: its raters are not known."""
    return reverse("consensus-agreement-map", args=[consensus.pk]) if consensus.agreement_map_digest else None


def provenance_of(consensus: ConsensusVersion, people: dict[int, User]) -> Any:
    inputs = [item for item in consensus.inputs if "rater" in item]
    return ConsensusProvenanceSerializer(
        {
            "raters": [people[item["rater"]] for item in inputs],
            "inputs": inputs,
            "agreement": NOT_MEASURED | consensus.agreement,
            "leave_one_out": consensus.leave_one_out.all(),
        }
    ).data
