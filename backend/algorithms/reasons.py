"""What people are told of a `workers.contract.Reason`: a sentence that says nothing of any image."""

from workers.contract import Reason

SENTENCES: dict[str, str] = {
    Reason.CANCELLED: "It was cancelled.",
    Reason.BAD_CONFIG: "config.json describes no model that can run: mend it, and upload a new version.",
    Reason.BAD_WEIGHTS: "The weights are not what config.json says, or not in a safe format: "
    "save them again, and upload a new version.",
    Reason.MISSING_SEQUENCE: "A case lacks a sequence that the model needs, and its config names no way "
    "without it: set `missing`, and upload a new version.",
    Reason.BAD_IMAGE: "An image of a case cannot be computed with: tell the organizers.",
    Reason.NO_DEVICE: "No worker has the memory that it needs: make it smaller, or tell the organizers.",
    Reason.NO_SANDBOX: "No worker can isolate the model just now: the organizers can start it again.",
    Reason.MODEL_FAILED: "The model itself failed: try it on the public case, whose log is shown.",
    Reason.WRONG_SHAPE: "The model's output has not the shape of its input: give one label for each voxel.",
    Reason.WRONG_LABELS: "The model's output has labels that its config does not name.",
    Reason.NOT_FINITE: "The model's output is not a number in some voxels.",
    Reason.WRONG_OUTPUT: "The model's output is neither labels nor scores of the classes.",
    Reason.TIME_LIMIT: "A case took longer than is allowed.",
    Reason.MEMORY_LIMIT: "The model took more memory than is allowed.",
    Reason.DISK_LIMIT: "The model wrote more than is allowed.",
    Reason.PROCESS_LIMIT: "The model started more processes than are allowed.",
    Reason.WORKER_LOST: "The workers that computed it were lost, again and again: it can be started again.",
    Reason.INTERNAL: "It was stopped by a fault of ours: the organizers can start it again.",
}
# Not the model's fault: trying again may help.
OURS = frozenset({Reason.WORKER_LOST, Reason.INTERNAL, Reason.NO_DEVICE, Reason.NO_SANDBOX, Reason.BAD_IMAGE})


def sentence_of(code: str) -> str:
    return SENTENCES.get(code, SENTENCES[Reason.INTERNAL] if code else "")
