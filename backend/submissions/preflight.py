"""Preflight: every problem of an archive at once, and the labelmaps of one that has none.

Reads the archive, the cases' grids and the scheme, and never anything of a reference.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from backend.common.archives import Archive, ArchiveError, ArchiveLimits, open_archive
from backend.numerics.geometry import Grid
from backend.numerics.labels import LabelScheme
from backend.numerics.prediction import check_prediction
from backend.numerics.volumes import ReadLimits, voxel_digest, write_labelmap_nifti
from backend.submissions.findings import FileFinding, has_errors, remedy_of
from backend.submissions.matching import match_files

MEBIBYTE = 1 << 20
ARCHIVE_LIMITS = ArchiveLimits(
    max_files=5_000, max_file_bytes=512 * MEBIBYTE, max_total_bytes=16 * 1024 * MEBIBYTE
)
FILE_LIMITS = ReadLimits(max_file_bytes=512 * MEBIBYTE, max_volume_bytes=1024 * MEBIBYTE)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ExpectedCase:
    """A case that the archive must hold a prediction of."""

    id: UUID
    name: str
    grid: Grid


@dataclass(frozen=True, slots=True)
class CheckedPrediction:
    """A prediction without fault: `path` is the labelmap as it will be served, .nii.gz on the case's grid."""

    case_id: UUID
    filename: str
    path: Path
    voxel_digest: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """All that was found; `predictions` is every case's where nothing refuses the archive, else empty."""

    findings: tuple[FileFinding, ...]
    predictions: tuple[CheckedPrediction, ...]

    @property
    def is_accepted(self) -> bool:
        return not has_errors(self.findings)


def check_archive(
    path: Path,
    *,
    archive_name: str,
    cases: Sequence[ExpectedCase],
    scheme: LabelScheme,
    folder: Path,
    progress: Progress,
) -> Preflight:
    """Check every file of the archive at `path`; valid labelmaps are written into `folder`.

    Args:
        progress: told (files checked, files to check) after each file.
    """
    try:
        with open_archive(path, limits=ARCHIVE_LIMITS, name=archive_name) as archive:
            return _check_files(archive, cases=cases, scheme=scheme, folder=folder, progress=progress)
    except ArchiveError as error:
        return Preflight((_of_archive(error, archive_name),), ())


def _check_files(
    archive: Archive, *, cases: Sequence[ExpectedCase], scheme: LabelScheme, folder: Path, progress: Progress
) -> Preflight:
    matching = match_files(archive.names(), [case.name for case in cases])
    findings = list(matching.findings)
    predictions = []
    matched = [case for case in cases if case.name in matching.files]
    progress(0, len(matched))
    for number, case in enumerate(matched, start=1):
        found, prediction = _check_file(
            archive, matching.files[case.name], case=case, scheme=scheme, folder=folder
        )
        findings += found
        if prediction is not None:
            predictions.append(prediction)
        progress(number, len(matched))
    findings.sort(key=lambda finding: finding.severity != "error")  # stable: errors first
    return Preflight(tuple(findings), () if has_errors(findings) else tuple(predictions))


def _check_file(
    archive: Archive, name: str, *, case: ExpectedCase, scheme: LabelScheme, folder: Path
) -> tuple[list[FileFinding], CheckedPrediction | None]:
    try:
        data = archive.read(name)
    except ArchiveError as error:
        sentence = f"case {case.name}: {error.sentence}"
        return [
            FileFinding(name, case.name, error.code, "error", sentence, remedy_of(error.code, "error"))
        ], None
    check = check_prediction(
        data, name=name, case_name=case.name, grid=case.grid, scheme=scheme, limits=FILE_LIMITS
    )
    findings = [
        FileFinding(name, case.name, str(x.code), x.severity, x.sentence, remedy_of(str(x.code), x.severity))
        for x in check.findings
    ]
    if check.labelmap is None:
        return findings, None
    # Case names come from the organizer's archive: no part of a path.
    target = folder / f"{hashlib.sha256(case.name.encode()).hexdigest()}.nii.gz"
    target.write_bytes(write_labelmap_nifti(check.labelmap, grid=case.grid))
    return findings, CheckedPrediction(case.id, name, target, voxel_digest(check.labelmap, case.grid))


def _of_archive(error: ArchiveError, archive_name: str) -> FileFinding:
    return FileFinding(
        archive_name, None, error.code, "error", error.sentence, remedy_of(error.code, "error")
    )
