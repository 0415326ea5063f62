"""Why work ended otherwise than well. Standard library only."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a run, a case or a training ended otherwise than well. Each has a sentence in the guides."""

    CANCELLED = "cancelled"
    BAD_CONFIG = "bad_config"  # the config does not describe a model that can run
    BAD_WEIGHTS = "bad_weights"  # the file is not what the config says, or not in a safe format
    MISSING_SEQUENCE = "missing_sequence"  # and the model declares no way without it
    BAD_IMAGE = "bad_image"
    NO_DEVICE = "no_device"  # nothing here has the memory that it needs
    NO_SANDBOX = "no_sandbox"  # untrusted, and this machine cannot isolate it
    MODEL_FAILED = "model_failed"  # the model's own error
    WRONG_SHAPE = "wrong_shape"
    WRONG_LABELS = "wrong_labels"
    NOT_FINITE = "not_finite"
    WRONG_OUTPUT = "wrong_output"  # neither labels nor scores: a pickle, say
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    DISK_LIMIT = "disk_limit"
    PROCESS_LIMIT = "process_limit"
    WORKER_LOST = "worker_lost"
    INTERNAL = "internal_error"  # ours
