"""Adjudications on the wire. Raters have names for organizers only; experts know them as "Rater A"."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.models import User
from backend.accounts.serializers import PersonSerializer
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.adjudication.selectors import SeenAdjudication
from backend.annotations.serializers import Base64Field, NewEditSerializer
from backend.consensus.serializers import RegionEstimatesField, RegionValuesField
from backend.datasets.serializers import (
    CaseSerializer,
    ChallengeLinkSerializer,
    DatasetLinkSerializer,
    FusionParametersField,
    LabelSchemeSerializer,
    thumbnail_url,
)


class AdjudicatedCaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    thumbnail_url = serializers.SerializerMethodField()

    def get_thumbnail_url(self, case: Any) -> str:
        return thumbnail_url(case)


class AdjudicatedDatasetSerializer(DatasetLinkSerializer):
    challenge = ChallengeLinkSerializer()


class BaseConsensusSerializer(serializers.Serializer):
    """What it stands on. Where that is no longer the head, signing makes a version all the same."""

    number = serializers.IntegerField()
    method = serializers.CharField()
    is_head = serializers.BooleanField()


class AdjudicationProgressSerializer(serializers.Serializer):
    regions = serializers.IntegerField()
    decided = serializers.IntegerField(help_text="Taken or painted")


class AdjudicationSummarySerializer(serializers.Serializer):
    """An adjudication in a list."""

    id = serializers.UUIDField(source="adjudication.id")
    case = AdjudicatedCaseSerializer(source="adjudication.case")
    dataset = AdjudicatedDatasetSerializer(source="adjudication.case.dataset")
    base = serializers.SerializerMethodField()
    status = serializers.ChoiceField(source="adjudication.status", choices=Adjudication.Status.choices)
    head = serializers.IntegerField(
        source="adjudication.head", help_text="The latest edit, 0 before the first"
    )
    progress = serializers.SerializerMethodField()
    experts = PersonSerializer(source="adjudication.experts", many=True)
    opened_by = PersonSerializer(source="adjudication.opened_by")
    created_at = serializers.DateTimeField(source="adjudication.created_at")
    signed_by = PersonSerializer(source="adjudication.signed_by", allow_null=True)
    signed_at = serializers.DateTimeField(source="adjudication.signed_at", allow_null=True)
    note = serializers.CharField(source="adjudication.note")
    result = serializers.SerializerMethodField()

    @extend_schema_field(BaseConsensusSerializer)
    def get_base(self, seen: SeenAdjudication) -> Any:
        base = seen.adjudication.base
        return {"number": base.number, "method": base.method, "is_head": base.number == seen.head_number}

    @extend_schema_field(AdjudicationProgressSerializer)
    def get_progress(self, seen: SeenAdjudication) -> Any:
        return {"regions": len(seen.adjudication.regions), "decided": len(seen.states)}

    @extend_schema_field(
        {
            "type": "object",
            "nullable": True,
            "properties": {"id": {"type": "string", "format": "uuid"}, "number": {"type": "integer"}},
            "required": ["id", "number"],
        }
    )
    def get_result(self, seen: SeenAdjudication) -> Any:
        result = seen.adjudication.result
        return {"id": str(result.pk), "number": result.number} if result else None


class AdjudicatedRaterSerializer(serializers.Serializer):
    key = serializers.CharField(help_text='"A", "B", …, for "Rater A"')
    name = serializers.CharField(allow_null=True, help_text="For organizers; null for experts")


class ContestedRegionSerializer(serializers.Serializer):
    """A part of the voxels that the raters label differently; the first weighs most."""

    number = serializers.IntegerField()
    voxels = serializers.IntegerField()
    volume_ml = serializers.FloatField()
    mean_entropy_bits = serializers.FloatField()
    score = serializers.FloatField()
    box = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Half-open voxel ranges along X, Y, Z",
    )
    centre = serializers.ListField(
        child=serializers.IntegerField(), min_length=3, max_length=3, help_text="A contested voxel"
    )
    question = serializers.ListField(
        child=serializers.IntegerField(), help_text="The labels between which to choose, ascending"
    )
    labels = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text='{source: {label: voxels}}; the sources are the raters\' keys and "fused"',
    )
    state = serializers.ChoiceField(choices=["open", "taken", "painted"])


class AdjudicationSerializer(AdjudicationSummarySerializer):
    """All of an adjudication but its labelmaps."""

    case = CaseSerializer(source="adjudication.case")  # type: ignore[assignment]  # which has more
    scheme = LabelSchemeSerializer(source="adjudication.case.dataset.scheme")
    raters = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()
    topic = serializers.SerializerMethodField()
    may_manage = serializers.BooleanField(help_text="Whether you invite experts, sign and withdraw")

    @extend_schema_field(AdjudicatedRaterSerializer(many=True))
    def get_raters(self, seen: SeenAdjudication) -> Any:
        return [
            {"key": rater["key"], "name": seen.names[rater["user"]].shown_name if seen.names else None}
            for rater in seen.adjudication.raters
        ]

    @extend_schema_field(ContestedRegionSerializer(many=True))
    def get_regions(self, seen: SeenAdjudication) -> Any:
        return [
            {"question": question_of(region)} | region | {"state": seen.states.get(region["number"], "open")}
            for region in seen.adjudication.regions
        ]

    def get_topic(self, seen: SeenAdjudication) -> str:
        return f"adjudication:{seen.adjudication.pk}"


class OpenAdjudicationSerializer(serializers.Serializer):
    experts = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, help_text="Usernames of raters"
    )


class UpdateAdjudicationSerializer(serializers.Serializer):
    experts = serializers.ListField(
        child=serializers.CharField(max_length=150), help_text="Usernames of raters: all who are invited"
    )


class SignAdjudicationSerializer(serializers.Serializer):
    head = serializers.IntegerField(min_value=0, help_text="What was seen; 412 where somebody painted since")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class AppendAdjudicationEditsSerializer(serializers.Serializer):
    """As for an annotation, but without If-Match: the server's order wins."""

    edits = NewEditSerializer(many=True, allow_empty=False)


