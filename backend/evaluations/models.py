"""Evaluations: one submission against one reference under one metric set; never overwritten."""

from django.db import models

from backend.common.models import BaseModel
from backend.consensus.models import ConsensusVersion, LeaveOneOut
from backend.phases.models import PhaseReference
from backend.submissions.models import Prediction, Submission


class CaseEvaluation(BaseModel):
    """One prediction against one consensus version. Shared by every evaluation whose reference holds that
    version."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SCORED = "scored"
        FAILED = "failed"

    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, related_name="evaluations")
    consensus = models.ForeignKey(ConsensusVersion, on_delete=models.PROTECT, related_name="+")
    metric_set = models.CharField(max_length=80, help_text="Name of the metric set")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "consensus", "metric_set"], name="case_evaluated_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prediction} against {self.consensus}: {self.status}"


class CaseScores(BaseModel):
    """The scores of one prediction by one judge: the whole consensus where `left_out` is null, else the
    fusion without that rater."""

    case_evaluation = models.ForeignKey(CaseEvaluation, on_delete=models.CASCADE, related_name="scores")
    left_out = models.ForeignKey(LeaveOneOut, null=True, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(help_text="{region: {metric: value}}, null where the metric is n/a")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_evaluation", "left_out"], nulls_distinct=False, name="judged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_evaluation} by {self.left_out or 'the whole consensus'}"


class OverlayPicture(BaseModel):
    """One case's prediction over its reference, drawn when somebody asks for it; `digest` is empty until
    then."""

    case_evaluation = models.OneToOneField(CaseEvaluation, on_delete=models.CASCADE, related_name="picture")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the SVG")
    failed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"picture of {self.case_evaluation}"


class RaterScores(BaseModel):
    """The scores of a rater's annotation against the fusion of the other raters."""

    left_out = models.ForeignKey(LeaveOneOut, on_delete=models.CASCADE, related_name="scores")
    metric_set = models.CharField(max_length=80, help_text="Name of the metric set")
    values = models.JSONField(help_text="{region: {metric: value}}, null where the metric is n/a")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left_out", "metric_set"], name="rater_scored_once_per_set")
        ]

    def __str__(self) -> str:
        return f"{self.left_out} under {self.metric_set}"


class Evaluation(BaseModel):
    """A submission against a phase's reference: complete when every case is scored.

    When it completes, it keeps what boards show: for each metric the mean per region over the cases where it
    is defined, how many cases it is not defined in, and the mean over the regions.
    """

    class Status(models.TextChoices):
        SCORING = "scoring"
        SCORED = "scored"
        FAILED = "failed"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evaluations")
    reference = models.ForeignKey(PhaseReference, on_delete=models.PROTECT, related_name="evaluations")
    metric_set = models.CharField(max_length=80, help_text="Name of the metric set")
    status = models.CharField(max_length=10, choices=Status, default=Status.SCORING)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    case_evaluations = models.ManyToManyField(CaseEvaluation, related_name="evaluations")
    means = models.JSONField(
        default=dict, help_text="{metric: {region: mean, null where no case defines it}}"
    )
    not_defined = models.JSONField(default=dict, help_text="{metric: {region: cases where it is n/a}}")
    overall = models.JSONField(default=dict, help_text="{metric: mean over the regions of their means}")
    case_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reference", "metric_set"], name="evaluated_once_per_reference"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} against {self.reference}: {self.status}"
