"""Labelled cases, and the form in which they are held in memory while a network learns from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from backend.numerics.geometry import Grid
from workers.contract import ModelConfig
from workers.inference import missing
from workers.inference.location import learn_prior
from workers.inference.normalisation import nyul_landmarks
from workers.inference.predictor import Predictor, Prepared
from workers.inference.preprocess import BadImage, CaseImages, Frame, Mask, crop_to, find_brain
from workers.training.losses import IGNORED

# In held volumes 0 is what is not learned from, and class k is k + 1: cut beyond its border, a volume is 0.
UNKNOWN = 0
# So many places of each class are remembered of a case: plenty, and a few megabytes.
MOST_PLACES = 100_000

GriddedArray = tuple[NDArray[np.generic], Grid]


@dataclass(frozen=True, eq=False)
class LabelledCase:
    """
    Args:
        name: for messages.
        images: as they came.
        labelmap: (X, Y, Z) on the same grid; labels that the config does not name are not learned from.
    """

    name: str
    images: CaseImages
    labelmap: NDArray[np.integer]

    def __post_init__(self) -> None:
        if self.labelmap.shape != self.images.grid.shape:
            raise BadImage(f"{self.name}: its labelmap lies on another grid than its images")

    @classmethod
    def of_volumes(
        cls, name: str, volumes: Mapping[str, GriddedArray], labelmap: GriddedArray
    ) -> LabelledCase:
        """
        Raises:
            BadImage: they do not share one grid, or there is no image.
        """
        try:
            images = CaseImages.of_volumes(volumes)
            CaseImages.of_volumes({**volumes, "its labelmap": labelmap})
        except BadImage as error:
            raise BadImage(f"{name}: {error}") from None
        return cls(name, images, cast(NDArray[np.integer], labelmap[0]))


@dataclass(frozen=True, eq=False)
class Held:
    """A prepared case in the box of its brain.

    Args:
        images: float16, (channels, X, Y, Z): sequences, then location features.
        classes: uint8, (X, Y, Z): class + 1, or `UNKNOWN`.
        present: bool, (sequences,).
        places: of each class, voxels (N, 3) of the box that are of it; a sample where there are very many.
        counts: voxels of each class.
    """

    images: Tensor
    classes: Tensor
    present: Tensor
    places: tuple[NDArray[np.int32], ...]
    counts: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = self.classes.shape
        return x, y, z

    @property
    def size_bytes(self) -> int:
        return self.images.nbytes + self.classes.nbytes

    def of_channels(self, channels: Sequence[int]) -> Held:
        """With these channels only."""
        return replace(self, images=self.images[list(channels)])

    def to(self, device: torch.device) -> Held:
        return replace(self, images=self.images.to(device), classes=self.classes.to(device))


def learn_normalisation(config: ModelConfig, cases: Sequence[LabelledCase]) -> ModelConfig:
    """The config with what its normalisation learns from training's cases: Nyúl's landmarks."""
    if config.normalisation != "nyul" or "landmarks" in config.normalisation_settings:
        return config
    voxels = []
    for case in cases:
        frame = Frame(case.images.grid, config.spacing_mm)
        given = case.images.images
        images = [
            frame.turn(given[name]) if name in given else np.zeros(frame.shape, np.float32)
            for name in config.sequences
        ]
        brain = find_brain(images)
        voxels.append([image[brain] for image in images])
    landmarks = nyul_landmarks(voxels, config.sequences)
    settings = {**config.normalisation_settings, "landmarks": landmarks}
    return replace(config, normalisation_settings=settings)


def hold(case: LabelledCase, predictor: Predictor, *, stride: int, dimensions: int) -> Held | None:
    """Prepare a case as it will be for prediction. None where it has no brain.

    Args:
        predictor: with the config, and weights of which those of the networks do not matter here.
        stride, dimensions: of the network.

    Raises:
        BadImage: an image cannot be used.
        MissingSequence: the case lacks one, and the config does not say how to do without.
    """
    config, prepared = predictor.config, predictor.prepare(case.images)
    crop = crop_to(prepared.brain, stride=stride, margin=0, dimensions=dimensions)
    if crop is None:
        return None
    found = torch.from_numpy(classes_of(case, prepared, config))
    classes = crop.cut(found[None])[0].contiguous()
    places, counts = [], []
    for k in range(1, len(config.labels) + 1):
        voxels = torch.nonzero(classes == k).numpy().astype(np.int32)
        counts.append(len(voxels))
        if len(voxels) > MOST_PLACES:
            voxels = np.random.default_rng(k).choice(voxels, MOST_PLACES, replace=False)
        places.append(voxels)
    filled, present = missing.fill(crop.cut(prepared.images), prepared.present, config, predictor.weights)
    volumes = torch.cat((filled, crop.cut(prepared.features)))
    return Held(volumes.to(torch.float16).contiguous(), classes, present, tuple(places), tuple(counts))


def classes_of(case: LabelledCase, prepared: Prepared, config: ModelConfig) -> NDArray[np.uint8]:
    """The labelmap along RAS on the network's voxels: class + 1, `UNKNOWN` where it says nothing.

    Outside the brain the predictor answers background by itself, unless it resamples: a network that may see
    resampled cases learns from there, too.
    """
    frame = prepared.frame
    shares = np.stack([frame.turn((case.labelmap == label).astype(np.float32)) for label in config.labels])
    classes = np.where(shares.max(axis=0) > 0, shares.argmax(axis=0) + 1, UNKNOWN).astype(np.uint8)
    if config.spacing_mm is None:
        classes[~prepared.brain] = UNKNOWN
    return classes


def indices_of(classes: Tensor) -> Tensor:
    """Class indices as losses take them, int64: `IGNORED` for `UNKNOWN`."""
    return classes.long().sub(1).masked_fill(classes == UNKNOWN, IGNORED)


def lesion_prior(cases: Sequence[LabelledCase], predictor: Predictor) -> Tensor:
    """Of `Ghafoorian`: how often any class but the background lies at a place of the brain's box."""

    def both(case: LabelledCase) -> tuple[Mask, Mask]:
        prepared = predictor.prepare(case.images)
        return classes_of(case, prepared, predictor.config) > 1, prepared.brain

    return torch.from_numpy(learn_prior(both(case) for case in cases))


def digest(cases: Sequence[LabelledCase]) -> str:
    """SHA-256 over grids, images and labelmaps, in the order given: which data these are."""
    found = hashlib.sha256()
    for case in cases:
        found.update(np.ascontiguousarray(case.images.grid.matrix, np.float64).tobytes())
        for name, image in sorted(_arrays(case).items()):
            found.update(f"{name} {image.dtype} {image.shape} ".encode())
            found.update(np.ascontiguousarray(image).tobytes())
    return found.hexdigest()


def _arrays(case: LabelledCase) -> Mapping[str, NDArray[np.generic]]:
    return {**case.images.images, " labelmap": case.labelmap}
