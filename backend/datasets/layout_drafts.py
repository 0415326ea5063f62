"""What the rules of a layout fill in while they read paths: cases, and why files are left aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

SEQUENCE_SYNONYMS = {
    "flair": ("flair", "t2f", "t2flair", "t2wflair"),
    "t1": ("t1", "t1w", "t1n", "t1native"),
    "t1c": ("t1c", "t1ce", "t1gd", "t1post", "t1wgd", "t1wce", "t1contrast", "cet1", "t1km"),
    "t2": ("t2", "t2w"),
}
_SEQUENCE_OF = {name: key for key, names in SEQUENCE_SYNONYMS.items() for name in names}


class Ignored(NamedTuple):
    path: str
    reason: str


@dataclass(frozen=True)
class RecognisedCase:
    """One case as the paths show it.

    Args:
        name: unique within the dataset.
        images: {sequence key: path}; keys are flair, t1, t1c, t2, or another sequence's own name.
        reference: path of the labelmap, or None.
        rater_labelmaps: {rater: path}.
        channels: {sequence key: index along the fourth axis}; empty where every image is 3-D.
    """

    name: str
    images: Mapping[str, str]
    reference: str | None = None
    rater_labelmaps: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)


def sequence_key(name: str) -> str | None:
    """Return the key of a sequence by any of its usual names (T1ce, t1gd, T2-FLAIR), or None."""
    return _SEQUENCE_OF.get(re.sub(r"[^a-z0-9]", "", name.lower()))


@dataclass
class CaseDraft:
    name: str
    parent: str
    images: dict[str, str] = field(default_factory=dict)
    reference: str | None = None
    raters: dict[str, str] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)


@dataclass
class Draft:
    """What one rule makes of the files; cases keyed by folder, as names may repeat in two grades."""

    drafts: dict[str, CaseDraft] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    ignored: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.used)

    def case(self, key: str, name: str) -> CaseDraft:
        return self.drafts.setdefault(key, CaseDraft(name, PurePosixPath(key).parent.name))

    def add_image(self, case: CaseDraft, sequence: str, path: str) -> None:
        if sequence in case.images:
            self.ignored[path] = f"a second {sequence} of case {case.name}"
            return
        case.images[sequence] = path
        self.used.add(path)

    def add_named_sequence(self, case: CaseDraft, name: str, path: str) -> None:
        """Add an image by any usual name of its sequence; others are ignored with a reason."""
        sequence = sequence_key(name)
        if sequence is None:
            known = ", ".join(SEQUENCE_SYNONYMS)
            self.ignored[path] = f"unknown sequence {name} (known are {known})"
        else:
            self.add_image(case, sequence, path)

    def add_reference(self, case: CaseDraft, path: str) -> None:
        if case.reference is not None:
            self.ignored[path] = f"a second reference of case {case.name}"
            return
        case.reference = path
        self.used.add(path)

    def add_rater(self, case: CaseDraft, rater: str, path: str) -> None:
        if rater in case.raters:
            self.ignored[path] = f"a second labelmap of {rater} for case {case.name}"
            return
        case.raters[rater] = path
        self.used.add(path)

    def ask(self, question: str) -> None:
        if question not in self.questions:
            self.questions.append(question)

    def cases(self) -> tuple[RecognisedCase, ...]:
        names = Counter(draft.name for draft in self.drafts.values())
        cases = [
            RecognisedCase(
                name=draft.name if names[draft.name] == 1 else f"{draft.parent}-{draft.name}",
                images=draft.images,
                reference=draft.reference,
                rater_labelmaps=draft.raters,
                channels=draft.channels,
            )
            for draft in self.drafts.values()
            if draft.images or draft.reference or draft.raters
        ]
        return tuple(sorted(cases, key=lambda case: case.name))
