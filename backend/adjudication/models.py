"""Settling what raters disagree about: a labelmap that experts draw together upon a case's consensus.

It is an append-only log of edits in the server's order, as an annotation is, but of several authors; signed
off, its labelmap becomes the case's next consensus version.
"""

from django.conf import settings
from django.db import models

from backend.common.models import BaseModel
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import Case


class Adjudication(BaseModel):
    """One case before its experts.

    `head` is the number of the latest edit, 0 before the first. `raters` is [{key, user, annotation,
    revision, labelmap_digest}]: "A", "B", … in an order that tells nothing of who they are, and their labels
    without marks of unsureness. `regions` is what `numerics.contested` found, `ContestedRegion.to_json`.
    Files: `regions_digest` the number of every voxel's region (.nii.gz), `entropy_digest` how far the votes
    spread (.nii.gz, 255 is the most that so many raters can), `table_digest` the contested voxels alone with
    every source's label of them, by which regions are taken.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Being settled"
        SIGNED = "signed", "Signed; its labelmap became a consensus version"
        WITHDRAWN = "withdrawn", "Withdrawn"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="adjudications")
    base = models.ForeignKey(ConsensusVersion, on_delete=models.PROTECT, related_name="adjudications")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    head = models.PositiveIntegerField(default=0)
    raters = models.JSONField()
    regions = models.JSONField()
    regions_digest = models.CharField(max_length=64)
    entropy_digest = models.CharField(max_length=64)
    table_digest = models.CharField(max_length=64)
    experts = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="adjudications")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="Of the person who signed")
    result = models.OneToOneField(
        ConsensusVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="adjudicated_by"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(status="open"), name="one_open_adjudication_per_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} upon v{self.base_id} ({self.status})"


class AdjudicationEdit(BaseModel):
    """One step: what somebody painted, or a region taken from a source. Never changed, never deleted.

    `runs` is what came of it in the server's order (`numerics.edits`): `old` is what was there. `source` is
    blank for painting, else a rater's key or "fused"; `region` the region that was taken, `regions` all in
    which a voxel changed. `snapshot_digest` names the labelmap as served where one was taken, `voxel_digest`
    its voxels. A retried request carries the same `edit_id` and finds what it had written.
    """

    FUSED = "fused"

    adjudication = models.ForeignKey(Adjudication, on_delete=models.PROTECT, related_name="edits")
    number = models.PositiveIntegerField()
    edit_id = models.UUIDField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    tool = models.CharField(max_length=40)
    label = models.PositiveIntegerField(null=True, blank=True, help_text="Which the tool painted with")
    source = models.CharField(max_length=10, blank=True)
    region = models.PositiveIntegerField(null=True, blank=True)
    regions = models.JSONField(default=list)
    runs = models.BinaryField()
    voxels_changed = models.PositiveIntegerField()
    undoes = models.UUIDField(null=True, blank=True, help_text="The edit_id of what this one takes back")
    snapshot_digest = models.CharField(max_length=64, blank=True)
    voxel_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["adjudication", "number"], name="adjudication_edit_number_once"),
            models.UniqueConstraint(fields=["adjudication", "edit_id"], name="edit_once_per_adjudication"),
        ]

    def __str__(self) -> str:
        return f"{self.adjudication_id} e{self.number}"
