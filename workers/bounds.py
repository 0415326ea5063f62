"""How large the model may be that a config describes. Standard library only.

Whoever reads a config checks it here, the web process too, and before anything is built: a width of a
thousand million would otherwise be asked of the memory first. What the settings together amount to,
`workers.zoo.build` counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MOST_SEQUENCES = 16
MOST_STAGES = 8
LARGEST_LABEL = 255  # a labelmap has a byte for each voxel
SPACING_MM = (0.1, 50.0)
_SHOWN = 60


class Bound(Protocol):
    """What one setting may be; `needs` ends the sentence "give unet3d …"."""

    @property
    def needs(self) -> str: ...

    def fits(self, value: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Whole:
    least: int
    most: int

    @property
    def needs(self) -> str:
        return f"an integer from {self.least} to {self.most}"

    def fits(self, value: object) -> bool:
        return type(value) is int and self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class Wholes:
    """`fewest` to `most` integers, each of which fits `each`; or null, where that may be."""

    fewest: int
    most: int
    each: Whole
    or_null: bool = False

    @property
    def needs(self) -> str:
        count = str(self.most) if self.fewest == self.most else f"{self.fewest} to {self.most}"
        null = ", or null" if self.or_null else ""
        return f"{count} integers from {self.each.least} to {self.each.most}{null}"

    def fits(self, value: object) -> bool:
        if value is None:
            return self.or_null
        if not isinstance(value, list | tuple) or not self.fewest <= len(value) <= self.most:
            return False
        return all(self.each.fits(item) for item in value)


@dataclass(frozen=True, slots=True)
class Share:
    needs = "a number from 0 to less than 1"

    def fits(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1


@dataclass(frozen=True, slots=True)
class OneOf:
    choices: tuple[str, ...]

    @property
    def needs(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and value in self.choices


@dataclass(frozen=True, slots=True)
class Flag:
    needs = "true or false"

    def fits(self, value: object) -> bool:
        return isinstance(value, bool)


_LEVELS, _CHANNELS = 8, Whole(1, 1024)

# By architecture; the empty name is that of an ONNX file, which brings its own.
SETTINGS: Mapping[str, Mapping[str, Bound]] = {
    "": {
        "dimensions": Whole(2, 3),
        "stride": Whole(1, 64),
        "window": Wholes(3, 3, Whole(1, 1024), or_null=True),
    },
    "two_path_cnn": {"dropout": Share()},
    "input_cascade_cnn": {"dropout": Share()},
    "pereira": {"grade": OneOf(("high", "low")), "borders": OneOf(("image", "zeros"))},
    "deepmedic": {"widths": Wholes(1, 16, _CHANNELS), "joined": _CHANNELS, "dropout": Share()},
    "hemis": {"width": _CHANNELS, "joined": _CHANNELS, "output_size": Whole(1, 41)},
    "ghafoorian": {
        "location": Flag(),
        "scales": Wholes(1, 4, Whole(1, 8)),
        "maps": Wholes(4, 4, _CHANNELS),
        "joined": _CHANNELS,
        "hidden": _CHANNELS,
        "dropout": Share(),
    },
    "brosch": {"width": _CHANNELS, "first": Whole(1, 33), "second": Whole(1, 32)},
    "segnet": {"widths": Wholes(1, _LEVELS, _CHANNELS), "convolutions": Wholes(1, _LEVELS, Whole(1, 8))},
    "unet3d": {
        "widths": Wholes(2, _LEVELS, _CHANNELS),
        "blocks": Wholes(2, _LEVELS, Whole(1, 16)),
        "residual": Flag(),
    },
}


def fault_of_settings(architecture: str, settings: Mapping[str, Any]) -> str:
    """What is wrong with them, and what to give instead; empty where nothing is.

    An architecture that there is not is said to be none where it is to be built.
    """
    bounds = SETTINGS.get(architecture)
    if bounds is None:
        return ""
    owner = architecture or "an ONNX model"
    if unknown := sorted(set(settings) - set(bounds)):
        return f"settings: {', '.join(unknown)[:_SHOWN]}: {owner} has {', '.join(bounds)}"
    for name, value in settings.items():
        if not bounds[name].fits(value):
            return f"settings.{name}: {_shown(value)}: give {owner} {bounds[name].needs}"
    return ""


def fault_of_sizes(
    *, sequences: Sequence[str], labels: Sequence[int], stages: int, spacing_mm: Sequence[float] | None
) -> str:
    """The same of a config's other fields."""
    if len(sequences) > MOST_SEQUENCES:
        return f"sequences: these are {len(sequences)}; name {MOST_SEQUENCES} at most"
    if strange := next((label for label in labels if not 0 <= label <= LARGEST_LABEL), None):
        return f"labels: {_shown(strange)}: give integers from 0 to {LARGEST_LABEL}"
    if stages > MOST_STAGES:
        return f"stages: these are {stages}; give {MOST_STAGES} at most"
    least, most = SPACING_MM
    if spacing_mm is not None and not all(least <= size <= most for size in spacing_mm):
        return f"spacing_mm: {_shown(list(spacing_mm))}: give millimetres from {least:g} to {most:g}, or null"
    return ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
