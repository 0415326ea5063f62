"""The demo's phantoms as cases to learn from, kept on disk: making one takes longer than reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.demo import anatomy, contrast, phantom, raters, tumours
from backend.demo.contrast import Image
from backend.demo.fields import Labels, Spacing
from backend.demo.phantom import make_case
from backend.demo.raters import simulate_raters
from backend.demo.tumours import EDEMA
from backend.numerics.geometry import Grid
from benchmarks import wmh_phantom
from benchmarks.cases import ROOT
from benchmarks.wmh_phantom import make_wmh_case
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase

# As the platform calls them once it has imported the demo's files.
_NAMES = {"t1ce": "t1c"}
SEQUENCES = tuple(_NAMES.get(name, name) for name in contrast.SEQUENCES)
CACHE = ROOT / "var" / "cache" / "phantoms"


@dataclass(frozen=True, eq=False)
class Phantom:
    """
    Args:
        images: by sequence.
        labelmap: the truth.
        drawn: what each simulated rater draws; nothing of phantoms that have no raters.
    """

    name: str
    images: Mapping[str, Image]
    labelmap: Labels
    drawn: Mapping[str, Labels]
    affine: NDArray[np.float64]

    @property
    def spacing_mm(self) -> Spacing:
        x, y, z = np.abs(np.diag(self.affine)[:3])
        return float(x), float(y), float(z)

    @property
    def majority(self) -> Labels:
        """Of each voxel the label that most raters give it: what a dataset's reference is like."""
        values = range(int(self.labelmap.max()) + 1)
        votes = np.stack([np.sum([one == value for one in self.drawn.values()], axis=0) for value in values])
        return votes.argmax(axis=0).astype(np.uint8)

    def case(self, labelmap: Labels | None = None) -> LabelledCase:
        """To be learned from: the truth, or another labelmap."""
        images = {_NAMES.get(name, name): image for name, image in self.images.items()}
        grid = Grid(self.labelmap.shape, self.affine)
        return LabelledCase(
            self.name, CaseImages(images, grid), self.labelmap if labelmap is None else labelmap
        )


def tumour_phantoms(count: int, *, seed: int, spacing_mm: float, first: int = 0) -> list[Phantom]:
    """Phantoms `first`, `first` + 1, … of a seed, at `spacing_mm`, with their raters."""
    return [
        _kept(f"tumour-{seed}-{k}-{spacing_mm}", partial(_tumour, k, seed, spacing_mm))
        for k in range(first, first + count)
    ]


def wmh_phantoms(count: int, *, seed: int, spacing_mm: Spacing, first: int = 0) -> list[Phantom]:
    """White matter lesions, T1 and FLAIR (`benchmarks.wmh_phantom`), with the raters' outlines of them."""
    size = "x".join(f"{step:g}" for step in spacing_mm)
    return [
        _kept(f"wmh-{seed}-{k}-{size}", partial(_wmh, k, seed, spacing_mm))
        for k in range(first, first + count)
    ]


def _tumour(index: int, seed: int, spacing_mm: float) -> Phantom:
    made = make_case(index, seed=seed, spacing_mm=spacing_mm)
    drawn = simulate_raters(made.labelmap, seed=seed, index=index, spacing_mm=made.spacing_mm)
    return Phantom(made.name, made.images, made.labelmap, drawn, made.affine)


def _wmh(index: int, seed: int, spacing_mm: Spacing) -> Phantom:
    made = make_wmh_case(index, seed=seed, spacing_mm=spacing_mm)
    # To the raters' habits a lesion is what edema is: they differ by its outline, and agree on what is one.
    shown = np.where(made.labelmap == wmh_phantom.LESION, EDEMA, 0).astype(np.uint8)
    drawn = simulate_raters(shown, seed=seed, index=index, spacing_mm=made.spacing_mm)
    lesions = {
        name: (labels == EDEMA).astype(np.uint8) * np.uint8(wmh_phantom.LESION)
        for name, labels in drawn.items()
    }
    return Phantom(made.name, made.images, made.labelmap, lesions, made.affine)


def _kept(name: str, make: Callable[[], Phantom]) -> Phantom:
    path = CACHE / f"{name}-{_code()}.npz"
    if not path.exists():
        _write(path, make())
    with np.load(path, allow_pickle=False) as kept:
        return Phantom(
            name=str(kept["name"]),
            images={key.removeprefix("image "): kept[key] for key in kept if key.startswith("image ")},
            labelmap=kept["labelmap"],
            drawn={key.removeprefix("drawn "): kept[key] for key in kept if key.startswith("drawn ")},
            affine=kept["affine"],
        )


def _write(path: Path, made: Phantom) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part.npz")
    images: dict[str, Any] = {f"image {key}": image for key, image in made.images.items()}
    drawn: dict[str, Any] = {f"drawn {key}": labels for key, labels in made.drawn.items()}
    np.savez_compressed(
        beside,
        name=np.array(made.name),
        labelmap=made.labelmap,
        affine=made.affine,
        **images,
        **drawn,
    )
    beside.replace(path)


def _code() -> str:
    """Of what makes phantoms: changed code makes others."""
    modules: Sequence[object] = (anatomy, contrast, phantom, raters, tumours, wmh_phantom)
    found = hashlib.sha256()
    for module in modules:
        found.update(Path(str(module.__file__)).read_bytes())  # type: ignore[attr-defined]
    return found.hexdigest()[:10]
