"""Errors of the numerics.

NumericsError
├── VolumeError          a file is not the volume that was asked for; has a code and a sentence
├── GridMismatch         arrays that must share one grid do not
├── LossyConversion      a labelmap says less than the target scheme asks for
├── UnknownMetric        a metric's name is none of the catalogue's
├── EditError            a record of changed voxels is damaged, or does not fit the labelmap
└── FusionError          the raters' labelmaps cannot be fused by this method
"""

from enum import StrEnum


class NumericsError(Exception):
    """Base of every error of this package."""


class VolumeErrorCode(StrEnum):
    """Why a file was refused; the values are stable and part of the API."""

    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TRAILING_DATA = "trailing_data"
    SIZE_MISMATCH = "size_mismatch"
    NOT_A_VOLUME = "not_a_volume"
    EXTENSION_MISMATCH = "extension_mismatch"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    NOT_3D = "not_3d"
    BAD_GEOMETRY = "bad_geometry"
    NON_INTEGER_LABELS = "non_integer_labels"


class VolumeError(NumericsError):
    """A file that cannot be used: `code` for programs, `sentence` for people."""

    def __init__(self, code: VolumeErrorCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class GridMismatch(NumericsError):
    """Arrays that must lie on one grid differ in shape."""


class LossyConversion(NumericsError):
    """The source scheme does not distinguish what the target scheme asks for."""


class UnknownMetric(NumericsError):
    """No metric has this name."""


class EditError(NumericsError):
    """A record of changed voxels is damaged, or was made of another state of the labelmap."""


class FusionError(NumericsError):
    """Nothing to fuse, an unknown method, or a scheme that the method cannot handle."""
