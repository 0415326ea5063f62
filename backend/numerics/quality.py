"""Quality checks of imported cases. Every finding has a code and a sentence that names the file."""

from __future__ import annotations

from collections.abc import Mapping

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError

from backend.numerics.arrays import Array
from backend.numerics.errors import VolumeError
from backend.numerics.findings import Finding, Severity, has_errors
from backend.numerics.geometry import Grid, compare_grids
from backend.numerics.labels import LabelScheme
from backend.numerics.prediction import check_label_values
from backend.numerics.volumes import Volume, as_labelmap

__all__ = [
    "Finding",
    "Severity",
    "check_case",
    "check_image",
    "check_labelmap",
    "check_same_grid",
    "finding_of",
    "has_errors",
]

# Millimetres between voxels of a brain MR; outside it, units or header are suspect.
_PLAUSIBLE_SPACING_MM = (0.1, 20.0)
# Extent along an axis that a head needs.
_PLAUSIBLE_EXTENT_MM = (50.0, 600.0)
_LARGEST_INTENSITY = 1e6
_FEW_VALUES = 8
_FORM_TOLERANCE_MM = 0.1
_TOLERANCE_MM = 1e-3


def finding_of(error: VolumeError) -> Finding:
    """Turn the refusal of a file into the finding that reports it."""
    return Finding(str(error.code), "error", error.sentence)


def check_image(volume: Volume) -> list[Finding]:
    """Check a readable image: header, geometry and intensities.

    Errors are what would make every later number meaningless: no finite or only one value, no usable affine.
    """
    return [*_check_header(volume), *_check_geometry(volume), *_check_intensities(volume)]


def check_labelmap(volume: Volume, scheme: LabelScheme | None = None) -> list[Finding]:
    """Check a readable labelmap: header, geometry, integral values and, given a scheme, its labels."""
    findings = [*_check_header(volume), *_check_geometry(volume)]
    try:
        labels = as_labelmap(volume)
    except VolumeError as error:
        return [*findings, finding_of(error)]
    if scheme is not None:
        findings += check_label_values(labels.array, scheme, subject=volume.name)
    return findings


def check_case(
    images: Mapping[str, Volume],
    reference: Volume | None = None,
    *,
    scheme: LabelScheme | None = None,
    rater_labelmaps: Mapping[str, Volume] | None = None,
) -> list[Finding]:
    """Check all files of one case, each by itself and that they share one grid.

    Args:
        images: by sequence key.
        reference: the labelmap, if the case has one.
        scheme: of the dataset; without it labels are not checked.
        rater_labelmaps: by rater.
    """
    findings = [finding for volume in images.values() for finding in check_image(volume)]
    labelmaps = [] if reference is None else [reference]
    labelmaps += list((rater_labelmaps or {}).values())
    for labelmap in labelmaps:
        findings += check_labelmap(labelmap, scheme)
    volumes = [*images.values(), *labelmaps]
    for volume in volumes[1:]:
        findings += check_same_grid(volume, volumes[0])
    return findings


def check_same_grid(volume: Volume, expected: Volume) -> list[Finding]:
    """Check that a file of a case lies on the grid of its first; silent where an affine is unusable."""
    if not (volume.grid.is_invertible and expected.grid.is_invertible):
        return []
    return [
        Finding(
            f"grid_{difference.kind}",
            "error",
            f"{volume.name}: {difference.sentence}, the grid of {expected.name}; "
            "resample the case's files to one grid before you import them",
        )
        for difference in compare_grids(expected.grid, volume.grid, tolerance_mm=_TOLERANCE_MM)
    ]


def _check_header(volume: Volume) -> list[Finding]:
    findings = [Finding(note.code, "warning", note.sentence) for note in volume.header_notes]
    if volume.texts:
        fields = ", ".join(sorted({text.field for text in volume.texts}))
        sentence = (
            f"{volume.name}: its header holds free text ({fields}) that could identify a patient; "
            "it is kept out of what is served"
        )
        findings.append(Finding("header_text", "warning", sentence))
    return findings


