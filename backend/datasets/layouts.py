"""Recognising how a dataset is laid out, from the paths of its files alone.

Nothing is read but `dataset.json`, where two layouts keep the order of their channels.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from backend.datasets.layout_drafts import (
    SEQUENCE_SYNONYMS,
    Draft,
    Ignored,
    RecognisedCase,
    sequence_key,
)

__all__ = [
    "LAYOUTS",
    "SEQUENCE_SYNONYMS",
    "UNRECOGNISED",
    "Ignored",
    "Recognised",
    "RecognisedCase",
    "recognise",
    "sequence_key",
]

ReadText = Callable[[str], str]

UNRECOGNISED = "unrecognised"
VOLUME = r"\.(?:nii\.gz|nii|mha|nrrd)"
_VOLUME_NAME = re.compile(rf"{VOLUME}$", re.IGNORECASE)
_SYSTEM_FILE = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)")
_RATER_NAME = re.compile(r"(?:rater|reader|expert|annotator|observer)[-_]?\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Recognised:
    """What was recognised, what was left aside and why, and what only a person can answer."""

    layout: str
    cases: tuple[RecognisedCase, ...]
    ignored: tuple[Ignored, ...]
    questions: tuple[str, ...] = ()

    @property
    def sequences(self) -> tuple[str, ...]:
        """All sequence keys that occur, the usual four first."""
        found = {key for case in self.cases for key in case.images}
        usual = [key for key in SEQUENCE_SYNONYMS if key in found]
        return (*usual, *sorted(found - set(usual)))

    def missing_sequences(self) -> dict[str, tuple[str, ...]]:
        """{case name: sequences that other cases have and it lacks}, complete cases left out."""
        missing = {
            case.name: tuple(key for key in self.sequences if key not in case.images)
            for case in self.cases
            if case.images
        }
        return {name: keys for name, keys in missing.items() if keys}


def recognise(paths: Sequence[str], *, read_text: ReadText | None = None) -> Recognised:
    """Recognise the layout that explains most of the files.

    Args:
        paths: of all files, with forward slashes, relative to the folder or archive.
        read_text: returns a file's text; needed for the two layouts that have a `dataset.json`.

    Returns:
        Cases in order of name. Every path is part of a case or ignored with a reason, but for `dataset.json`.
        The layout is `unrecognised`, without cases, where no rule fits.
    """
    volumes, ignored = [], []
    for path in sorted(set(paths)):
        if _SYSTEM_FILE.search(path):
            ignored.append(Ignored(path, "a file of the operating system"))
        elif _VOLUME_NAME.search(path):
            volumes.append(path)
        elif PurePosixPath(path).name != "dataset.json":
            ignored.append(Ignored(path, "not an image"))
    descriptions = _read_descriptions(paths, read_text)
    drafts = {layout: rule(volumes, descriptions) for layout, rule in LAYOUTS.items()}
    # Folders of raters look like almost anything, so that rule speaks only where no other does.
    layout = max(
        drafts, key=lambda layout: (layout != "raters" and drafts[layout].count > 0, drafts[layout].count)
    )
    best = drafts[layout]
    if not best.count:
        return _unrecognised(volumes, ignored, paths)
    unused = [path for path in volumes if path not in best.used and path not in best.ignored]
    ignored += [Ignored(path, best.ignored[path]) for path in volumes if path in best.ignored]
    ignored += [Ignored(path, f"does not fit the layout {layout}") for path in unused]
    return Recognised(layout, best.cases(), tuple(ignored), tuple(best.questions))


@dataclass(frozen=True)
class _Description:
    """A `dataset.json`: where it lies and what it says."""

    folder: str
    content: Mapping[str, Any]

    def channel_names(self) -> list[str]:
        """Names of the channels in order; nnU-Net calls them channel_names, the Decathlon modality."""
        named = self.content.get("channel_names") or self.content.get("modality") or {}
        if not isinstance(named, Mapping) or not all(str(index).isdigit() for index in named):
            return []
        return [str(named[index]) for index in sorted(named, key=lambda index: int(index))]


_Descriptions = Sequence[_Description]


def _recognise_brats2015(paths: Sequence[str], _: _Descriptions) -> Draft:
    """`<case>/VSD.Brain.XX.O.MR_Flair.<id>/*.mha`, reference `VSD.Brain*.OT.<id>/*.mha`."""
    pattern = re.compile(
        r"(?P<folder>(?:.*/)?(?P<case>[^/]+))/VSD\.Brain[^/]*\.(?:MR_(?P<sequence>\w+)|(?P<truth>OT))\.[^/]+/[^/]+\.mha"
    )
    draft = Draft()
    for path, match in _matching(pattern, paths):
        case = draft.case(match["folder"], match["case"])
        if match["truth"]:
            draft.add_reference(case, path)
        else:
            draft.add_named_sequence(case, match["sequence"], path)
    return draft


def _recognise_brats2017(paths: Sequence[str], _: _Descriptions) -> Draft:
    """`<case>/<case>_flair.nii.gz`, reference `_seg`; raters as `raters/<rater>` or `<case>_<rater>`."""
    return _recognise_suffixed(paths, separator="_")


def _recognise_brats2023(paths: Sequence[str], _: _Descriptions) -> Draft:
    """`<case>/<case>-t2f.nii.gz`, reference `-seg`."""
    return _recognise_suffixed(paths, separator="-")


def _recognise_suffixed(paths: Sequence[str], *, separator: str) -> Draft:
    draft = Draft()
    pattern = re.compile(
        rf"(?P<folder>(?:.*/)?(?P<case>[^/]+))/(?P=case){separator}(?P<suffix>[^/]+?){VOLUME}", re.IGNORECASE
    )
    for path, match in _matching(pattern, paths):
        case, suffix = draft.case(match["folder"], match["case"]), match["suffix"]
        if suffix.lower() == "seg":
            draft.add_reference(case, path)
        elif _RATER_NAME.fullmatch(suffix):
            draft.add_rater(case, suffix, path)
        else:
            draft.add_named_sequence(case, suffix, path)
    if not any(case.images for case in draft.drafts.values()):
        return Draft()
    within = re.compile(rf"(?P<folder>.+)/(?P<kind>raters|fusion)/(?P<name>[^/]+?){VOLUME}", re.IGNORECASE)
    for path, match in _matching(within, paths):
        if match["folder"] not in draft.drafts:
            continue
        if match["kind"].lower() == "raters":
            draft.add_rater(draft.drafts[match["folder"]], match["name"], path)
        else:
            draft.ignored[path] = "a fusion made elsewhere, neither a rater's work nor a reference"
    return draft


def _recognise_decathlon(paths: Sequence[str], descriptions: _Descriptions) -> Draft:
    """`dataset.json`, 4-D `imagesTr/<case>.nii.gz` with the channels that it names, `labelsTr/<case>`."""
    draft = Draft()
    for description in descriptions:
        keys = _channel_keys(description, draft)
        if not keys:
            continue
        for path, match in _matching(_training_pattern(description.folder), paths):
            if re.search(r"_\d{4}$", match["stem"]):
                return Draft()  # one file per channel: nnU-Net
            case = draft.case(f"{description.folder}/{match['stem']}", match["stem"])
            if match["kind"].startswith("labels"):
                draft.add_reference(case, path)
                continue
            case.images.update(dict.fromkeys(keys, path))
            if len(keys) > 1:
                case.channels.update({key: index for index, key in enumerate(keys)})
            draft.used.add(path)
    return draft


def _recognise_nnunet(paths: Sequence[str], descriptions: _Descriptions) -> Draft:
    """`dataset.json`, `imagesTr/<case>_0000.nii.gz` per channel, `labelsTr/<case>.nii.gz`."""
    draft = Draft()
    for description in descriptions:
        keys = _channel_keys(description, draft)
        for path, match in _matching(_training_pattern(description.folder), paths):
            if match["kind"].startswith("labels"):
                draft.add_reference(draft.case(f"{description.folder}/{match['stem']}", match["stem"]), path)
                continue
            channel = re.fullmatch(r"(?P<case>.+)_(?P<index>\d{4})", match["stem"])
            if channel is None:
                return Draft()
            index, name = int(channel["index"]), channel["case"]
            case = draft.case(f"{description.folder}/{name}", name)
            if index < len(keys):
                draft.add_image(case, keys[index], path)
            else:
                draft.ignored[path] = f"channel {index} is not named in dataset.json"
    return draft


def _recognise_bids(paths: Sequence[str], _: _Descriptions) -> Draft:
    """`sub-*/[ses-*/]anat/*_{FLAIR,T1w,T2w}`, contrast as `ce-*`; reference `derivatives/**/*_dseg`."""
    image = re.compile(
        rf"(?:.*/)?(?P<sub>sub-[^/_]+)/(?:(?P<ses>ses-[^/_]+)/)?anat/(?P<stem>sub-[^/]+)_(?P<suffix>[^/_]+?){VOLUME}"
    )
    derived = re.compile(
        rf"(?:.*/)?derivatives/(?P<folder>.*?)/?(?P<sub>sub-[^/_]+)/.*?(?P<stem>sub-[^/]+)_dseg{VOLUME}"
    )
    draft = Draft()
    for path, match in _matching(image, [path for path in paths if "derivatives/" not in path]):
        sequence = sequence_key(match["suffix"])
        if sequence == "t1" and "_ce-" in match["stem"]:
            sequence = "t1c"
        name = "_".join(part for part in (match["sub"], match["ses"]) if part)
        if sequence is None:
            draft.ignored[path] = f"unknown sequence {match['suffix']}"
        else:
            draft.add_image(draft.case(name, name), sequence, path)
    if not draft.count:
        return draft
    for path, match in _matching(derived, paths):
        session = re.search(r"_(ses-[^/_]+)", match["stem"])
        name = match["sub"] + (f"_{session[1]}" if session else "")
        rater = re.search(r"_desc-([^/_]+)", match["stem"])
        draft.add_rater(draft.case(name, name), rater[1] if rater else match["folder"] or "dseg", path)
    for case in draft.drafts.values():
        if len(case.raters) == 1:
            ((_rater, case.reference),) = case.raters.items()
            case.raters.clear()
        elif case.raters:
            draft.ask(
                "some cases have several _dseg files: is one of them the reference, or are all raters'?"
            )
    return draft


def _recognise_wmh2017(paths: Sequence[str], _: _Descriptions) -> Draft:
    """`<case>/pre/{FLAIR,T1}.nii.gz`, reference `<case>/wmh.nii.gz`."""
    pattern = re.compile(
        rf"(?P<folder>(?:.*/)?(?P<case>[^/]+))/(?:(?P<state>pre|orig)/(?P<sequence>[^/]+?)|(?P<truth>wmh)){VOLUME}"
    )
    draft = Draft()
    for path, match in _matching(pattern, paths):
        case = draft.case(match["folder"], match["case"])
        if match["truth"]:
            draft.add_reference(case, path)
        elif match["state"] == "orig":
            draft.ignored[path] = "an original image, on another grid than the preprocessed ones"
        else:
            draft.add_named_sequence(case, match["sequence"], path)
    return draft if any(case.images for case in draft.drafts.values()) else Draft()


def _recognise_raters(paths: Sequence[str], _: _Descriptions) -> Draft:
    """Labelmaps without images: `<rater>/<case>.nii.gz`, or `<case>/<case>_<rater>.nii.gz`."""
    draft = Draft()
    by_case = re.compile(rf"(?:.*/)?(?P<case>[^/]+)/(?P=case)_(?P<rater>[^/]+?){VOLUME}")
    by_rater = re.compile(rf"(?:.*/)?(?P<rater>[^/]+)/(?P<case>[^/]+?){VOLUME}")
    nested = list(_matching(by_case, paths))
    matches = nested or list(_matching(by_rater, paths))
    raters = Counter(match["case"] for _, match in matches)
    if max(raters.values(), default=0) < 2 or (nested and all(sequence_key(m["rater"]) for _, m in nested)):
        return draft  # without a case that two have marked, these are just folders
    for path, match in matches:
        draft.add_rater(draft.case(match["case"], match["case"]), match["rater"], path)
    return draft


# Where two rules explain equally many files, the earlier wins.
LAYOUTS: dict[str, Callable[[Sequence[str], _Descriptions], Draft]] = {
    "brats2015": _recognise_brats2015,
    "brats2017": _recognise_brats2017,
    "brats2023": _recognise_brats2023,
    "decathlon": _recognise_decathlon,
    "nnunet": _recognise_nnunet,
    "bids": _recognise_bids,
    "wmh2017": _recognise_wmh2017,
    "raters": _recognise_raters,
}


def _matching(pattern: re.Pattern[str], paths: Iterable[str]) -> Iterable[tuple[str, re.Match[str]]]:
    return ((path, match) for path in paths if (match := pattern.fullmatch(path)))


def _training_pattern(folder: str) -> re.Pattern[str]:
    prefix = f"{re.escape(folder)}/" if folder else ""
    return re.compile(rf"{prefix}(?P<kind>imagesTr|imagesTs|labelsTr|labelsTs)/(?P<stem>[^/]+?){VOLUME}")


def _channel_keys(description: _Description, draft: Draft) -> list[str]:
    """Return one key per channel; unknown names are kept, simplified, and asked about."""
    keys = []
    for index, name in enumerate(description.channel_names()):
        key = sequence_key(name)
        if key is None:
            key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or f"channel_{index}"
            draft.ask(f"channel {index} is called {name!r} in dataset.json: which sequence is it?")
        keys.append(key if key not in keys else f"{key}_{index}")
    return keys


def _read_descriptions(paths: Sequence[str], read_text: ReadText | None) -> list[_Description]:
    descriptions = []
    for path in sorted(paths):
        if read_text is None or PurePosixPath(path).name != "dataset.json" or _SYSTEM_FILE.search(path):
            continue
        try:
            content = json.loads(read_text(path))
        except ValueError:
            continue
        if isinstance(content, dict):
            parent = str(PurePosixPath(path).parent)
            descriptions.append(_Description("" if parent == "." else parent, content))
    return descriptions


def _unrecognised(volumes: Sequence[str], ignored: Sequence[Ignored], paths: Sequence[str]) -> Recognised:
    reason = "no known layout has a file of this name at this place"
    question = f"which files are the images of a case? Known layouts are {', '.join(LAYOUTS)}"
    if any(PurePosixPath(path).name == "dataset.json" for path in paths):
        question = "dataset.json names no channels, or is no valid JSON: which sequence is each channel?"
    if not volumes:
        question = "there is no .nii, .nii.gz, .mha or .nrrd file: is this the right folder or archive?"
    return Recognised(UNRECOGNISED, (), (*ignored, *(Ignored(x, reason) for x in volumes)), (question,))
