"""Small pictures of cases: one axial slice as radiologists look at it, patient's right on the left."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageColor

from backend.numerics.arrays import Array, Labelmap
from backend.numerics.geometry import Grid
from backend.numerics.labels import BACKGROUND, LabelScheme
from backend.numerics.slices import (
    Pixels,
    as_picture,
    canonical_axes,
    choose_axial_level,
    to_canonical,
    window,
)

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
    signs, order = canonical_axes(grid)
    image = to_canonical(volume, signs, order)
    labels = None if labelmap is None else to_canonical(labelmap, signs, order)
    level = choose_axial_level(image, labels)
    spacing = np.take(grid.spacing_mm, order) if grid.is_invertible else np.ones(3)
    pixels = np.repeat(window(as_picture(image[:, :, level]))[..., np.newaxis], 3, axis=2)
    if labels is not None:
        pixels = _overlay(pixels, as_picture(labels[:, :, level]), scheme)
    return _encode(
        pixels, width_mm=spacing[0] * image.shape[0], height_mm=spacing[1] * image.shape[1], size=size
    )


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
