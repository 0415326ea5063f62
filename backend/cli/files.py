"""Files and folders of labelmaps: read, checked against each other, paired by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib

from backend.numerics.arrays import Labelmap
from backend.numerics.findings import has_errors
from backend.numerics.geometry import compare_grids
from backend.numerics.labels import LabelScheme
from backend.numerics.packed_reading import PackedVolume, read_packed
from backend.numerics.prediction import check_label_values
from backend.numerics.volumes import FileFormat, Volume, read_labelmap, volume_extension, write_labelmap_nifti

_SHOWN = 5


class Refused(Exception):
    """Input that cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class Pair:
    """The two files of one case."""

    case: str
    reference: Path
    prediction: Path


def case_name(path: Path) -> str:
    """The file's name without its volume extension."""
    return path.name[: -len(volume_extension(path.name) or "")] or path.name


def read_on_one_grid(paths: Sequence[Path], scheme: LabelScheme) -> list[Volume]:
    """Read labelmaps of one case.

    Raises:
        Refused: a file is absent, holds labels that the scheme does not have, or lies on another grid than
            the first.
        VolumeError: a file is no labelmap.
    """
    volumes = [_read(path, scheme) for path in paths]
    for volume in volumes[1:]:
        require_one_grid(volumes[0], volume)
    return volumes


def read_for_scoring(path: Path, scheme: LabelScheme) -> PackedVolume:
    """Read one labelmap as scoring needs it.

    Raises:
        Refused: the file is absent, or holds labels that the scheme does not have.
        VolumeError: it is no labelmap.
    """
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    volume = read_packed(path, scheme=scheme, name=str(path))
    if volume.labels.has_strangers or not volume.grid.is_invertible:
        _read(path, scheme)  # says what is wrong
    return volume


def require_one_grid(first: Volume | PackedVolume, other: Volume | PackedVolume) -> None:
    """Raises Refused: the two do not lie on one grid."""
    if differences := compare_grids(first.grid, other.grid):
        found = " and ".join(difference.sentence for difference in differences)
        raise Refused(
            f"{other.name}: {found}, the grid of {first.name}; resample it to that grid by nearest neighbour"
        )


def write_labelmap(path: Path, labelmap: Labelmap, *, like: Volume) -> None:
    """Write a labelmap as .nii.gz on the grid of `like`.

    Raises:
        Refused: another extension is asked for, or the folder is absent.
    """
    check_output(path)
    template = like if isinstance(like.header, nib.Nifti1Header) else None
    path.write_bytes(write_labelmap_nifti(labelmap, grid=like.grid, like=template))


def check_output(path: Path) -> None:
    """Raises Refused: the file cannot be written as asked; to be known before hours of work."""
    if volume_extension(path.name) is not FileFormat.NIFTI_GZ:
        raise Refused(f"{path}: labelmaps are written as .nii.gz; name the output so")
    if not path.parent.is_dir():
        raise Refused(f"{path}: the folder {path.parent} does not exist; make it first")


def pair_cases(reference: Path, prediction: Path) -> list[Pair]:
    """Pair two files, or the files of two folders by case name.

    Raises:
        Refused: one is a file and the other a folder, there is no reference, two files are of one case, or a
            case lacks its prediction or its reference.
    """
    for path in (reference, prediction):
        if not path.exists():
            raise Refused(f"{path}: there is no such file or folder")
    if reference.is_dir() != prediction.is_dir():
        raise Refused(
            f"{reference} and {prediction}: one is a folder and the other a file; give two of a kind"
        )
    if not reference.is_dir():
        return [Pair(case_name(reference), reference, prediction)]
    references, predictions = _by_case(reference), _by_case(prediction)
    if not references:
        raise Refused(f"{reference}: holds no .nii, .nii.gz, .mha or .nrrd file")
    if missing := [case for case in references if case not in predictions]:
        named = ", ".join(missing[:_SHOWN]) + (" and more" if len(missing) > _SHOWN else "")
        raise Refused(
            f"{prediction}: has no prediction for {len(missing)} of {len(references)} cases ({named}); "
            f"name each file after its case, such as {references[missing[0]].name}"
        )
    if unknown := [case for case in predictions if case not in references]:
        named = ", ".join(unknown[:_SHOWN]) + (" and more" if len(unknown) > _SHOWN else "")
        raise Refused(
            f"{prediction}: {len(unknown)} predictions are of no case of {reference} ({named}); "
            "take them out, or name them after their case"
        )
    return [Pair(case, path, predictions[case]) for case, path in references.items()]


def _by_case(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or volume_extension(path.name) is None or not path.is_file():
            continue
        if twin := found.get(case_name(path)):
            raise Refused(f"{folder}: {twin.name} and {path.name} are of one case; keep one of them")
        found[case_name(path)] = path
    return found


def _read(path: Path, scheme: LabelScheme) -> Volume:
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    volume = read_labelmap(path, name=str(path))
    if not volume.grid.is_invertible:
        raise Refused(f"{path}: its affine cannot be inverted; copy the header of the case's image")
    findings = check_label_values(volume.array, scheme, subject=str(path))
    if has_errors(findings):
        raise Refused("; ".join(finding.sentence for finding in findings))
    return volume
