"""Preflight of a participant's prediction: every problem of a file at once, each with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.numerics.arrays import Labelmap
from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.findings import Finding, has_errors
from backend.numerics.geometry import Grid, GridDifference, GridDifferenceKind, compare_grids, format_shape
from backend.numerics.label_conversion import check_labels
from backend.numerics.labels import LabelScheme, split_unsure
from backend.numerics.volumes import DEFAULT_LIMITS, ReadLimits, Volume, as_labelmap, read_volume

_TOLERANCE_MM = 1e-3


@dataclass(frozen=True, eq=False)
class PredictionCheck:
    """Outcome of a preflight: the labelmap where it can be scored, and all that was found."""

    labelmap: Labelmap | None
    findings: tuple[Finding, ...]

    @property
    def is_valid(self) -> bool:
        return self.labelmap is not None


def check_prediction(
    data: bytes | Path,
    *,
    name: str,
    case_name: str,
    grid: Grid,
    scheme: LabelScheme,
    limits: ReadLimits = DEFAULT_LIMITS,
    sequence_name: str = "image",
    may_be_unsure: bool = False,
) -> PredictionCheck:
    """Check one prediction against its case.

    Args:
        data: the file, or where it lies.
        name: how its owner calls it.
        case_name: the case it predicts.
        grid: the case's.
        scheme: the labels that the phase expects.
        limits: what the file may ask of memory.
        sequence_name: what to resample to, as in "the case's T1c".
        may_be_unsure: whether voxels may carry the bit `labels.UNSURE`, as a rater's do; it stays.
    """
    findings: list[Finding] = []
    try:
        volume = _read(data, name=name, case_name=case_name, limits=limits, findings=findings)
    except VolumeError as error:
        findings.append(Finding(error.code, "error", f"case {case_name}: {error.sentence}"))
        return PredictionCheck(None, tuple(findings))
    findings += [Finding(x.code, "warning", f"case {case_name}: {x.sentence}") for x in volume.header_notes]
    findings += _check_grid(volume, case_name=case_name, grid=grid, sequence_name=sequence_name)
    try:
        labelmap = as_labelmap(volume)
    except VolumeError as error:
        findings.append(Finding(error.code, "error", f"case {case_name}: {error.sentence}"))
        return PredictionCheck(None, tuple(findings))
    labels = _without_marks(labelmap.array, scheme) if may_be_unsure else labelmap.array
    findings += check_label_values(labels, scheme, subject=f"case {case_name}: {name}")
    return PredictionCheck(None if has_errors(findings) else labelmap.array, tuple(findings))


def check_label_values(labels: Labelmap, scheme: LabelScheme, *, subject: str) -> list[Finding]:
    """Check that a labelmap holds only labels of the scheme; sentences begin with `subject`."""
    report = check_labels(labels, scheme)
    if report.unknown:
        expected = ", ".join(f"{label.value} {label.name}" for label in scheme.labels)
        remedy = report.suggestion or "use only those"
        sentence = (
            f"{subject}: holds {_name_labels(report.unknown)}, which {scheme.name} does not have "
            f"(0 background, {expected}); {remedy}"
        )
        return [Finding("unknown_labels", "error", sentence)]
    if not report.found:
        sentence = f"{subject}: no voxel is labelled; every region of this case counts as empty"
        return [Finding("empty_labelmap", "warning", sentence)]
    return []


def _without_marks(labelmap: Labelmap, scheme: LabelScheme) -> Labelmap:
    """The labels alone. Where marks are all there is, 128 is another program's label, and told as such."""
    labels, unsure = split_unsure(labelmap, scheme)
    return labelmap if unsure is not None and not labels.any() else labels


def _read(
    data: bytes | Path, *, name: str, case_name: str, limits: ReadLimits, findings: list[Finding]
) -> Volume:
    """Read the volume; a wrong extension is noted and the file read on, so that all else is seen too."""
    try:
        return read_volume(data, name=name, limits=limits)
    except VolumeError as error:
        if error.code is not VolumeErrorCode.EXTENSION_MISMATCH:
            raise
        findings.append(Finding(error.code, "error", f"case {case_name}: {error.sentence}"))
        return read_volume(data, name=name, limits=limits, check_extension=False)


def _check_grid(volume: Volume, *, case_name: str, grid: Grid, sequence_name: str) -> list[Finding]:
    if not volume.grid.is_invertible:
        sentence = (
            f"case {case_name}: {volume.name}: its affine cannot be inverted; copy the header of the case's "
            f"{sequence_name}"
        )
        return [Finding("affine_not_invertible", "error", sentence)]
    return [
        Finding(
            f"grid_{difference.kind}",
            "error",
            f"case {case_name}: {volume.name}: "
            + _describe_difference(difference, volume=volume, grid=grid, sequence_name=sequence_name),
        )
        for difference in compare_grids(grid, volume.grid, tolerance_mm=_TOLERANCE_MM)
    ]


def _describe_difference(
    difference: GridDifference, *, volume: Volume, grid: Grid, sequence_name: str
) -> str:
    match difference.kind:
        case GridDifferenceKind.SHAPE:
            return (
                f"prediction grid {format_shape(volume.grid.shape)} differs from the case's "
                f"{format_shape(grid.shape)}; resample it to the case's {sequence_name} before you upload"
            )
        case GridDifferenceKind.AFFINE:
            return (
                f"prediction is {difference.sentence} against the case; resample it to the case's "
                f"{sequence_name}, or copy that image's header if the voxels already correspond"
            )
        case GridDifferenceKind.SPACING | GridDifferenceKind.ORIENTATION:
            return (
                f"prediction has {difference.sentence}; resample it to the case's {sequence_name} "
                "before you upload"
            )


def _name_labels(values: tuple[int, ...]) -> str:
    listed = ", ".join(str(value) for value in values[:10]) + (" and more" if len(values) > 10 else "")
    return f"label{'s' if len(values) > 1 else ''} {listed}"
