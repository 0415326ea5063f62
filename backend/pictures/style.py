"""Colours, which are those of the pages, and names cut to fit."""

from __future__ import annotations

import unicodedata

# As --region-1 ... 5, --human and the greys of frontend/src/theme.ts, on paper.
REGION_COLORS = ("#bd8200", "#cb4823", "#7444c2", "#1f8560", "#b03a74")
_NAMED = {"complete": 0, "core": 1, "enhancing": 2}
HUMAN = "#4d5a60"
INK = "#172024"
DIMMED = "#5a6468"
HAIRLINE = "#e3e2dc"
SUNKEN = "#f2f1ed"
PAPER = "#ffffff"
ACCENT = "#0b6478"
ACCENT_SCALE = ("#f4f9fa", "#d0e7ed", "#77bbcb", "#147c92", "#083f4d")
BETTER = "#2f95ab"
WORSE = "#e9c9b4"

# On grey images, apart for every kind of colour vision: Okabe and Ito 2008.
MISSED = "#56b4e9"
ADDED = "#e69f00"
REFERENCE_OUTLINE = "#ffffff"
PREDICTION_OUTLINE = "#ff8ad4"

ELLIPSIS = "…"


def region_color(key: str, position: int) -> str:
    """The colour of a region as the pages choose it: by key, or by position from 0."""
    return REGION_COLORS[_NAMED.get(key, position % len(REGION_COLORS))]


def short(name: str, length: int = 28) -> str:
    """The name on one line, without what XML cannot hold, cut to `length`; "unnamed" if nothing is left."""
    clean = "".join(
        " " if unicodedata.category(x) in ("Cc", "Cs", "Zl", "Zp") or x in "\ufffe\uffff" else x for x in name
    )
    words = " ".join(clean.split())
    if len(words) > length:
        return words[: length - 1].rstrip() + ELLIPSIS
    return words or "unnamed"
