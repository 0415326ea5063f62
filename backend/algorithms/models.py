"""Models that predict labelmaps: what they are, where they ran, how they learned, and who computes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.challenges.models import Challenge
from backend.common.models import BaseModel
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import Case, Dataset, DatasetVersion
from backend.phases.models import Phase
from backend.uploads.models import Upload

PEOPLE = settings.AUTH_USER_MODEL


class WorkStatus(models.TextChoices):
    """Of a run or a training. queued → running → done | failed; cancelled from both; queued again where the
    worker was lost, and where somebody tries again."""

    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Being computed"
    DONE = "done", "Done"
    FAILED = "failed", "Failed; the reason says why"
    CANCELLED = "cancelled", "Cancelled"


class Algorithm(BaseModel):
    """A method under one name, in versions."""

    class Kind(models.TextChoices):
        PLATFORM = "platform", "The organizers'"
        PARTICIPANT = "participant", "A participant's own"

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="algorithms")
    owner = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="algorithms")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    description = models.TextField(blank=True, help_text="Markdown")
    licence = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "slug"], name="algorithm_slug_once_per_challenge")
        ]

    def __str__(self) -> str:
        return self.name


class RemoteWork(BaseModel):
    """What a model worker computes, and how far it is. `done` of `total` are cases of a run, and steps or
    seconds of a training, as its `stage` says."""

    status = models.CharField(max_length=10, choices=WorkStatus, default=WorkStatus.QUEUED)
    reason_code = models.CharField(max_length=60, blank=True, help_text="workers.contract.Reason")
    reason = models.TextField(blank=True)
    stage = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    seconds_left = models.FloatField(null=True, blank=True)
    memory_mib = models.PositiveIntegerField(null=True, blank=True)
    gpu_memory_mib = models.PositiveIntegerField(null=True, blank=True)
    needs_gpu = models.BooleanField(default=False)
    worker = models.CharField(max_length=100, blank=True)
    device = models.CharField(max_length=120, blank=True)
    requested_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When its listeners were last told")

    class Meta:
        abstract = True


class Training(RemoteWork):
    """A network of the zoo that learns from the references of a dataset version."""

    algorithm = models.ForeignKey(Algorithm, on_delete=models.PROTECT, related_name="trainings")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="trainings")
    config = models.JSONField(help_text="workers.contract.ModelConfig that the result will carry")
    recipe = models.JSONField(default=dict, help_text="Values that replace those of the system's recipe")
    split_seed = models.PositiveIntegerField(default=0)
    validation_share = models.FloatField(default=0.2)
    seed = models.PositiveIntegerField(default=0)
    budget_s = models.PositiveIntegerField()
    data_digest = models.CharField(max_length=64, help_text="Over its cases and their references")
    checkpoint_digest = models.CharField(max_length=64, blank=True)
    weights_digest = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict, help_text="Figures that the worker gave at the end")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"training of {self.algorithm} ({self.status})"

    @property
    def architecture(self) -> str:
        return str(self.config["architecture"])


class TrainingCase(BaseModel):
    """A case that a training learns from, or is validated on, with the reference of that day."""

    class Part(models.TextChoices):
        TRAINING = "training"
        VALIDATION = "validation"

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    consensus = models.ForeignKey(ConsensusVersion, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["training", "number"], name="training_case_number_once"),
        ]


class CurvePoint(models.Model):
    """Mean loss since the last point, and Dice by region where the validation was run."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="curve")
    step = models.PositiveIntegerField()
    seconds = models.FloatField()
    loss = models.FloatField(null=True)
    validation_dice = models.JSONField(null=True, help_text="{region: Dice}")

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["training", "step"], name="curve_step_once")]


class AlgorithmVersion(BaseModel):
    """One set of weights with its config. Never changed once it was checked.

    checking → refused | trial → ready. A version that was trained here is ready at once.
    """

    class Status(models.TextChoices):
        CHECKING = "checking", "Being checked"
        REFUSED = "refused", "Refused; the reason says what to mend"
        TRIAL = "trial", "Waiting for a successful trial on a public case"
        READY = "ready", "Ready to run"

    class Kind(models.TextChoices):
        NETWORK = "network", "Weights of a network of ours"
        ONNX = "onnx", "ONNX, run in the sandbox"

    algorithm = models.ForeignKey(Algorithm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NETWORK)
    config = models.JSONField(default=dict, help_text="workers.contract.ModelConfig")
    weights_digest = models.CharField(max_length=64, blank=True)
    weights_bytes = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.CHECKING)
    reason_code = models.CharField(max_length=60, blank=True, help_text="workers.contract.Reason")
    reason = models.TextField(blank=True)
    is_trusted = models.BooleanField(default=False, help_text="Made here: need not be isolated")
    card = models.JSONField(default=dict, help_text="cards.Card")
    training = models.OneToOneField(
        Training, null=True, blank=True, on_delete=models.PROTECT, related_name="version"
    )
    upload = models.OneToOneField(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["algorithm", "number"], name="version_number_once_per_algorithm")
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} v{self.number}"


class Run(RemoteWork):
    """One version over cases: all of a phase's or of a dataset version's, or one of them as a trial.

    `sequences`: the model is given these only, for comparing how it does without the others; null: all.
    """

    class Purpose(models.TextChoices):
        SUBMISSION = "submission", "A submission to the phase"
        BASELINE = "baseline", "A baseline beside the participants"
        PRE_ANNOTATION = "pre_annotation", "Labelmaps for raters to start from"
        TRIAL = "trial", "A trial on one public case"

    version = models.ForeignKey(AlgorithmVersion, on_delete=models.PROTECT, related_name="runs")
    purpose = models.CharField(max_length=16, choices=Purpose)
    phase = models.ForeignKey(Phase, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="runs")
    sequences = models.JSONField(null=True, blank=True)
    label_mapping = models.JSONField(default=dict, help_text="{the model's label: the dataset's}")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["phase", "status"], name="runs_of_phase")]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="pre_annotation") | Q(phase__isnull=False), name="run_has_a_phase"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.purpose} ({self.status})"

    @property
    def dataset(self) -> Dataset:
        return self.dataset_version.dataset


class RunCase(BaseModel):
    """One case of a run. `labelmap_digest` is what the worker sent and, once that was checked, the labelmap
    as it is served: .nii.gz on the case's grid."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    labelmap_digest = models.CharField(max_length=64, blank=True)
    voxel_digest = models.CharField(max_length=64, blank=True)
    seconds = models.JSONField(default=dict, help_text="{read, compute, write}")
    memory_mib = models.PositiveIntegerField(null=True, blank=True)
    reason_code = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="run_case_number_once")]


class LogLine(models.Model):
    """What a worker said, of a run or of a training. `public`: see `workers.contract.LogLine`."""

    run = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="log")
    training = models.ForeignKey(Training, null=True, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    level = models.CharField(max_length=10)
    text = models.TextField()
    public = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(run__isnull=True) ^ Q(training__isnull=True), name="log_line_of_one"
            )
        ]


class Worker(BaseModel):
    """A model worker as it introduced itself last."""

    name = models.CharField(max_length=100, unique=True)
    devices = models.JSONField(default=list, help_text="[{kind, name, memory_mib}]")
    queues = models.JSONField(default=list)
    sandbox = models.BooleanField(default=False)
    last_seen = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
