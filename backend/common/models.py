"""The model base every app shares, and the job row: the truth about work that a worker owes."""

import uuid

from django.db import models
from django.utils import timezone


class BaseModel(models.Model):
    """A row with a UUID key and its time of creation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Job(BaseModel):
    """One piece of work owed by the workers.

    The row, not the message in the broker, is the truth. A worker claims it under a lease that a heartbeat
    renews; a lease that runs out is taken back by the sweeper (`jobs.sweep`).
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    name = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    queue = models.CharField(max_length=20)
    priority = models.SmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    forgiven = models.PositiveSmallIntegerField(
        default=0, help_text="So many of them count for nothing: the work got further, or was stopped kindly"
    )
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # A second request while one waits is the same request; while one runs it is a new one.
            models.UniqueConstraint(
                fields=["name", "subject_id"],
                condition=models.Q(status="queued"),
                name="job_queued_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "created_at"],
                condition=models.Q(status="queued"),
                name="job_next",
            ),
            models.Index(fields=["lease_until"], condition=models.Q(status="running"), name="job_leases"),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.subject_id}) {self.status}"

    def may_be_tried_again(self, most_attempts: int) -> bool:
        return self.attempts - self.forgiven < most_attempts