class TakeRegionSerializer(serializers.Serializer):
    edit_id = serializers.UUIDField(help_text="Made by the client; the same when it tries again")
    region = serializers.IntegerField(min_value=1)
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the attribute
        max_length=10, help_text='A rater\'s key, or "fused"'
    )


class AdjudicationEditSerializer(serializers.ModelSerializer[AdjudicationEdit]):
    """A step of the log: `runs` is what came of it in the server's order."""

    author = PersonSerializer()
    runs = Base64Field()
    regions = serializers.ListField(
        child=serializers.IntegerField(), help_text="Contested regions in which a voxel changed"
    )

    class Meta:
        model = AdjudicationEdit
        fields = [
            "number", "edit_id", "author", "tool", "label", "source", "region", "regions", "runs",
            "voxels_changed", "undoes", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class AdjudicationEditLogSerializer(serializers.Serializer):
    """Where the last edit is not yet the head, ask again after it."""

    head = serializers.IntegerField()
    edits = AdjudicationEditSerializer(many=True)


class ProvenanceEntrySerializer(serializers.Serializer):
    """Who decided the voxels of a code.

    `source` is "base" for voxels as they were fused that nobody decided, "fused" for those taken as fused, a
    rater's key, or blank for what `person` painted. Of "base" only the labelled voxels are counted.
    """

    code = serializers.IntegerField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field, not the attribute
    person = PersonSerializer(allow_null=True, help_text="A rater is named to organizers only")
    voxels = serializers.IntegerField()
    volume_ml = serializers.FloatField()


class WhatIfSerializer(serializers.Serializer):
    """Another fusion of the same raters, tried out."""

    method = serializers.CharField(max_length=40)
    parameters = FusionParametersField(required=False)
    weights = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1000),
        required=False,
        help_text="Of each rater's vote, 1 unless told; only for methods of votes",
    )
    left_out = serializers.ListField(
        child=serializers.CharField(max_length=10), required=False, help_text="Keys of raters"
    )


class WhatIfRaterSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField(allow_null=True, help_text="For organizers; null for experts")
    weight = serializers.FloatField(
        allow_null=True, help_text="Of the vote; null without weights, 0 left out"
    )
    dice = RegionValuesField(help_text="Against what this fusion gives")


class WhatIfResultSerializer(serializers.Serializer):
    volumes_ml = RegionValuesField()
    changed_voxels = serializers.IntegerField(help_text="That differ from the head")
    dice_to_head = RegionEstimatesField()
    agreement = WhatIfRaterSerializer(many=True)
    labelmap = serializers.SerializerMethodField(help_text="Where it is for the next hours")

    def get_labelmap(self, result: Any) -> str:
        return reverse("what-if-labelmap", args=[result.case_id, result.key])


def question_of(region: Mapping[str, Any]) -> list[int]:
    """All labels that raters gave a region: for those that were stored without their question."""
    given = [labels for source, labels in region["labels"].items() if source != AdjudicationEdit.FUSED]
    return sorted({int(label) for labels in given for label in labels})


def person_of(user: User | None) -> Any:
    return PersonSerializer(user).data if user else None
