"""Datasets on the wire."""

import re
from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.datasets import selectors
from backend.datasets.models import Case, CaseFile, Dataset, DatasetImport, DatasetVersion, LabelScheme

COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    sentence = serializers.CharField()


class LabelSerializer(serializers.Serializer):
    value = serializers.IntegerField(min_value=1, max_value=65535)
    name = serializers.CharField(max_length=60)
    color = serializers.RegexField(COLOR, help_text="#rrggbb")
    tissues = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="What the label may stand for; by it schemes convert into each other",
    )


class RegionSerializer(serializers.Serializer):
    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=60)
    labels = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1)


class LabelSchemeSerializer(serializers.ModelSerializer[LabelScheme]):
    labels = LabelSerializer(many=True)
    regions = RegionSerializer(many=True)
    excluded = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False)

    class Meta:
        model = LabelScheme
        fields = ["slug", "name", "labels", "regions", "excluded"]
        # the service answers a slug that is taken, as a conflict
        extra_kwargs: ClassVar[dict[str, object]] = {"slug": {"validators": []}}


class SequenceSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=40)


class ChallengeLinkSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string"}]})
class ParameterValueField(serializers.JSONField):
    """A number, or one of the choices; the fusion method says which."""


class FusionParametersField(serializers.DictField):
    """{name: value}."""

    child = ParameterValueField()


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    challenge = ChallengeLinkSerializer()
    scheme = LabelSchemeSerializer()
    sequences = SequenceSerializer(many=True)
    fusion_parameters = serializers.SerializerMethodField()
    case_count = serializers.SerializerMethodField()
    latest_version_number = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Dataset
        fields = [
            "id", "challenge", "name", "description", "licence", "is_synthetic", "scheme", "sequences",
            "raters_required", "fusion_method", "fusion_parameters", "case_count", "latest_version_number",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(FusionParametersField(help_text="All that the method has, the defaults included"))
    def get_fusion_parameters(self, dataset: Dataset) -> dict[str, Any]:
        return selectors.fusion_parameters_of(dataset)

    def get_case_count(self, dataset: Dataset) -> int:
        return getattr(dataset, "case_count", None) or 0


class CreateDatasetSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(allow_blank=True, default="", max_length=20_000)
    licence = serializers.CharField(allow_blank=True, default="", max_length=200)
    is_synthetic = serializers.BooleanField(default=False)
    scheme = serializers.SlugField(help_text="Slug of the label scheme")
    sequences = SequenceSerializer(many=True, required=False, help_text="FLAIR, T1, T1c, T2 unless told")
    raters_required = serializers.IntegerField(min_value=1, max_value=100, default=3)
    fusion_method = serializers.CharField(max_length=40, default="majority")
    fusion_parameters = FusionParametersField(required=False, help_text="Defaults for those not given")


class UpdateDatasetSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(allow_blank=True, required=False, max_length=20_000)
    licence = serializers.CharField(allow_blank=True, required=False, max_length=200)
    raters_required = serializers.IntegerField(min_value=1, max_value=100, required=False)
    fusion_method = serializers.CharField(max_length=40, required=False)
    fusion_parameters = FusionParametersField(
        required=False, help_text="Replaces all that were set: defaults for those not given"
    )


class DatasetVersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    case_count = serializers.IntegerField()
    created_by = PersonSerializer()

    class Meta:
        model = DatasetVersion
        fields = ["id", "number", "digest", "note", "case_count", "created_by", "created_at"]
        read_only_fields = fields


class GridSummarySerializer(serializers.Serializer):
    shape = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    spacing_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    orientation = serializers.CharField()


class CaseFileSerializer(serializers.ModelSerializer[CaseFile]):
    rater = serializers.IntegerField(
        source="rater_id", allow_null=True, help_text="User id, of a rater's labelmap"
    )
    findings = FindingSerializer(many=True)

    class Meta:
        model = CaseFile
        fields = ["kind", "sequence", "rater", "filename", "size_bytes", "findings"]
        read_only_fields = fields


class AnnotationProgressSerializer(serializers.Serializer):
    required = serializers.IntegerField()  # type: ignore[assignment]  # a field, not the attribute
    assigned = serializers.IntegerField()
    submitted = serializers.IntegerField()


class ConsensusHeadSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    method = serializers.CharField()


class CaseRowSerializer(serializers.Serializer):
    """A case in the organizer's table."""

    id = serializers.UUIDField(source="case.id")
    name = serializers.CharField(source="case.name")
    grid = serializers.SerializerMethodField()
    files = CaseFileSerializer(source="case.files", many=True)
    thumbnail_url = serializers.SerializerMethodField()
    findings = FindingSerializer(source="case.findings", many=True)
    annotation = AnnotationProgressSerializer(source="progress")
    consensus = ConsensusHeadSerializer(allow_null=True)

    def get_grid(self, row: selectors.CaseRow) -> GridSummarySerializer:
        return _grid_summary(row.case)

    def get_thumbnail_url(self, row: selectors.CaseRow) -> str:
        return thumbnail_url(row.case)


class CaseImageSerializer(serializers.Serializer):
    sequence = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    filename = serializers.CharField()


class DatasetLinkSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_synthetic = serializers.BooleanField()


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case as the viewer opens it. Its labelmaps are listed elsewhere, by who may see them."""

    dataset = DatasetLinkSerializer()
    grid = serializers.SerializerMethodField()
    scheme = LabelSchemeSerializer(source="dataset.scheme")
    images = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = ["id", "name", "dataset", "grid", "scheme", "images", "missing", "thumbnail_url"]
        read_only_fields = fields

    def get_grid(self, case: Case) -> GridSummarySerializer:
        return _grid_summary(case)

    @extend_schema_field(CaseImageSerializer(many=True))
    def get_images(self, case: Case) -> list[dict[str, str]]:
        names = {sequence["key"]: sequence["name"] for sequence in case.dataset.sequences}
        return [
            {
                "sequence": image.sequence,
                "name": names.get(image.sequence, image.sequence),
                "url": self.image_url(case, image.sequence),
                "filename": f"{case.name}_{image.sequence}.nii.gz",
            }
            for image in selectors.images_of(case)
        ]

    def image_url(self, case: Case, sequence: str) -> str:
        return reverse("case-image", args=[case.pk, sequence])

    @extend_schema_field(SequenceSerializer(many=True))
    def get_missing(self, case: Case) -> list[dict[str, str]]:
        return selectors.missing_sequences(case)

    def get_thumbnail_url(self, case: Case) -> str:
        return thumbnail_url(case)


class CasePreviewSerializer(serializers.Serializer):
    name = serializers.CharField()
    images = serializers.DictField(child=serializers.CharField(), help_text="Sequence → file")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Keys of sequences")
    reference = serializers.CharField(allow_null=True)
    raters = serializers.DictField(child=serializers.CharField(), help_text="Rater's name → file")
    grid = GridSummarySerializer(allow_null=True)
    storable = serializers.BooleanField()
    replaces = serializers.BooleanField(help_text="The dataset has a case of this name already")


class IgnoredFileSerializer(serializers.Serializer):
    file = serializers.CharField()
    reason = serializers.CharField()


class ImportCountsSerializer(serializers.Serializer):
    cases = serializers.IntegerField()
    storable = serializers.IntegerField()
    images = serializers.IntegerField()
    references = serializers.IntegerField()
    rater_labelmaps = serializers.IntegerField()
    ignored = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # a field, not the attribute
    warnings = serializers.IntegerField()


class ImportPreviewSerializer(serializers.Serializer):
    layout = serializers.CharField()
    cases = CasePreviewSerializer(many=True)
    ignored = IgnoredFileSerializer(many=True)
    questions = serializers.ListField(child=serializers.CharField())
    raters = serializers.ListField(child=serializers.CharField(), help_text="Names of raters in the archive")
    counts = ImportCountsSerializer()


class ImportFindingSerializer(FindingSerializer):
    file = serializers.CharField(allow_blank=True)
    case = serializers.CharField(allow_blank=True)


class ImportSummarySerializer(serializers.ModelSerializer[DatasetImport]):
    dataset = serializers.UUIDField(source="dataset_id")
    version = serializers.UUIDField(source="version_id", allow_null=True)
    version_number = serializers.IntegerField(source="version.number", allow_null=True, default=None)
    created_by = PersonSerializer()

    class Meta:
        model = DatasetImport
        fields = [
            "id", "dataset", "archive_name", "status", "reason_code", "reason", "layout", "done", "total",
            "version", "version_number", "created_by", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ImportSerializer(ImportSummarySerializer):
    """An import with all that was recognised and found."""

    preview = serializers.SerializerMethodField()
    report = ImportFindingSerializer(many=True)

    class Meta(ImportSummarySerializer.Meta):
        fields = [*ImportSummarySerializer.Meta.fields, "preview", "report", "raters", "skip_cases"]
        read_only_fields = fields

    raters = serializers.DictField(child=serializers.IntegerField(), help_text="Rater's name → user id")
    skip_cases = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(ImportPreviewSerializer(allow_null=True))
    def get_preview(self, found: DatasetImport) -> Any:
        return ImportPreviewSerializer(found.preview).data if found.preview else None


class CreateImportSerializer(serializers.Serializer):
    upload = serializers.UUIDField(help_text="A finished upload of the purpose dataset")


class ConfirmImportSerializer(serializers.Serializer):
    raters = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="Rater's name in the archive → user id"
    )
    skip_cases = serializers.ListField(child=serializers.CharField(), required=False)
    require_all = serializers.BooleanField(required=False, help_text="Refuse unless every case is storable")


def thumbnail_url(case: Case) -> str:
    return reverse("case-thumbnail", args=[case.pk])


def _grid_summary(case: Case) -> Any:
    return GridSummarySerializer(selectors.describe_grid(selectors.grid_of(case))).data
