"""Assignments, annotations and revisions on the wire."""

import binascii
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.annotations import selectors
from backend.annotations.models import Annotation, Assignment, Revision
from backend.datasets.models import Case
from backend.datasets.serializers import (
    CaseSerializer,
    ChallengeLinkSerializer,
    LabelSchemeSerializer,
    thumbnail_url,
)


class RegionValuesField(serializers.DictField):
    """{region: value}; null where it is not defined."""

    child = serializers.FloatField(allow_null=True)


class IntraRaterSerializer(serializers.Serializer):
    """How far a re-read agrees with the first reading, by region."""

    dice = RegionValuesField()
    kappa = RegionValuesField()


class LabelFindingSerializer(serializers.Serializer):
    """What the linter noticed; `places` are voxels at which to look, the largest first."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    sentence = serializers.CharField()
    places = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    )


class FindingsSerializer(serializers.Serializer):
    """Of a revision; `error` only where nothing is labelled, which has to be confirmed."""

    revision = serializers.IntegerField()
    findings = LabelFindingSerializer(many=True)


class AnnotationStateSerializer(serializers.ModelSerializer[Annotation]):
    """How far the work on an assignment is; `head` numbers the latest revision, 0 before the first.

    `began_from` names the offered labelmap that it was started from; `findings` are those of what was
    submitted last.
    """

    findings = LabelFindingSerializer(many=True)

    class Meta:
        model = Annotation
        fields = [
            "id", "status", "head", "submitted_revision", "submitted_at", "reopen_reason", "active_ms",
            "began_from", "findings",
        ]  # fmt: skip
        read_only_fields = fields


class AssignedCaseSerializer(serializers.ModelSerializer[Assignment]):
    """The case of an assignment. Only organizers learn its id and see its thumbnail: by either, a rater who
    reads it again could recognise it. Give the `viewer` as context."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField(source="case.name")
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = ["id", "name", "thumbnail_url"]
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_id(self, assignment: Assignment) -> UUID | None:
        return assignment.case_id if _is_for_organizer(self, assignment) else None

    def get_thumbnail_url(self, assignment: Assignment) -> str | None:
        return thumbnail_url(assignment.case) if _is_for_organizer(self, assignment) else None


class CaseToAnnotateSerializer(CaseSerializer):
    """A case as the studio opens it: addressed by the assignment, which is the context's `assignment`."""

    class Meta(CaseSerializer.Meta):
        fields = ["name", "dataset", "grid", "scheme", "images", "missing"]
        read_only_fields = fields

    def image_url(self, case: Case, sequence: str) -> str:
        return reverse("assignment-image", args=[self.context["assignment"].pk, sequence])


class AssignedDatasetSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_synthetic = serializers.BooleanField()
    challenge = ChallengeLinkSerializer()
    scheme = LabelSchemeSerializer()


