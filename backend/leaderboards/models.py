"""Snapshots of a phase's leaderboard: what it said, for good."""

from django.db import models

from backend.common.models import BaseModel
from backend.phases.models import Phase, PhaseReference


class Snapshot(BaseModel):
    """The board after an evaluation completed. Unique by content; its id is a permanent link."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="snapshots")
    reference = models.ForeignKey(PhaseReference, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    board = models.JSONField(help_text="As the leaderboard endpoint answers it")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "number"], name="snapshot_number_once_per_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} board {self.number}"
