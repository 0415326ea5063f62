"""The fused labelmaps: immutable versions, with what went in and how the raters agree."""

from django.conf import settings
from django.db import models

from backend.annotations.models import Annotation
from backend.common.models import BaseModel
from backend.datasets.models import Case


class ConsensusVersion(BaseModel):
    """One fusion of one case, or what experts made of one. The highest number is the head; fusing what the
    head was fused from finds it.

    `inputs` is [{annotation, revision, rater, voxel_digest, pre_annotation}], or [{file}] for a reference
    that was imported.
    `agreement` is JSON, raters by user id: {pairs: [{first, second, dice: {region: value}, kappa}],
    mean_pairwise_dice, rater_volumes_ml: [{rater, volumes_ml}], consensus_volumes_ml, mean_entropy_bits,
    fleiss_kappa, fleiss_kappa_labelled, conformity_index: {region: value}, performance: [{rater, sensitivity,
    specificity}] by the binary STAPLE, fusion: what the method learned, `numerics.fusion.Fusion.describe`
    with raters as [{rater, weight, sensitivity, specificity, confusion}]}. Versions of earlier code lack
    some, see `fusing.NOT_MEASURED`. Of an adjudicated version all that concerns raters is that of its base,
    with `provenance`: {map_digest, legend: [{code, source, person, voxels, volume_ml}]}; its parameters are
    {adjudication, base, head}.
    """

    IMPORTED = "imported"
    ADJUDICATED = "adjudicated"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consensus_versions")
    number = models.PositiveIntegerField()
    method = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64, help_text="Over method, parameters, inputs, code version")
    code_version = models.CharField(max_length=40)
    labelmap_digest = models.CharField(max_length=64)
    voxel_digest = models.CharField(max_length=64)
    agreement_map_digest = models.CharField(max_length=64, blank=True)
    thumbnail_digest = models.CharField(max_length=64, blank=True)
    agreement = models.JSONField(default=dict)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="consensus_number_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case} v{self.number} ({self.method})"


class LeaveOneOut(BaseModel):
    """The fusion of all raters but one: the judge of this rater, and of every submission beside them."""

    consensus = models.ForeignKey(ConsensusVersion, on_delete=models.CASCADE, related_name="leave_one_out")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    labelmap_digest = models.CharField(max_length=64)
    dice = models.JSONField(help_text="{region: Dice of the rater against the fusion of the others}")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consensus", "rater"], name="left_out_once_per_consensus")
        ]

    def __str__(self) -> str:
        return f"{self.consensus} without {self.rater}"


class FusionRefusal(BaseModel):
    """Why a case could not be fused at the last try; gone when it could."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="fusion_refusal")
    reason_code = models.CharField(max_length=60)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.case}: {self.reason_code}"
