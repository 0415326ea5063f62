"""What the platform and its model workers say to each other: JSON over HTTP. Standard library only.

A worker asks for work (`POST worker/claim/` with its `Introduction`, answered by a `RunRequest`, a
`TrainingRequest` or 204), reports `Progress` at least every `HEARTBEAT_S` (the answer says whether to go
on), puts files under the job, says of each case how it ended (`CaseResult`), and ends with an `Ending`.
Cases are numbers here: no name, person or challenge ever reaches a worker. Messages are frozen dataclasses;
`to_json` and `read` turn them into JSON values and back, and name what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workers.bounds import fault_of_settings, fault_of_sizes
from workers.messages import ContractError as ContractError
from workers.messages import NotFinite as NotFinite
from workers.messages import read as read
from workers.messages import to_json as to_json
from workers.reason import Reason as Reason

VERSION = 1
HEARTBEAT_S = 10
MAX_LOG_LINES = 200
# Slugs of `workers.zoo.ARCHITECTURES`, for those who must not import torch.
ARCHITECTURES = (
    "two_path_cnn",
    "input_cascade_cnn",
    "pereira",
    "deepmedic",
    "hemis",
    "ghafoorian",
    "brosch",
    "segnet",
    "unet3d",
)


class Queue(StrEnum):
    """A worker with a GPU takes from both, GPU first."""

    CPU = "model-cpu"
    GPU = "model-gpu"


class ModelKind(StrEnum):
    """What a model's files are. NETWORK: safetensors + config, code of ours. ONNX: runs in the sandbox."""

    NETWORK = "network"
    ONNX = "onnx"


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is cpu or cuda."""

    kind: str
    name: str
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a worker is and takes: stated with every claim."""

    name: str
    devices: tuple[Device, ...]
    queues: tuple[Queue, ...]
    sandbox: bool
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Link:
    """A file to be fetched, signed and good for hours; `digest` is its SHA-256, which the worker checks."""

    url: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CaseInput:
    """One case: images by sequence, of those that it has; `labelmap` only where it is to be learned."""

    number: int
    images: Mapping[str, Link]
    labelmap: Link | None = None


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What a model is, beside its weights: `config.json` of a package, and part of a version's row.

    Args:
        architecture: of our zoo; of ONNX the empty string.
        settings: what the architecture is built with.
        sequences: input channels, in order.
        labels: output classes, in order: the labels of `scheme`, background (0) first.
        scheme: slug of the label scheme that `labels` are of.
        normalisation: a name of `workers.inference.normalisation`.
        normalisation_settings: what it has learned (landmarks, say).
        spacing_mm: to which images are resampled; None: as they are.
        missing: what to do without a sequence: refuse, zero, mean, impute, subset, any (a name of
            `workers.inference.missing`).
        flips: left–right mirrored passes are averaged.
        stages: what comes after the network, in order: `{"kind": "crf", …}`, `{"kind": "post_network", …}`,
            `{"kind": "islands", …}`.
    """

    architecture: str
    sequences: tuple[str, ...]
    labels: tuple[int, ...]
    scheme: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    normalisation: str = "zscore_brain"
    normalisation_settings: Mapping[str, Any] = field(default_factory=dict)
    spacing_mm: tuple[float, float, float] | None = None
    missing: str = "refuse"
    flips: bool = False
    stages: tuple[Mapping[str, Any], ...] = ()
    format: int = VERSION

    def __post_init__(self) -> None:
        if self.format != VERSION:
            raise ContractError(f"a model's config of format {self.format} is not known here: {VERSION} is")
        if not self.sequences or len(set(self.sequences)) < len(self.sequences):
            raise ContractError("sequences: name each input channel once")
        if len(self.labels) < 2 or self.labels[0] != 0 or len(set(self.labels)) < len(self.labels):
            raise ContractError("labels: the background (0) first, then each output class once")
        fault = fault_of_sizes(
            sequences=self.sequences,
            labels=self.labels,
            stages=len(self.stages),
            spacing_mm=self.spacing_mm,
        ) or fault_of_settings(self.architecture, self.settings)
        if fault:
            raise ContractError(fault)


@dataclass(frozen=True, slots=True)
class ModelPackage:
    kind: ModelKind
    config: ModelConfig
    weights: Link


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take. Seconds are of the wall clock."""

    seconds_per_case: int = 600
    seconds_to_load: int = 120
    memory_mib: int = 8192
    output_mib: int = 256
    processes: int = 64


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Predict these cases; those done before an interruption are not among them.

    `label_mapping` rewrites the model's labels into those of whoever asked ({from: to}, keys as strings).
    """

    job: str
    attempt: int
    model: ModelPackage
    cases: tuple[CaseInput, ...]
    label_mapping: Mapping[str, int]
    trusted: bool
    limits: Limits = field(default_factory=Limits)
    kind: str = "run"


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Train a network of the zoo. `config` is what the result will carry; its recipe stands in
    `workers.training.recipes` and `recipe` overrides values of it. `checkpoint`: go on from there."""

    job: str
    attempt: int
    config: ModelConfig
    training: tuple[CaseInput, ...]
    validation: tuple[CaseInput, ...]
    budget_s: int
    seed: int
    regions: Mapping[str, tuple[int, ...]]
    recipe: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: Link | None = None
    kind: str = "training"


@dataclass(frozen=True, slots=True)
class LogLine:
    """`at`: ISO 8601, UTC. `public`: may be shown to whoever sent the model, whatever the cases are."""

    at: str
    text: str
    level: str = "info"
    public: bool = False


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a training: mean loss since the last one; Dice by region where validation was run."""

    step: int
    seconds: float
    loss: float
    validation_dice: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    stage: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    memory_mib: int | None = None
    gpu_memory_mib: int | None = None
    log: tuple[LogLine, ...] = ()
    curve: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class GoOn:
    """Answer to progress. Where `go_on` is false the worker stops at once; nobody waits for its ending."""

    go_on: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case ended. `digest`: SHA-256 of the `.nii.gz` put before; empty where it failed."""

    number: int
    digest: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)  # read, prepare, compute, write
    memory_mib: int | None = None
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """`status`: done, failed or stopped. Of a training `weights` and `config` are the result's."""

    status: str
    reason_code: str = ""
    reason: str = ""
    device: str = ""
    weights_digest: str = ""
    config: ModelConfig | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
