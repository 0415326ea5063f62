"""Phases of a challenge: which cases, when, how often, who sees the scores; and what they score against."""

from django.db import models
from django.utils import timezone

from backend.challenges.models import Challenge
from backend.common.models import BaseModel
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import DatasetVersion
from backend.numerics.catalogue import DEFAULT_METRIC_SET, metric_set


def default_tolerances() -> list[float]:
    return list(DEFAULT_METRIC_SET.nsd_mm)


def default_ranking_metrics() -> list[str]:
    return ["dice"]


class Phase(BaseModel):
    """One round of a challenge over one dataset version.

    `lesion_rules` and `nsd_tolerances_mm` make the metric set, by which scores are computed; the fields of
    the ranking only say how scores become an order.
    """

    class ScoreVisibility(models.TextChoices):
        PUBLIC = "public", "Everyone sees the leaderboard"
        OWN = "own", "Participants see their own scores, organizers all"
        HIDDEN = "hidden", "Only organizers see scores"

    class RankingRegions(models.TextChoices):
        MEAN = "mean", "One column per metric: the mean over the regions"
        EACH = "each", "One column per metric and region"

    class RankingMethod(models.TextChoices):
        AGGREGATE_THEN_RANK = "aggregate_then_rank", "Aggregate over the cases, then rank"
        RANK_THEN_AGGREGATE = "rank_then_aggregate", "Rank per case, then take the mean"
        TEST_BASED = "test_based", "Share of opponents beaten significantly"

    class RankingStatistic(models.TextChoices):
        MEAN = "mean", "Mean"
        MEDIAN = "median", "Median"

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="phases")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, help_text="Markdown")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="phases")
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    attempts_per_day = models.PositiveIntegerField(default=3)
    attempts_total = models.PositiveIntegerField(default=30)
    score_visibility = models.CharField(
        max_length=10, choices=ScoreVisibility, default=ScoreVisibility.PUBLIC
    )
    images_shared = models.BooleanField(
        default=True, help_text="Participants may view and download the images"
    )
    reference_shared = models.BooleanField(
        default=False, help_text="… and the reference, as for a training set"
    )
    lesion_rules = models.CharField(
        max_length=40, default=DEFAULT_METRIC_SET.lesion_rules.slug, help_text="Key of the lesion-wise rules"
    )
    nsd_tolerances_mm = models.JSONField(
        default=default_tolerances, help_text="Of the surface Dice, in mm, ascending"
    )
    ranking_metrics = models.JSONField(default=default_ranking_metrics, help_text="Names; the first is shown")
    ranking_regions = models.CharField(max_length=10, choices=RankingRegions, default=RankingRegions.MEAN)
    ranking_method = models.CharField(
        max_length=30, choices=RankingMethod, default=RankingMethod.AGGREGATE_THEN_RANK
    )
    ranking_statistic = models.CharField(
        max_length=10, choices=RankingStatistic, default=RankingStatistic.MEAN
    )
    ties = models.CharField(max_length=8, choices=[("min", "min"), ("average", "average")], default="min")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "slug"], name="phase_slug_once_per_challenge"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(opens_at__lt=models.F("closes_at")),
                name="phase_opens_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge}: {self.title}"

    @property
    def is_open(self) -> bool:
        now = timezone.now()
        return (self.opens_at is None or self.opens_at <= now) and (
            self.closes_at is None or now < self.closes_at
        )

    @property
    def metric_set(self) -> str:
        """Name of the metric set that the phase asks for today."""
        return metric_set(self.lesion_rules, self.nsd_tolerances_mm).name


class PhaseReference(BaseModel):
    """The consensus versions, one per case, that a phase scores against. Immutable; the highest number is
    current."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="references")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="Over the sorted ids of its consensus versions")
    consensus_versions = models.ManyToManyField(ConsensusVersion, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "number"], name="reference_number_once_per_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} reference {self.number}"
