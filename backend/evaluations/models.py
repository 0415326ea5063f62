"""Evaluations: one submission against one reference under one metric version; never overwritten."""

from django.db import models

from backend.common.models import BaseModel
from backend.consensus.models import ConsensusVersion, LeaveOneOut
from backend.phases.models import PhaseReference
from backend.submissions.models import Prediction, Submission

METRIC_VERSION = "1"


class CaseEvaluation(BaseModel):
    """One prediction against one consensus version. Shared by every evaluation whose reference holds that
    version."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SCORED = "scored"
        FAILED = "failed"

    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="evaluations")
    consensus = models.ForeignKey(ConsensusVersion, on_delete=models.PROTECT, related_name="+")
    metric_version = models.CharField(max_length=20, default=METRIC_VERSION)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "consensus", "metric_version"], name="case_evaluated_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prediction} against {self.consensus}: {self.status}"


class Score(BaseModel):
    """One metric of one region of one case. `left_out` is null for the score against the full consensus;
    else the score against the fusion without that rater. `value` is null where the metric is not defined
    (n/a)."""

    case_evaluation = models.ForeignKey(CaseEvaluation, on_delete=models.CASCADE, related_name="scores")
    left_out = models.ForeignKey(LeaveOneOut, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=40)
    metric = models.CharField(max_length=40)
    value = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_evaluation", "left_out", "region", "metric"],
                nulls_distinct=False,
                name="score_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.metric} {self.value}"


class Evaluation(BaseModel):
    """A submission against a phase's reference: complete when every case is scored.

    When it completes, it keeps what boards show: per region the mean Dice over the cases where it is
    defined, how many cases it is not defined in, and the mean over the regions.
    """

    class Status(models.TextChoices):
        SCORING = "scoring"
        SCORED = "scored"
        FAILED = "failed"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evaluations")
    reference = models.ForeignKey(PhaseReference, on_delete=models.PROTECT, related_name="evaluations")
    metric_version = models.CharField(max_length=20, default=METRIC_VERSION)
    status = models.CharField(max_length=10, choices=Status, default=Status.SCORING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    case_evaluations = models.ManyToManyField(CaseEvaluation, related_name="evaluations")
    means = models.JSONField(default=dict, help_text="{region: mean Dice, null where no case defines it}")
    not_defined = models.JSONField(default=dict, help_text="{region: cases whose Dice is n/a}")
    overall = models.FloatField(null=True, help_text="Mean over the regions of their mean Dice")
    case_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reference", "metric_version"], name="evaluated_once_per_reference"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} against {self.reference}: {self.status}"
