"""Assignments, annotations and revisions on the wire."""

from uuid import UUID

from django.urls import reverse
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.annotations.models import Annotation, Assignment, Revision
from backend.datasets.models import Case
from backend.datasets.serializers import ChallengeLinkSerializer, LabelSchemeSerializer, thumbnail_url


class AnnotationStateSerializer(serializers.ModelSerializer[Annotation]):
    """How far the work on an assignment is; `head` numbers the latest revision, 0 before the first."""

    class Meta:
        model = Annotation
        fields = ["id", "status", "head", "submitted_revision", "submitted_at", "reopen_reason"]
        read_only_fields = fields


class AssignedCaseSerializer(serializers.ModelSerializer[Case]):
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = ["id", "name", "thumbnail_url"]
        read_only_fields = fields

    def get_thumbnail_url(self, case: Case) -> str:
        return thumbnail_url(case)


class AssignedDatasetSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_synthetic = serializers.BooleanField()
    challenge = ChallengeLinkSerializer()
    scheme = LabelSchemeSerializer()


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    case = AssignedCaseSerializer()
    dataset = AssignedDatasetSerializer(source="case.dataset")
    rater = PersonSerializer()
    annotation = AnnotationStateSerializer()

    class Meta:
        model = Assignment
        fields = ["id", "case", "dataset", "rater", "due_at", "created_at", "annotation"]
        read_only_fields = fields


class CreateAssignmentsSerializer(serializers.Serializer):
    raters = serializers.ListField(child=serializers.IntegerField(), min_length=1, help_text="User ids")
    cases = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="All of the latest version unless told"
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True)


class AnnotationSerializer(AnnotationStateSerializer):
    """An annotation with what it is of."""

    assignment = serializers.UUIDField(source="assignment_id")
    case = AssignedCaseSerializer(source="assignment.case")
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


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    author = PersonSerializer()
    labelmap_url = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = [
            "id", "number", "base", "edit_id", "kind", "author", "original_filename", "voxel_digest", "note",
            "created_at", "labelmap_url",
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
    revision = serializers.IntegerField(min_value=1)
    edit_id = serializers.UUIDField()


class ReopenSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


def labelmap_url(annotation_id: UUID, number: int) -> str:
    return f"{reverse('annotation-labelmap', args=[annotation_id])}?revision={number}"
