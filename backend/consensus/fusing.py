"""Fusing one case's labelmaps, from stored bytes to values: no rows are read or written here."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backend.common import blobs
from backend.numerics import agreement, fusion
from backend.numerics.arrays import Labelmap, Mask
from backend.numerics.fusion import Fusion
from backend.numerics.fusion_types import RaterEstimate
from backend.numerics.geometry import Grid
from backend.numerics.labels import LabelScheme, region_mask, split_unsure
from backend.numerics.thumbnails import render_thumbnail
from backend.numerics.volumes import read_labelmap, read_volume, voxel_digest, write_labelmap_nifti

CODE_VERSION = "fusion 2"
FEWEST_FOR_LEAVE_ONE_OUT = 3
# What versions of earlier code lack in `agreement`.
NOT_MEASURED: dict[str, Any] = {
    "fleiss_kappa": None,
    "fleiss_kappa_labelled": None,
    "conformity_index": None,
    "performance": [],
    "fusion": None,
}


@dataclass(frozen=True, slots=True)
class Input:
    """One rater's submitted labelmap; `snapshot` is the digest of its file, not part of the record.

    `pre_annotation` is whose labelmap it was started from; blank where the rater began with nothing.
    """

    annotation: str
    revision: int
    rater: int
    voxel_digest: str
    snapshot: str
    pre_annotation: str = ""

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if key != "snapshot"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a fusion's outcome."""

    method: str
    parameters: Mapping[str, Any]
    inputs: tuple[Input, ...]

    @property
    def digest(self) -> str:
        """Over method, parameters, code version, and each rater's voxels; whatever the raters' order."""
        document = {
            "code": CODE_VERSION,
            "method": self.method,
            "parameters": dict(self.parameters),
            "inputs": sorted([item.rater, item.voxel_digest] for item in self.inputs),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Votes:
    """What each rater of a case says: labels, and where they are unsure; None for one who never is."""

    labelmaps: tuple[Labelmap, ...]
    unsure: tuple[Mask | None, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The stored fusion of all raters but one, and that one's Dice against it by region."""

    rater: int
    annotation: str
    revision: int
    labelmap_digest: str
    dice: dict[str, float]


@dataclass(frozen=True, slots=True)
class Fused:
    """A fusion whose files are stored under their digests; `parameters` are all, the defaults included."""

    parameters: Mapping[str, Any]
    labelmap_digest: str
    voxel_digest: str
    agreement_map_digest: str
    thumbnail_digest: str
    agreement: dict[str, Any]
    left_out: tuple[LeftOut, ...]


def fuse_inputs(recipe: Recipe, *, scheme: LabelScheme, grid: Grid, image_digest: str | None) -> Fused:
    """Fuse, measure the raters' agreement, and store the files.

    A rater has no vote on voxels of which they are unsure.

    Args:
        image_digest: the image that the thumbnail shows; without one the labels are shown on black.

    Raises:
        FusionError, GridMismatch: the labelmaps cannot be fused by this method.
    """
    votes = read_votes(recipe.inputs, scheme)
    fused = fusion.fuse(
        votes.labelmaps,
        method=recipe.method,
        scheme=scheme,
        parameters=recipe.parameters,
        unsure=votes.unsure,
        spacing_mm=grid.spacing_mm,
    )
    return Fused(
        parameters=fused.parameters,
        labelmap_digest=store_labelmap(fused.labelmap, grid),
        voxel_digest=voxel_digest(fused.labelmap, grid),
        agreement_map_digest=store_labelmap(fused.agreement, grid),
        thumbnail_digest=store_thumbnail(fused.labelmap, grid, scheme, image_digest),
        agreement=_describe_agreement(recipe.inputs, votes, fused, scheme, grid),
        left_out=_leave_one_out(recipe, votes, scheme, grid),
    )


def read_votes(inputs: Sequence[Input], scheme: LabelScheme) -> Votes:
    """The stored labelmaps, in the order of the inputs."""
    stored = (
        read_labelmap(blobs.read_blob(item.snapshot), name=f"labelmap of rater {item.rater}.nii.gz")
        for item in inputs
    )
    split = [split_unsure(labelmap.array, scheme) for labelmap in stored]
    return Votes(tuple(labels for labels, _ in split), tuple(unsure for _, unsure in split))


def store_labelmap(labelmap: Labelmap, grid: Grid) -> str:
    return blobs.put_bytes(write_labelmap_nifti(labelmap, grid=grid)).digest


def store_thumbnail(labelmap: Labelmap, grid: Grid, scheme: LabelScheme, image_digest: str | None) -> str:
    image = np.zeros(grid.shape, dtype=np.uint8)
    if image_digest is not None:
        image = read_volume(blobs.read_blob(image_digest), name="image.nii.gz").array
    return blobs.put_bytes(render_thumbnail(image, grid, labelmap=labelmap, scheme=scheme)).digest


def volumes_ml(labelmap: Labelmap, scheme: LabelScheme, grid: Grid) -> dict[str, float]:
    """{region: volume in mL}."""
    return {
        region.key: int(np.count_nonzero(region_mask(labelmap, region, scheme))) * grid.voxel_volume_ml
        for region in scheme.regions
    }


def no_agreement(labelmap: Labelmap, scheme: LabelScheme, grid: Grid) -> dict[str, Any]:
    """The same document as for a fusion, for a labelmap of unknown raters."""
    return {
        "pairs": [],
        "mean_pairwise_dice": {region.key: None for region in scheme.regions},
        "rater_volumes_ml": [],
        "consensus_volumes_ml": volumes_ml(labelmap, scheme, grid),
        "mean_entropy_bits": None,
        **NOT_MEASURED,
    }


def _describe_agreement(
    inputs: Sequence[Input],
    votes: Votes,
    fused: Fusion,
    scheme: LabelScheme,
    grid: Grid,
) -> dict[str, Any]:
    found = agreement.compare_raters(votes.labelmaps, scheme, unsure=votes.unsure)
    raters = [item.rater for item in inputs]
    pairs = found.pairs.values()
    return {
        "pairs": [
            {"first": raters[i], "second": raters[j], "dice": pair.dice, "kappa": pair.kappa}
            for (i, j), pair in sorted(found.pairs.items())
        ],
        "mean_pairwise_dice": {
            region.key: float(np.mean([pair.dice[region.key] for pair in pairs])) if pairs else None
            for region in scheme.regions
        },
        "fleiss_kappa": found.fleiss_kappa,
        "fleiss_kappa_labelled": found.fleiss_kappa_labelled,
        "conformity_index": found.conformity_index if pairs else None,
        "performance": _by_rater(raters, found.performance) if pairs else [],
        "rater_volumes_ml": [
            {
                "rater": rater,
                "volumes_ml": {key: count * grid.voxel_volume_ml for key, count in (voxels or {}).items()},
            }
            for rater, voxels in zip(raters, found.voxels, strict=True)
        ],
        "consensus_volumes_ml": volumes_ml(fused.labelmap, scheme, grid),
        "mean_entropy_bits": found.mean_entropy_bits,
        "fusion": fused.describe() | {"raters": _by_rater(raters, fused.raters)},
    }


def _by_rater(raters: Sequence[int], estimates: Sequence[RaterEstimate | None]) -> list[dict[str, Any]]:
    """What was learned of those raters of whom anything was."""
    return [
        {"rater": rater, **asdict(estimate)}
        for rater, estimate in zip(raters, estimates, strict=True)
        if estimate is not None
    ]


def _leave_one_out(recipe: Recipe, votes: Votes, scheme: LabelScheme, grid: Grid) -> tuple[LeftOut, ...]:
    if len(recipe.inputs) < FEWEST_FOR_LEAVE_ONE_OUT:  # the fusion of one other is that one, not a consensus
        return ()
    results = agreement.leave_one_out(
        votes.labelmaps,
        method=recipe.method,
        scheme=scheme,
        parameters=recipe.parameters,
        unsure=votes.unsure,
        spacing_mm=grid.spacing_mm,
    )
    return tuple(
        LeftOut(
            rater=recipe.inputs[result.index].rater,
            annotation=recipe.inputs[result.index].annotation,
            revision=recipe.inputs[result.index].revision,
            labelmap_digest=store_labelmap(result.reference, grid),
            dice=result.dice,
        )
        for result in results
    )
