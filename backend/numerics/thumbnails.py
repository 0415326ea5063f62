"""Small pictures of cases: one axial slice as radiologists look at it, patient's right on the left."""

from __future__ import annotations

import io

import nibabel as nib
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor

from backend.numerics.arrays import Array, Labelmap
from backend.numerics.geometry import Grid
from backend.numerics.labels import BACKGROUND, LabelScheme

Pixels = npt.NDArray[np.uint8]

_WINDOW_PERCENTILES = (1.0, 99.5)
_OVERLAY_OPACITY = 0.55
_UNKNOWN_COLOR = "#ff00ff"


def render_thumbnail(
    volume: Array,
    grid: Grid,
    *,
    labelmap: Labelmap | None = None,
    scheme: LabelScheme | None = None,
    size: int = 160,
) -> bytes:
    """Render the most telling axial slice as a square PNG, to scale in millimetres.

    Args:
        volume: intensities, (X, Y, Z), any orientation.
        grid: the volume's.
        labelmap: laid over in the scheme's colours; then the slice with most labels is shown, else that with
            most foreground.
        scheme: names the colours; labels it lacks are magenta.
        size: edge of the picture in pixels.
    """
    signs, order = _canonical_axes(grid)
    image = _to_canonical(volume, signs, order)
    labels = None if labelmap is None else _to_canonical(labelmap, signs, order)
    level = choose_axial_level(image, labels)
    spacing = np.take(grid.spacing_mm, order) if grid.is_invertible else np.ones(3)
    pixels = np.repeat(_window(_as_picture(image[:, :, level]))[..., np.newaxis], 3, axis=2)
    if labels is not None:
        pixels = _overlay(pixels, _as_picture(labels[:, :, level]), scheme)
    return _encode(
        pixels, width_mm=spacing[0] * image.shape[0], height_mm=spacing[1] * image.shape[1], size=size
    )


def choose_axial_level(image: Array, labels: Labelmap | None = None) -> int:
    """Return the index along the third axis with most labelled voxels, or else with most foreground.

    Ties, as for an empty image, go to the level nearest the middle.
    """
    counts = np.zeros(image.shape[2])
    if labels is not None:
        counts = np.count_nonzero(labels, axis=(0, 1)).astype(float)
    if not counts.any():
        finite = np.nan_to_num(image, nan=0.0, posinf=0.0, neginf=0.0)
        counts = np.count_nonzero(finite > finite[::2, ::2, ::2].mean(), axis=(0, 1)).astype(float)
    best = np.flatnonzero(counts == counts.max())
    return int(best[np.abs(best - (image.shape[2] - 1) / 2).argmin()])


def _canonical_axes(grid: Grid) -> tuple[list[int], list[int]]:
    """Return the signs and the order of array axes that lead to R, A, S; identity where undefined."""
    if not grid.is_invertible:
        return [1, 1, 1], [0, 1, 2]
    orientation = nib.io_orientation(grid.matrix)
    if np.isnan(orientation).any():
        return [1, 1, 1], [0, 1, 2]
    order = [int(np.flatnonzero(orientation[:, 0] == world)[0]) for world in range(3)]
    return [int(orientation[axis, 1]) for axis in order], order


def _to_canonical(array: Array, signs: list[int], order: list[int]) -> Array:
    """View an array with its axes running to the patient's right, front and head."""
    turned = np.transpose(array, order)
    return turned[tuple(slice(None, None, sign) for sign in signs)]


def _as_picture(plane: Array) -> Array:
    """Turn an (R, A) plane into rows and columns: front on top, the patient's right on the left."""
    return plane[::-1, ::-1].T


def _window(plane: Array) -> Pixels:
    """Map intensities between the percentiles of the foreground to 0–255; all black where there is none."""
    values = np.nan_to_num(plane.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    foreground = values[values != 0]
    if not foreground.size:
        return np.zeros(plane.shape, dtype=np.uint8)
    low, high = np.percentile(foreground, _WINDOW_PERCENTILES)
    low = min(float(low), 0.0) if low == high else float(low)
    scaled = np.clip((values - low) / max(float(high) - low, 1e-12), 0, 1)
    pixels: Pixels = np.rint(scaled * 255).astype(np.uint8)
    pixels[values == 0] = 0
    return pixels


def _overlay(pixels: Pixels, labels: Labelmap, scheme: LabelScheme | None) -> Pixels:
    colors = {} if scheme is None else {label.value: label.color for label in scheme.labels}
    blended = pixels.astype(np.float32)
    for value in np.unique(labels):
        if value == BACKGROUND:
            continue
        color = np.array(ImageColor.getrgb(colors.get(int(value), _UNKNOWN_COLOR))[:3], dtype=np.float32)
        where = labels == value
        blended[where] = (1 - _OVERLAY_OPACITY) * blended[where] + _OVERLAY_OPACITY * color
    result: Pixels = np.rint(blended).astype(np.uint8)
    return result


def _encode(pixels: Pixels, *, width_mm: float, height_mm: float, size: int) -> bytes:
    scale = size / max(width_mm, height_mm)
    width, height = (max(1, round(extent * scale)) for extent in (width_mm, height_mm))
    picture = Image.fromarray(np.ascontiguousarray(pixels)).resize((width, height), Image.Resampling.BILINEAR)
    square = Image.new("RGB", (size, size))
    square.paste(picture, ((size - width) // 2, (size - height) // 2))
    buffer = io.BytesIO()
    square.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
