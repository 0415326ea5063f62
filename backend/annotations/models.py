"""Who annotates which case, and each rater's labelmap as an append-only log of revisions."""

from django.conf import settings
from django.db import models

from backend.common.models import BaseModel
from backend.datasets.models import Case


class Assignment(BaseModel):
    """A case asked of a rater. Its annotation begins with it; the state of the work is the annotation's."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "rater"], name="one_assignment_per_case_and_rater")
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.rater}"


class Annotation(BaseModel):
    """One rater's labelmap of one case. `head` is the number of the latest revision, 0 before the first."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", "Not begun"
        DRAFT = "draft", "Begun"
        SUBMITTED = "submitted", "Submitted"
        REOPENED = "reopened", "Reopened by the organizer"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="annotation")
    status = models.CharField(max_length=12, choices=Status, default=Status.ASSIGNED)
    head = models.PositiveIntegerField(default=0)
    submitted_revision = models.PositiveIntegerField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reopen_reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.assignment} ({self.status})"


class Revision(BaseModel):
    """One step in an annotation's history; never changed, never deleted.

    `snapshot_digest` names the labelmap as served (.nii.gz on the case's grid); `voxel_digest` its voxels.
    A retried request carries the same `edit_id` and finds its first revision.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", "A whole labelmap was uploaded"
        RESTORE = "restore", "An older revision was restored"

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField(help_text="The revision that the client had seen")
    edit_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_filename = models.CharField(max_length=255, blank=True)
    snapshot_digest = models.CharField(max_length=64)
    voxel_digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["annotation", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["annotation", "edit_id"], name="edit_once_per_annotation"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} r{self.number}"
