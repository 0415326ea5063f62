"""Label schemes: what the integers of a labelmap mean, and which of them form a region.

Schemes are data: an organizer defines any. Those of the public challenges are in `SCHEMES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.numerics.arrays import Labelmap, Mask

BACKGROUND = 0
# Set at a voxel of which its rater is unsure; the other bits are its label, background too.
UNSURE = 0x80


@dataclass(frozen=True)
class Label:
    """One integer of a labelmap.

    Args:
        value: above 0.
        name: in words.
        color: #rrggbb.
        tissues: what the label may stand for; the currency in which schemes convert into each other. The
            name itself where none is given.
    """

    value: int
    name: str
    color: str
    tissues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.value <= BACKGROUND:
            raise ValueError(f"label {self.name!r}: value {self.value} must be above 0, the background")
        object.__setattr__(self, "tissues", tuple(self.tissues) or (self.name,))


@dataclass(frozen=True)
class Region:
    """A set of labels that is scored as one: key on the wire, name in words."""

    key: str
    name: str
    labels: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(sorted(self.labels)))
        if not self.labels:
            raise ValueError(f"region {self.key!r} has no labels")


@dataclass(frozen=True)
class LabelScheme:
    """The labels and regions of a dataset; `excluded` labels are left out of every comparison."""

    slug: str
    name: str
    labels: tuple[Label, ...]
    regions: tuple[Region, ...]
    excluded: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for field in ("labels", "regions", "excluded"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        values, keys = self.values, [region.key for region in self.regions]
        if len(set(values)) < len(values) or len(set(keys)) < len(keys):
            raise ValueError(f"scheme {self.slug!r}: label values and region keys must be unique")
        used = {value for region in self.regions for value in region.labels} | set(self.excluded)
        if missing := used - set(values):
            raise ValueError(f"scheme {self.slug!r}: labels {sorted(missing)} are used and not defined")

    @property
    def values(self) -> tuple[int, ...]:
        return tuple(label.value for label in self.labels)

    @property
    def knows_unsure(self) -> bool:
        """Whether its labels leave the bit `UNSURE` free."""
        return all(value < UNSURE for value in self.values)

    def label(self, value: int) -> Label:
        return next(label for label in self.labels if label.value == value)

    def region(self, key: str) -> Region:
        return next(region for region in self.regions if region.key == key)

    def to_json(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": self.name,
            "labels": [
                {"value": x.value, "name": x.name, "color": x.color, "tissues": list(x.tissues)}
                for x in self.labels
            ],
            "regions": [{"key": x.key, "name": x.name, "labels": list(x.labels)} for x in self.regions],
            "excluded": list(self.excluded),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LabelScheme:
        return cls(
            slug=value["slug"],
            name=value["name"],
            labels=tuple(
                Label(x["value"], x["name"], x["color"], tuple(x.get("tissues", ()))) for x in value["labels"]
            ),
            regions=tuple(Region(x["key"], x["name"], tuple(x["labels"])) for x in value["regions"]),
            excluded=tuple(value.get("excluded", ())),
        )


NECROSIS, EDEMA, NON_ENHANCING, ENHANCING = "necrosis", "edema", "non-enhancing", "enhancing"
_CORE_TISSUES = (NECROSIS, NON_ENHANCING)
_COLORS = {NECROSIS: "#d1495b", EDEMA: "#2e9e6b", NON_ENHANCING: "#3d7dd8", ENHANCING: "#edae49"}


def _tumour_scheme(
    slug: str, name: str, labels: Sequence[Label], *, core: Sequence[int], enhancing: int
) -> LabelScheme:
    regions = (
        Region("complete", "Complete tumour", tuple(label.value for label in labels)),
        Region("core", "Tumour core", tuple(core)),
        Region("enhancing", "Enhancing tumour", (enhancing,)),
    )
    return LabelScheme(slug, name, tuple(labels), regions)


def _tissue(value: int, tissue: str) -> Label:
    return Label(value, tissue, _COLORS[tissue])


def _merged(value: int, name: str) -> Label:
    return Label(value, name, _COLORS[NECROSIS], _CORE_TISSUES)


SCHEMES: dict[str, LabelScheme] = {
    scheme.slug: scheme
    for scheme in (
        _tumour_scheme(
            "brats2015",
            "BraTS 2012–2015",
            [_tissue(1, NECROSIS), _tissue(2, EDEMA), _tissue(3, NON_ENHANCING), _tissue(4, ENHANCING)],
            core=(1, 3, 4),
            enhancing=4,
        ),
        _tumour_scheme(
            "brats2017",
            "BraTS 2017–2021",
            [_merged(1, "necrosis + non-enhancing"), _tissue(2, EDEMA), _tissue(4, ENHANCING)],
            core=(1, 4),
            enhancing=4,
        ),
        _tumour_scheme(
            "brats2023",
            "BraTS 2023",
            [_merged(1, "necrosis + non-enhancing"), _tissue(2, EDEMA), _tissue(3, ENHANCING)],
            core=(1, 3),
            enhancing=3,
        ),
        # Task01 renumbers BraTS 2016 and 2017: its "non-enhancing" is all core that does not enhance.
        _tumour_scheme(
            "msd_task01",
            "Medical Segmentation Decathlon, Task01",
            [_tissue(1, EDEMA), _merged(2, "non-enhancing"), _tissue(3, ENHANCING)],
            core=(2, 3),
            enhancing=3,
        ),
        LabelScheme(
            "wmh2017",
            "WMH 2017",
            (Label(1, "lesion", "#edae49"), Label(2, "other pathology", "#8d99ae")),
            (Region("lesion", "White-matter lesions", (1,)),),
            excluded=(2,),
        ),
    )
}


def region_mask(labelmap: Labelmap, region: Region | str, scheme: LabelScheme) -> Mask:
    """Return where the labelmap holds a label of the region; bool, same shape."""
    chosen = scheme.region(region) if isinstance(region, str) else region
    mask: Mask = np.isin(labelmap, chosen.labels)
    return mask


def split_unsure(labelmap: Labelmap, scheme: LabelScheme) -> tuple[Labelmap, Mask | None]:
    """Tell the labels from the voxels of which their rater is unsure.

    Args:
        labelmap: any shape; returned as it is where no voxel is marked.
        scheme: one with labels that use the bit marks nothing.

    Returns:
        The labels alone, and where the rater is unsure; None where nowhere.
    """
    if not scheme.knows_unsure or labelmap.dtype != np.uint8:  # larger values are no marked labels
        return labelmap, None
    marked: Mask = labelmap >= UNSURE
    if not marked.any():
        return labelmap, None
    return labelmap & np.uint8(UNSURE - 1), marked


def drop_unsure(labelmap: Labelmap, scheme: LabelScheme) -> Labelmap:
    """The labels as they leave the platform, and as they are scored."""
    return split_unsure(labelmap, scheme)[0]
