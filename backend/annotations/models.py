"""Who annotates which case, and each rater's labelmap as an append-only log of revisions.

A revision is a whole labelmap, or one edit: the voxels that changed, from what, to what.
"""

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
    """One rater's labelmap of one case.

    `head` is the number of the latest revision, 0 before the first; `active_ms` is the time actually worked:
    the sum over its edits.
    """

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
    active_ms = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.assignment} ({self.status})"


class Revision(BaseModel):
    """One step in an annotation's history; what it did is never changed, never deleted.

    `snapshot_digest` names the labelmap as served (.nii.gz on the case's grid); `voxel_digest` its voxels. An
    upload or a restore has them; an edit only where a snapshot was taken, else they are blank and the
    labelmap is replayed. `runs` is an edit's record (`numerics.edits`), null where the revision is none.
    A retried request carries the same `edit_id` and finds its first revision.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", "A whole labelmap was uploaded"
        RESTORE = "restore", "An older revision was restored"
        EDIT = "edit", "Voxels were painted"

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField(help_text="The revision that the client had seen")
    edit_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_filename = models.CharField(max_length=255, blank=True)
    snapshot_digest = models.CharField(max_length=64, blank=True)
    voxel_digest = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=200, blank=True)
    tool = models.CharField(max_length=40, blank=True, help_text="What the edit was made with")
    label = models.PositiveIntegerField(null=True, blank=True, help_text="Which the tool painted with")
    runs = models.BinaryField(null=True, blank=True)
    voxels_changed = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveIntegerField(default=0, help_text="How long the person worked on the edit")
    started_at = models.DateTimeField(null=True, blank=True, help_text="By the client's clock")
    undoes = models.UUIDField(null=True, blank=True, help_text="The edit_id of what this one takes back")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["annotation", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["annotation", "edit_id"], name="edit_once_per_annotation"),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} r{self.number}"
