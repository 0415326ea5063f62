"""Who annotates which case, and each rater's labelmap as an append-only log of revisions.

A revision is a whole labelmap, or one edit: the voxels that changed, from what, to what.
"""

from datetime import datetime

from django.conf import settings
from django.db import models

from backend.common.models import BaseModel
from backend.datasets.models import Case


class Assignment(BaseModel):
    """A case asked of a rater. Its annotation begins with it; the state of the work is the annotation's.

    Round 1 is the reading that is fused. A later round is a re-read: the same case again, for how far the
    rater agrees with themselves. Its rater must not know: it comes at `offered_at` (at once where that is
    null) under `shown_name`, and they see one reading of a case at a time (`selectors.visible_to`).

    `pre_annotation_digest` names a labelmap (.nii.gz on the case's grid) from which the rater may start;
    `pre_annotation_source` says whose it is.
    """

    FIRST = 1

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=FIRST)
    reread_of = models.ForeignKey(
        "Annotation", on_delete=models.PROTECT, null=True, blank=True, related_name="rereads"
    )
    offered_at = models.DateTimeField(null=True, blank=True)
    shown_name = models.CharField(max_length=200, blank=True, help_text="The case's own where blank")
    pre_annotation_digest = models.CharField(max_length=64, blank=True)
    pre_annotation_source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rater", "round"], name="one_assignment_per_case_rater_and_round"
            ),
            models.CheckConstraint(
                condition=models.Q(round=1, reread_of=None) | models.Q(round__gt=1, reread_of__isnull=False),
                name="only_later_rounds_are_rereads",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.rater}"

    @property
    def is_reread(self) -> bool:
        return self.round > self.FIRST

    @property
    def given_at(self) -> datetime:
        """When it came, or comes, to its rater."""
        return self.offered_at or self.created_at

    @property
    def rater_case_name(self) -> str:
        """How its rater knows the case."""
        return self.shown_name or self.case.name


class Annotation(BaseModel):
    """One rater's labelmap of one case.

    `head` is the number of the latest revision, 0 before the first; `active_ms` is the time actually worked:
    the sum over its edits. `began_from` is the source of the pre-annotation that it was started from, blank
    where its rater began with nothing. `findings` are the linter's of what was submitted last
    (`numerics.labelmap_lint`). Of a re-read, `intra_rater` is {dice: {region: value}, kappa} against the
    first reading, null until both are submitted and compared.
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
    began_from = models.CharField(max_length=200, blank=True)
    findings = models.JSONField(default=list, blank=True)
    intra_rater = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.assignment} ({self.status})"


class Revision(BaseModel):
    """One step in an annotation's history; what it did is never changed, never deleted.

    `snapshot_digest` names the labelmap as served (.nii.gz on the case's grid); `voxel_digest` its voxels.
    All but edits have them, and an edit where a snapshot was taken; else they are blank and the labelmap is
    replayed. `runs` is an edit's record (`numerics.edits`), null where the revision is none.
    A retried request carries the same `edit_id` and finds its first revision.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", "A whole labelmap was uploaded"
        RESTORE = "restore", "An older revision was restored"
        EDIT = "edit", "Voxels were painted"
        PRE_ANNOTATION = "pre_annotation", "Started from an offered labelmap"

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField(help_text="The revision that the client had seen")
    edit_id = models.UUIDField()
    kind = models.CharField(max_length=14, choices=Kind)
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
