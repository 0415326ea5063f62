"""What labels a labelmap holds, and how one scheme's numbers become another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.numerics.arrays import Labelmap, narrow_labels, unique_labels
from backend.numerics.errors import LossyConversion
from backend.numerics.labels import BACKGROUND, SCHEMES, Label, LabelScheme


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
