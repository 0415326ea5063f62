"""Snapshots of a phase's leaderboard: what it said, for good, and how stable that order is."""

from enum import StrEnum

from django.db import models

from backend.common.models import BaseModel
from backend.phases.models import Phase, PhaseReference


class AnalysisState(StrEnum):
    """How far the analysis of a phase's latest board is; `empty`: there is no board yet."""

    EMPTY = "empty"
    COMPUTING = "computing"
    READY = "ready"
    FAILED = "failed"


class Snapshot(BaseModel):
    """The board after an evaluation completed. Unique by content; its id is a permanent link.

    The analysis follows from the board and is added once, by a job of its own; a board that was replaced
    before its turn came stays without.
    """

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="snapshots")
    reference = models.ForeignKey(PhaseReference, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    board = models.JSONField(help_text="As `compute.compute_board` makes it")
    analysis = models.JSONField(null=True, help_text="As `analysis.analyse` makes it; null until it is done")
    analysis_failure = models.CharField(max_length=60, blank=True, help_text="Reason code")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "number"], name="snapshot_number_once_per_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} board {self.number}"

    @property
    def analysis_state(self) -> AnalysisState:
        if self.analysis is not None:
            return AnalysisState.READY
        return AnalysisState.FAILED if self.analysis_failure else AnalysisState.COMPUTING
