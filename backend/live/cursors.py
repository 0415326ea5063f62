"""Where somebody in a room points, and what their unfinished stroke covers: shown to others, never stored."""

import math
from dataclasses import dataclass, fields
from typing import Literal, get_args

Voxel = tuple[float, float, float]
Plane = Literal["axial", "coronal", "sagittal"]

MOST_TRAIL = 64
MOST_TOOL_CHARACTERS = 40
MOST_RADIUS_MM = 1000
MOST_INDEX = 1 << 16


class BadCursor(ValueError):
    """It is no cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """
    Args:
        voxel: place in indices of the case's grid, whole at the voxels' centres.
        plane: of the pane that the pointer is in.
        radius_mm: of the brush, 0 where the tool has none.
        label: what it paints, None where the tool paints none.
        drawing: whether a stroke is being drawn.
        trail: the stroke so far or its latest part, at most 64 places.
    """

    voxel: Voxel
    plane: Plane
    radius_mm: float
    label: int | None
    tool: str
    drawing: bool
    trail: tuple[Voxel, ...]


def parse_cursor(content: object) -> Cursor:
    """
    Raises:
        BadCursor: a part is missing or not what it should be; the sentence names it.
    """
    if not isinstance(content, dict) or set(content) != {field.name for field in fields(Cursor)}:
        raise BadCursor(f"a cursor has exactly {', '.join(field.name for field in fields(Cursor))}")
    trail, label = content["trail"], content["label"]
    if not isinstance(trail, list) or len(trail) > MOST_TRAIL:
        raise BadCursor(f"trail is a list of at most {MOST_TRAIL} places")
    if content["plane"] not in get_args(Plane):
        raise BadCursor(f"plane is one of {', '.join(get_args(Plane))}")
    if label is not None and not (isinstance(label, int) and 0 <= label <= 255):
        raise BadCursor("label is null or a whole number up to 255")
    if not isinstance(content["tool"], str) or len(content["tool"]) > MOST_TOOL_CHARACTERS:
        raise BadCursor(f"tool is a text of at most {MOST_TOOL_CHARACTERS} characters")
    if not isinstance(content["drawing"], bool):
        raise BadCursor("drawing is true or false")
    return Cursor(
        voxel=_voxel(content["voxel"]),
        plane=content["plane"],
        radius_mm=_number(content["radius_mm"], "radius_mm", 0, MOST_RADIUS_MM),
        label=label,
        tool=content["tool"],
        drawing=content["drawing"],
        trail=tuple(_voxel(place) for place in trail),
    )


def _voxel(content: object) -> Voxel:
    if not isinstance(content, list) or len(content) != 3:
        raise BadCursor("a place is three voxel indices")
    x, y, z = (_number(index, "a voxel index", -MOST_INDEX, MOST_INDEX) for index in content)
    return x, y, z


def _number(content: object, name: str, least: float, most: float) -> float:
    # True is an int, and JSON of Python knows NaN.
    if isinstance(content, bool) or not isinstance(content, int | float) or not math.isfinite(content):
        raise BadCursor(f"{name} is a number")
    if not least <= content <= most:
        raise BadCursor(f"{name} is between {least} and {most}")
    return content
