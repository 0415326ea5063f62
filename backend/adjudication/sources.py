"""What the raters of a consensus said, under keys that tell nothing of who they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.annotations.models import Revision
from backend.consensus.fusing import Input
from backend.consensus.models import ConsensusVersion

LETTERS = 26


@dataclass(frozen=True, slots=True)
class Rater:
    """A rater of a consensus; `user` is their id."""

    key: str
    user: int
    annotation: UUID
    revision: int

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "user": self.user,
            "annotation": str(self.annotation),
            "revision": self.revision,
        }


def raters_of(consensus: ConsensusVersion) -> list[Rater]:
    """In an order that is always the same and not that of the people: by the annotations' random ids.

    None where the consensus was imported.
    """
    inputs = sorted(
        (item for item in consensus.inputs if "annotation" in item), key=lambda item: item["annotation"]
    )
    return [
        Rater(_key(place), item["rater"], UUID(item["annotation"]), item["revision"])
        for place, item in enumerate(inputs)
    ]


def inputs_of(raters: Sequence[Rater]) -> list[Input]:
    """What they submitted, as it went into the consensus; in the same order."""
    submitted = Revision.objects.filter(annotation__in=[rater.annotation for rater in raters])
    revisions = {
        (revision.annotation_id, revision.number): revision
        for revision in submitted.exclude(snapshot_digest="").defer("runs")
    }
    found = [(rater, revisions[rater.annotation, rater.revision]) for rater in raters]
    return [
        Input(
            annotation=str(rater.annotation),
            revision=rater.revision,
            rater=rater.user,
            voxel_digest=revision.voxel_digest,
            snapshot=revision.snapshot_digest,
        )
        for rater, revision in found
    ]


def _key(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letter = chr(ord("A") + place % LETTERS)
    return letter if place < LETTERS else _key(place // LETTERS - 1) + letter