class ReadingSerializer(serializers.ModelSerializer[Assignment]):
    """Which reading of the case it is: 1 is the first and fused, later ones are re-reads."""

    intra_rater = IntraRaterSerializer(source="annotation.intra_rater", allow_null=True)

    class Meta:
        model = Assignment
        fields = ["round", "offered_at", "shown_name", "intra_rater"]
        read_only_fields = fields


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """`reading` is the organizers' to know; null for the rater. Give the `viewer` as context."""

    case = AssignedCaseSerializer(source="*")
    dataset = AssignedDatasetSerializer(source="case.dataset")
    rater = PersonSerializer()
    created_at = serializers.DateTimeField(source="given_at")
    annotation = AnnotationStateSerializer()
    reading = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = [
            "id", "case", "dataset", "rater", "due_at", "created_at", "pre_annotation_source", "annotation",
            "reading",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_reading(self, assignment: Assignment) -> Any:
        return ReadingSerializer(assignment).data if _is_for_organizer(self, assignment) else None


class SubmitSerializer(serializers.Serializer):
    confirms_empty = serializers.BooleanField(
        default=False, help_text="Nothing is labelled, and that is meant so"
    )


class AnnotationSerializer(AnnotationStateSerializer):
    """An annotation with what it is of. Give the `viewer` as context."""

    assignment = serializers.UUIDField(source="assignment_id")
    case = AssignedCaseSerializer(source="assignment")
    dataset = AssignedDatasetSerializer(source="assignment.case.dataset")
    rater = PersonSerializer(source="assignment.rater")
    due_at = serializers.DateTimeField(source="assignment.due_at", allow_null=True)
    labelmap_url = serializers.SerializerMethodField(help_text="Of the head; null before the first revision")

    class Meta(AnnotationStateSerializer.Meta):
        fields = [
            *AnnotationStateSerializer.Meta.fields, "assignment", "case", "dataset", "rater", "due_at",
            "labelmap_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_labelmap_url(self, annotation: Annotation) -> str | None:
        return labelmap_url(annotation.pk, annotation.head) if annotation.head else None


@extend_schema_field(OpenApiTypes.BYTE)
class Base64Field(serializers.Field):
    """Bytes as base64."""

    default_error_messages = {"invalid": "This is not base64."}

    def to_internal_value(self, data: object) -> bytes:
        try:
            return b64decode(data, validate=True) if isinstance(data, str) else self.fail("invalid")
        except (binascii.Error, ValueError):
            self.fail("invalid")

    def to_representation(self, value: bytes | memoryview) -> str:
        return b64encode(value).decode("ascii")


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    author = PersonSerializer()
    labelmap_url = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = [
            "id", "number", "base", "edit_id", "kind", "author", "original_filename", "note", "tool",
            "label", "voxels_changed", "active_ms", "started_at", "undoes", "created_at",
            "labelmap_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_labelmap_url(self, revision: Revision) -> str:
        return labelmap_url(revision.annotation_id, revision.number)


class UploadRevisionSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A labelmap: .nii, .nii.gz, .mha or .nrrd")
    edit_id = serializers.UUIDField(
        help_text="Made by the client, once per edit; the same when it tries again"
    )


class RestoreRevisionSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=0, help_text="0 is the empty beginning")
    edit_id = serializers.UUIDField()


class NewEditSerializer(serializers.Serializer):
    """An edit as the client made it."""

    edit_id = serializers.UUIDField()
    tool = serializers.CharField(max_length=40)
    label = serializers.IntegerField(  # type: ignore[assignment]  # every field of DRF has a label of its own
        min_value=0, max_value=255, allow_null=True, default=None
    )
    runs = Base64Field(help_text="The changed voxels: varints (gap, length, old, new), deflated")
    undoes = serializers.UUIDField(allow_null=True, default=None)
    started_at = serializers.DateTimeField(allow_null=True, default=None)
    active_ms = serializers.IntegerField(min_value=0, max_value=86_400_000, default=0)


class AppendEditsSerializer(serializers.Serializer):
    edits = NewEditSerializer(many=True, allow_empty=False)


class AppendedEditSerializer(serializers.Serializer):
    edit_id = serializers.UUIDField()
    number = serializers.IntegerField()


class AppendedEditsSerializer(serializers.Serializer):
    """The head as it is now, and the number of every edit that was sent."""

    head = serializers.IntegerField()
    revisions = AppendedEditSerializer(many=True)


class EditSerializer(serializers.ModelSerializer[Revision]):
    """A step of the log; `runs` is null for an upload or a restore: load that revision's labelmap."""

    runs = Base64Field(allow_null=True)

    class Meta:
        model = Revision
        fields = [
            "number", "edit_id", "kind", "note", "tool", "label", "runs", "undoes", "voxels_changed",
            "active_ms", "started_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class EditLogSerializer(serializers.Serializer):
    """Where the last edit is not yet the head, ask again after it."""

    head = serializers.IntegerField()
    edits = EditSerializer(many=True)


class ReopenSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


def _is_for_organizer(serializer: serializers.BaseSerializer[Any], assignment: Assignment) -> bool:
    viewer = serializer.context.get("viewer")
    return viewer is not None and selectors.is_organizing(viewer, assignment)


def labelmap_url(annotation_id: UUID, number: int) -> str:
    """Of the labels alone; without `unsure=drop` voxels of which the rater is unsure are marked."""
    return f"{reverse('annotation-labelmap', args=[annotation_id])}?revision={number}&unsure=drop"
