"""The demo's files: cases, what raters draw of them, what methods predict.

Everything follows from the seed; the platform sees only the files, as it would see those of people.
"""

import gzip
import io
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

import nibabel as nib
import numpy as np

from backend.demo.classifiers import make_training_cases
from backend.demo.contrast import Image
from backend.demo.fields import Labels
from backend.demo.participants import TRAINING_SEED, Participant, make_participants
from backend.demo.phantom import DEMO_SEED, PhantomCase, make_case
from backend.demo.raters import simulate_raters
from backend.numerics.geometry import Grid
from backend.numerics.nifti_writing import write_labelmap_nifti


@dataclass(frozen=True)
class CaseMaterial:
    """One case's files: images by sequence, and each rater's labelmap, as .nii.gz bytes."""

    phantom: PhantomCase
    images: dict[str, bytes]
    drawn: dict[str, bytes]


@dataclass(frozen=True)
class Entry:
    """A team's archive: one labelmap per case, in a zip."""

    method: str
    description: str
    archive: bytes


def make_material(index: int, *, tiny: bool) -> CaseMaterial:
    """The files of case `index`, counted from 0."""
    phantom = make_case(index, seed=DEMO_SEED, tiny=tiny)
    drawn = simulate_raters(phantom.labelmap, seed=DEMO_SEED, index=index, spacing_mm=phantom.spacing_mm)
    return CaseMaterial(
        phantom=phantom,
        images={name: image_bytes(image, phantom) for name, image in phantom.images.items()},
        drawn={name: labelmap_bytes(labels, phantom) for name, labels in drawn.items()},
    )


def train_participants(*, tiny: bool) -> tuple[Participant, ...]:
    """The five methods, those that learn trained on phantoms of another seed."""
    return make_participants(make_training_cases(seed=TRAINING_SEED, tiny=tiny))


def make_entry(participant: Participant, phantoms: Sequence[PhantomCase]) -> Entry:
    """What this method predicts of every case, from the images alone."""
    files = {
        f"{case.name}.nii.gz": labelmap_bytes(participant.predict(case.images, case.spacing_mm), case)
        for case in phantoms
    }
    return Entry(participant.name, participant.description, zip_bytes(files))


def labelmap_bytes(labels: Labels, case: PhantomCase) -> bytes:
    return write_labelmap_nifti(labels.astype(np.uint8), grid=Grid(labels.shape, case.affine))


def image_bytes(image: Image, case: PhantomCase) -> bytes:
    nifti = nib.Nifti1Image(image, case.affine)
    nifti.header.set_xyzt_units("mm")
    nifti.set_qform(case.affine, code=1)
    nifti.set_sform(case.affine, code=1)
    return gzip.compress(nifti.to_bytes(), compresslevel=4, mtime=0)


def dataset_archive(materials: Sequence[CaseMaterial]) -> bytes:
    """The images alone, in the layout of BraTS 2017."""
    return zip_bytes(
        {
            f"{case.phantom.name}/{case.phantom.name}_{sequence}.nii.gz": data
            for case in materials
            for sequence, data in case.images.items()
        }
    )


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip whose members are stored: they are compressed already."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """Fresh processes: a forked one would share our database connections."""
    with ProcessPoolExecutor(
        max_workers=max(1, min(8, os.cpu_count() or 1)), mp_context=get_context("spawn")
    ) as pool:
        yield pool
