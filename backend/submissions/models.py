"""Submissions: an archive of predictions, or a model's run, on its way from received to scored."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from backend.algorithms.models import Run
from backend.common.models import BaseModel
from backend.datasets.models import Case
from backend.phases.models import Phase
from backend.uploads.models import Upload


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def counted(self) -> "SubmissionQuerySet":
        """Those that used up an attempt."""
        return self.filter(status__in=Submission.COUNTED)

    def in_check(self) -> "SubmissionQuerySet":
        """Those whose archive is still to be accepted or refused: they hold an attempt until then."""
        return self.filter(status__in=Submission.IN_CHECK)


class Submission(BaseModel):
    """One attempt of a participant at a phase.

    received → validating → rejected (costs no attempt) | accepted → scoring → scored
    and from validating, accepted or scoring → failed (our fault; no attempt; the organizer can retry).
    What a model computes (`run`) begins as computing instead → accepted | rejected | failed.
    An accepted submission waits where the phase has no complete reference yet.
    """

    class Status(models.TextChoices):
        COMPUTING = "computing", "Being computed by the model"
        RECEIVED = "received", "Waiting to be checked"
        VALIDATING = "validating", "Being checked"
        REJECTED = "rejected", "Refused; the findings say what to mend. No attempt was used"
        ACCEPTED = "accepted", "Waiting to be scored"
        SCORING = "scoring", "Being scored"
        SCORED = "scored", "Scored"
        FAILED = "failed", "Stopped by a fault of ours; no attempt was used"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    COUNTED = (Status.ACCEPTED, Status.SCORING, Status.SCORED, Status.WITHDRAWN)
    IN_CHECK = (Status.COMPUTING, Status.RECEIVED, Status.VALIDATING)

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="submissions")
    participant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions"
    )
    method_name = models.CharField(max_length=80)
    method_description = models.TextField(blank=True)
    upload = models.OneToOneField(Upload, null=True, on_delete=models.SET_NULL, related_name="+")
    run = models.OneToOneField(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="submission"
    )
    archive_name = models.CharField(max_length=255, blank=True, help_text="Empty where a model computes it")
    archive_digest = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.RECEIVED)
    status_changed_at = models.DateTimeField(default=timezone.now)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    findings = models.JSONField(
        default=list, help_text="[{file, case, code, severity, sentence, remedy}], every problem at once"
    )
    checked_files = models.PositiveIntegerField(default=0)
    total_files = models.PositiveIntegerField(default=0)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["phase", "participant", "created_at"], name="attempts_of_participant")
        ]

    def __str__(self) -> str:
        return f"{self.method_name} ({self.status})"


class Prediction(BaseModel):
    """One case's labelmap of a submission, as uploaded."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="predictions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    labelmap_digest = models.CharField(max_length=64, help_text="As served: .nii.gz on the case's grid")
    voxel_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "case"], name="one_prediction_per_case")]

    def __str__(self) -> str:
        return self.filename