def _check_geometry(volume: Volume) -> list[Finding]:
    grid, name = volume.grid, volume.name
    findings = []
    if not np.isfinite(grid.matrix).all() or min(grid.spacing_mm) <= 0:
        sentence = f"{name}: a voxel size is zero or no number; export it with its true spacing"
        findings.append(Finding("spacing_not_positive", "error", sentence))
    elif not grid.is_invertible:
        sentence = f"{name}: its affine cannot be inverted, two axes run the same way; export it again"
        findings.append(Finding("affine_not_invertible", "error", sentence))
    else:
        findings += _check_plausible_grid(grid, name)
        findings += _check_both_forms(volume)
        sentence = f"{name}: orientation {grid.orientation}"
        findings.append(Finding("orientation", "info", sentence))
    if isinstance(volume.header, nib.Nifti1Header) and (volume.header["pixdim"][1:4] < 0).any():
        sentence = f"{name}: its header states a negative voxel size; the affine is used instead"
        findings.append(Finding("spacing_negative", "warning", sentence))
    return findings


def _check_plausible_grid(grid: Grid, name: str) -> list[Finding]:
    spacing = np.array(grid.spacing_mm)
    extent = spacing * grid.shape
    smallest, largest = _PLAUSIBLE_SPACING_MM
    shortest, longest = _PLAUSIBLE_EXTENT_MM
    if spacing.min() < smallest or spacing.max() > largest:
        sentence = (
            f"{name}: voxels of {spacing.min():.4g} to {spacing.max():.4g} mm are unusual; check the units"
        )
        return [Finding("spacing_implausible", "warning", sentence)]
    if extent.min() < shortest or extent.max() > longest:
        sentence = (
            f"{name}: covers {extent[0]:.0f}×{extent[1]:.0f}×{extent[2]:.0f} mm, unusual for a head; "
            "check that nothing is cut off"
        )
        return [Finding("extent_implausible", "warning", sentence)]
    return []


def _check_both_forms(volume: Volume) -> list[Finding]:
    """Compare qform and sform, which viewers prefer differently; quaternions are coarse, hence 0.1 mm."""
    header = volume.header
    if not isinstance(header, nib.Nifti1Header) or not (header["sform_code"] and header["qform_code"]):
        return []
    try:
        qform = Grid(volume.grid.shape, header.get_qform())
    except (HeaderDataError, ValueError):
        sentence = f"{volume.name}: its qform cannot be decoded; the sform is used"
        return [Finding("qform_unreadable", "warning", sentence)]
    differences = compare_grids(volume.grid, qform, tolerance_mm=_FORM_TOLERANCE_MM)
    return [
        Finding(
            "qform_differs",
            "warning",
            f"{volume.name}: by its qform the volume is {_as_state(difference.sentence)} against its sform, "
            "which is used; other software may show it elsewhere",
        )
        for difference in differences
    ]


def _as_state(sentence: str) -> str:
    return f"different ({sentence})" if "instead of" in sentence else sentence


def _check_intensities(volume: Volume) -> list[Finding]:
    name, array = volume.name, volume.array
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = int(array.size - np.count_nonzero(np.isfinite(array)))
        sentence = f"{name}: {bad} voxels are not finite; replace them before you import it"
        return [Finding("not_finite", "error", sentence)]
    lowest, highest = array.min(), array.max()
    if lowest == highest:
        sentence = f"{name}: every voxel is {lowest}; the image is empty"
        return [Finding("constant", "error", sentence)]
    return _check_plausible_intensities(array, float(lowest), float(highest), name)


def _check_plausible_intensities(array: Array, lowest: float, highest: float, name: str) -> list[Finding]:
    findings = []
    if max(abs(lowest), abs(highest)) > _LARGEST_INTENSITY:
        sentence = f"{name}: intensities from {lowest:.4g} to {highest:.4g} are unusually large"
        findings.append(Finding("intensity_implausible", "warning", sentence))
    if lowest < 0 and -lowest > highest:
        sentence = f"{name}: more negative than positive intensity ({lowest:.4g} to {highest:.4g})"
        findings.append(Finding("intensity_negative", "warning", sentence))
    sample = array[::4, ::4, ::4]
    if len(np.unique(sample)) <= _FEW_VALUES and len(np.unique(array)) <= _FEW_VALUES:
        sentence = f"{name}: has at most {_FEW_VALUES} different values; is it a labelmap sent as an image?"
        findings.append(Finding("looks_like_labels", "warning", sentence))
    return findings
