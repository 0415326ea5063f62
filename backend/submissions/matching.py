"""Which file of an archive is the prediction of which case. Names alone, nothing is opened."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from backend.submissions.findings import FileFinding

VOLUME_EXTENSION = re.compile(r"\.(nii\.gz|nii|mha|nrrd)$", re.IGNORECASE)
# What follows the case's name: "_seg", "-pred", ".labels". A digit would make it another case's name.
SUFFIX = re.compile(r"[-_.][A-Za-z].*")
JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Matching:
    """Each case's one file, by the case's name; and what did not fit."""

    files: dict[str, str] = field(default_factory=dict)
    findings: list[FileFinding] = field(default_factory=list)


def match_files(names: Sequence[str], case_names: Iterable[str]) -> Matching:
    """Find the file of every case.

    A file is a case's by its own name (`<case>.nii.gz`, `<case>_seg.nii.gz`), the longest case name winning;
    else by the nearest folder that is named as a case (`<case>/prediction.nii.gz`).
    """
    cases = sorted(case_names)
    found = Matching()
    by_case: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if _is_junk(name):
            found.findings.append(_ignored(name))
        elif not VOLUME_EXTENSION.search(name):
            found.findings.append(_no_volume(name, cases))
        else:
            _place(name, cases, by_case, found)
    touched = {finding.case for finding in found.findings if finding.severity == "error"}
    for case in cases:
        files = by_case.get(case, [])
        if len(files) == 1:
            found.files[case] = files[0]
        elif files:
            found.findings.append(_duplicate(case, files))
        elif case not in touched:
            found.findings.append(_missing(case))
    return found


def _place(name: str, cases: Sequence[str], by_case: dict[str, list[str]], found: Matching) -> None:
    own, folder = _case_of_stem(_stem(name), cases), _case_of_folder(name, cases)
    if own and folder and own != folder:
        found.findings.append(_ambiguous(name, own, folder))
    elif case := own or folder:
        by_case[case].append(name)
    else:
        found.findings.append(_unknown(name))


def _stem(name: str) -> str:
    return VOLUME_EXTENSION.sub("", PurePosixPath(name).name)


def _case_of_stem(stem: str, cases: Sequence[str]) -> str | None:
    fitting = [
        case
        for case in cases
        if stem == case or (stem.startswith(case) and SUFFIX.fullmatch(stem[len(case) :]))
    ]
    return max(fitting, key=len, default=None)


def _case_of_folder(name: str, cases: Sequence[str]) -> str | None:
    folders = reversed(PurePosixPath(name).parent.parts)
    return next((folder for folder in folders if folder in cases), None)


def _is_junk(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1].lower() in JUNK_NAMES


def _ignored(name: str) -> FileFinding:
    return FileFinding(
        name, None, "ignored", "info", f"{name}: is a file of the operating system; ignored", ""
    )


def _no_volume(name: str, cases: Sequence[str]) -> FileFinding:
    case = _case_of_stem(PurePosixPath(name).name.partition(".")[0], cases)
    if case is None:
        return FileFinding(
            name, None, "not_a_volume", "warning", f"{name}: is no volume by its name; ignored", ""
        )
    sentence = f"case {case}: {name}: is no volume by its name; send the prediction as {case}.nii.gz"
    return FileFinding(name, case, "not_a_volume", "error", sentence, f"Send it as {case}.nii.gz.")


def _unknown(name: str) -> FileFinding:
    sentence = f"{name}: fits no case of this phase; name each file after its case, as <case>.nii.gz"
    return FileFinding(
        name, None, "unknown_case", "error", sentence, "Rename it after its case, or leave it out."
    )


def _ambiguous(name: str, own: str, folder: str) -> FileFinding:
    sentence = f"{name}: its name says case {own} and its folder case {folder}; make both the same case"
    return FileFinding(name, own, "ambiguous", "error", sentence, "Move or rename the file.")


def _duplicate(case: str, files: Sequence[str]) -> FileFinding:
    listed = ", ".join(sorted(files))
    sentence = f"case {case}: has {len(files)} files ({listed}); keep one of them"
    return FileFinding(sorted(files)[0], case, "duplicate", "error", sentence, "Keep one file per case.")


def _missing(case: str) -> FileFinding:
    sentence = f"case {case}: has no prediction in the archive; add it as {case}.nii.gz"
    return FileFinding(None, case, "missing_case", "error", sentence, f"Add {case}.nii.gz.")
