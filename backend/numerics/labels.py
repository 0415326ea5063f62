"""Label schemes: what the integers of a labelmap mean, and which of them form a region.

Schemes are data: an organizer defines any. Those of the public challenges are in `SCHEMES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.numerics.arrays import Labelmap, Mask, narrow_labels, unique_labels
from backend.numerics.errors import LossyConversion

BACKGROUND = 0


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


@dataclass(frozen=True)
class LabelReport:
    """What labels a labelmap holds, background aside.

    Args:
        found: every label present.
        unknown: those that the scheme does not have.
        suggestion: where another known scheme explains the unknown ones: which, and what to change.
    """

    found: tuple[int, ...]
    unknown: tuple[int, ...]
    suggestion: str | None = None


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


def check_labels(labelmap: Labelmap, scheme: LabelScheme) -> LabelReport:
    """Compare the labels present with those of the scheme, and recognise another scheme's numbering."""
    found = tuple(value for value in unique_labels(labelmap) if value != BACKGROUND)
    unknown = tuple(value for value in found if value not in scheme.values)
    return LabelReport(found, unknown, _suggest(found, scheme) if unknown else None)


def convert_labels(labelmap: Labelmap, source: LabelScheme, target: LabelScheme) -> Labelmap:
    """Rewrite a labelmap of one scheme in another's numbers.

    Only labels that are present need a counterpart.

    Raises:
        LossyConversion: a label present stands for tissues that no single target label covers, or is not the
            source's at all.
    """
    found = [value for value in unique_labels(labelmap) if value != BACKGROUND]
    mapping = label_mapping(source, target)
    for value in found:
        if value not in source.values:
            raise LossyConversion(f"label {value} is not a label of {source.name}")
        if value not in mapping:
            raise LossyConversion(_explain_loss(source.label(value), source, target))
    if not found:
        return labelmap
    converted = np.zeros(labelmap.shape, dtype=np.int32, order="F" if labelmap.flags.f_contiguous else "C")
    for value in found:
        converted[labelmap == value] = mapping[value]
    return narrow_labels(converted)


def label_mapping(source: LabelScheme, target: LabelScheme) -> dict[int, int]:
    """Return which source label becomes which target label; those without a counterpart are absent."""
    mapping = {}
    for label in source.labels:
        for candidate in target.labels:
            if set(label.tissues) <= set(candidate.tissues):
                mapping[label.value] = candidate.value
                break
    return mapping


def _explain_loss(label: Label, source: LabelScheme, target: LabelScheme) -> str:
    counterparts = [x for x in target.labels if set(x.tissues) & set(label.tissues)]
    meaning = f"label {label.value} ({label.name}) of {source.name}"
    if not counterparts:
        return f"{meaning} has no counterpart in {target.name}"
    names = " and ".join(f"{x.value} ({x.name})" for x in counterparts)
    return f"{meaning} cannot be told apart into {names} of {target.name}"


def _suggest(found: tuple[int, ...], scheme: LabelScheme) -> str | None:
    """Name the known schemes that fit the labels found most tightly, and how to convert from each."""
    fitting = [
        candidate
        for candidate in SCHEMES.values()
        if set(found) <= set(candidate.values) and candidate.values != scheme.values
    ]
    if not fitting:
        return None
    tightest = min(len(candidate.values) for candidate in fitting)
    advice = [_advise(found, candidate, scheme) for candidate in fitting if len(candidate.values) == tightest]
    return "; or, ".join(advice)


def _advise(found: tuple[int, ...], source: LabelScheme, target: LabelScheme) -> str:
    mapping = label_mapping(source, target)
    lead = f"labels {_list(found)} look like {source.name}"
    if lost := [value for value in found if value not in mapping]:
        return f"{lead}, of which {_explain_loss(source.label(lost[0]), source, target)}"
    changes = [
        f"{value} ({source.label(value).name}) to {mapping[value]}"
        for value in found
        if mapping[value] != value
    ]
    return f"{lead}: change " + _join_words(changes) if changes else lead


def _list(values: Sequence[int]) -> str:
    return " ".join(str(value) for value in values)


def _join_words(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
