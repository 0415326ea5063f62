"""What preflight found: one problem or remark, of a file, a case or the whole archive."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]

REMEDIES = {
    "unreadable": "Save the volume again as .nii.gz.",
    "truncated": "The file is cut short: save it again and pack the archive anew.",
    "corrupt": "The file is damaged: save it again and pack the archive anew.",
    "damaged": "Pack the archive again, and upload it again.",
    "trailing_data": "Save the volume again as .nii.gz.",
    "size_mismatch": "Save the volume again as .nii.gz.",
    "not_a_volume": "Send the labelmap as a NIfTI volume, .nii.gz.",
    "extension_mismatch": "Rename the file after its content.",
    "unsupported": "Save the volume again as .nii.gz.",
    "too_large": "Send labels as integers on the case's grid.",
    "not_3d": "Send one 3-D labelmap.",
    "bad_geometry": "Copy the header of one of the case's images.",
    "non_integer_labels": "Store integer labels; resample them by nearest neighbour.",
    "affine_not_invertible": "Copy the header of one of the case's images.",
    "grid_shape": "Resample the labels to one of the case's images by nearest neighbour.",
    "grid_spacing": "Resample the labels to one of the case's images by nearest neighbour.",
    "grid_orientation": "Reorient the labels to one of the case's images.",
    "grid_affine": "Resample to one of the case's images, or copy its header if the voxels correspond.",
    "unknown_labels": "Write the labels of this phase's scheme.",
}
# Archives and codes that come later: what mends most of them.
GENERAL_REMEDY = "Pack one .nii.gz per case into a .zip, and upload it again."


@dataclass(frozen=True, slots=True)
class FileFinding:
    """An `error` refuses the submission; the others inform. `file` is None where a whole case is meant,
    `case` where the file belongs to none."""

    file: str | None
    case: str | None
    code: str
    severity: Severity
    sentence: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def remedy_of(code: str, severity: Severity) -> str:
    return REMEDIES.get(code, GENERAL_REMEDY) if severity == "error" else ""


def has_errors(findings: Iterable[FileFinding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
