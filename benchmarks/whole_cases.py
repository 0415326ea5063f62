"""A whole case, from two .nii.gz to all metrics, against the time that inflating the two takes anyway."""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
from isal import isal_zlib
from zlib_ng import zlib_ng

from backend.numerics.arrays import Array
from backend.numerics.metrics import Score, pack_reference, score_case
from backend.numerics.packed_reading import read_packed
from backend.numerics.volumes import read_labelmap
from benchmarks.measuring import Comparison, Disagreement, Run, Subject, Target, time_once
from benchmarks.regions import SCHEME

_GZIP = 31  # wbits of a gzip stream
Inflate = Callable[[bytes], bytes]
INFLATERS: dict[str, Inflate] = {
    "isal": lambda data: isal_zlib.decompress(data, _GZIP),
    "zlib-ng": lambda data: zlib_ng.decompress(data, _GZIP),
    "zlib": lambda data: zlib.decompress(data, _GZIP),
}


def comparisons() -> list[Comparison]:
    make = partial(Comparison, part="case", ours=score_files, check=_require_voxels, is_floor=True)
    return [
        make(
            peer="fastest inflate-and-read",
            what="two .nii.gz → all metrics × 3 regions, against inflating both by the fastest of "
            "isal, zlib-ng, zlib",
            theirs=inflate_by_the_fastest,
            target=Target(at_most=2.5),
            subjects=6,
            rounds=9,
        ),
        *(
            make(
                peer=f"inflate by {name}",
                what="two .nii.gz → all metrics × 3 regions, against inflating both",
                theirs=partial(inflate_files, inflate),
            )
            for name, inflate in INFLATERS.items()
        ),
        make(
            peer="read by nibabel",
            what="two .nii.gz → all metrics × 3 regions, against reading both with nibabel",
            theirs=read_by_nibabel,
        ),
        make(
            peer="read by ours",
            what="two .nii.gz → all metrics × 3 regions, against reading both with our checks",
            theirs=read_by_ours,
        ),
    ]


def score_files(subject: Subject) -> Run:
    def run() -> list[Score]:
        reference, prediction = (read_packed(path, scheme=SCHEME, name=path.name) for path in subject.files)
        spacing_mm = reference.grid.spacing_mm
        packed = pack_reference(reference.labels, SCHEME, spacing_mm)
        return score_case(packed, prediction.labels, SCHEME, spacing_mm)

    return run


def inflate_by_the_fastest(subject: Subject) -> Run:
    runs = [inflate_files(inflate, subject) for inflate in INFLATERS.values()]
    return min(runs, key=lambda run: statistics.median(time_once(run).seconds for _ in range(5)))


def inflate_files(inflate: Inflate, subject: Subject) -> Run:
    def read(path: Path) -> Array:
        content = inflate(path.read_bytes())
        header = nib.Nifti1Header(content[:348], check=False)
        dtype, shape = header.get_data_dtype(), header.get_data_shape()
        return np.frombuffer(content, dtype, int(np.prod(shape)), int(header["vox_offset"]))

    return lambda: [read(path).size for path in subject.files]


def read_by_nibabel(subject: Subject) -> Run:
    return lambda: [np.asanyarray(nib.Nifti1Image.from_filename(path).dataobj).size for path in subject.files]


def read_by_ours(subject: Subject) -> Run:
    return lambda: [read_labelmap(path, name=path.name).array.size for path in subject.files]


def _require_voxels(scores: list[Score], sizes: list[int]) -> None:
    if len(set(sizes)) != 1 or not scores:
        raise Disagreement(f"the two files hold {sizes} voxels, and gave {len(scores)} scores")
