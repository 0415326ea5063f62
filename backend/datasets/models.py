"""Datasets: immutable cases in immutable versions, described by a label scheme; and imports of archives."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from backend.challenges.models import Challenge
from backend.common.models import BaseModel
from backend.uploads.models import Upload


class LabelScheme(BaseModel):
    """What each label means, and which labels make up which region; `numerics.labels.LabelScheme` as data."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    labels = models.JSONField(help_text="[{value, name, color}]")
    regions = models.JSONField(help_text="[{key, name, labels}], shown and ranked in this order")
    excluded = models.JSONField(default=list, help_text="Label values removed from both sides before scoring")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Dataset(BaseModel):
    """Cases under one label scheme and one set of sequences, annotated by raters and fused.

    `fusion_parameters` is {name: value} of those that differ from the method's defaults.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=200, blank=True)
    is_synthetic = models.BooleanField(default=False)
    scheme = models.ForeignKey(LabelScheme, on_delete=models.PROTECT, related_name="+")
    sequences = models.JSONField(help_text="[{key, name}], in the order of the viewer's panes")
    raters_required = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    fusion_method = models.CharField(max_length=40, default="majority")
    fusion_parameters = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "name"], name="dataset_name_once_per_challenge")
        ]

    def __str__(self) -> str:
        return self.name


class Case(BaseModel):
    """One subject at one timepoint. Never changed: other files under the same name make another case row."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="cases")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="Over the digests of its files")
    grid = models.JSONField(help_text="numerics.geometry.Grid as JSON: shape, affine")
    findings = models.JSONField(
        default=list, help_text="[{code, severity, file, sentence}] of the whole case"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name", "digest"], name="case_once_per_content")
        ]

    def __str__(self) -> str:
        return self.name


class CaseFile(BaseModel):
    """One file of a case: the original bytes, and for images what is served instead (no free header text)."""

    class Kind(models.TextChoices):
        IMAGE = "image"
        REFERENCE = "reference"
        RATER = "rater"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    sequence = models.CharField(
        max_length=20, blank=True, help_text="Key of the dataset's sequence, for images"
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    filename = models.CharField(max_length=255)
    original_digest = models.CharField(max_length=64)
    served_digest = models.CharField(max_length=64)
    thumbnail_digest = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    findings = models.JSONField(default=list, help_text="[{code, severity, sentence}]")

    class Meta:
        ordering = ["kind", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "sequence"],
                condition=models.Q(kind="image"),
                name="one_image_per_case_and_sequence",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(kind="reference"), name="one_reference_per_case"
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class DatasetVersion(BaseModel):
    """An immutable list of cases."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    cases = models.ManyToManyField(Case, related_name="versions")
    digest = models.CharField(max_length=64, help_text="Over the names and digests of its cases")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="version_number_once_per_dataset"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"


class DatasetImport(BaseModel):
    """An archive on its way into a dataset: inspected, shown, confirmed, stored."""

    class Status(models.TextChoices):
        RECEIVED = "received", "Waiting to be inspected"
        INSPECTED = "inspected", "Recognised; waiting for the organizer to confirm"
        REFUSED = "refused", "Nothing that could be stored; the report says why"
        CONFIRMED = "confirmed", "Being stored"
        STORED = "stored", "Stored as a new version"
        DISCARDED = "discarded", "Discarded by the organizer"
        FAILED = "failed", "Our fault; can be tried again"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="imports")
    upload = models.OneToOneField(Upload, null=True, on_delete=models.SET_NULL, related_name="+")
    archive_digest = models.CharField(max_length=64, blank=True)
    archive_name = models.CharField(max_length=255)
    status = models.CharField(max_length=12, choices=Status, default=Status.RECEIVED)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    layout = models.CharField(max_length=40, blank=True)
    preview = models.JSONField(
        default=dict, help_text="What was recognised: cases, sequences, raters, ignored files"
    )
    report = models.JSONField(default=list, help_text="[{file, case, code, severity, sentence}]")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    raters = models.JSONField(default=dict, help_text="Rater's name in the archive → user id")
    skip_cases = models.JSONField(default=list, help_text="Names of cases that the organizer left out")
    version = models.OneToOneField(
        DatasetVersion, null=True, on_delete=models.SET_NULL, related_name="import_record"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.archive_name} {self.status}"
