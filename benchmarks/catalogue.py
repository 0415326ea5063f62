"""Every comparison, and what each part of the benchmark works on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import counts, distances, fusing, lesions, rankings, whole_cases
from benchmarks.cases import CaseFiles, make_raters, real_cases, write_cases, write_labelmap
from benchmarks.measuring import Comparison, Subject

SYNTHETIC_CASES = 3
RATERS = 5
# Some seeds leave a few voxels so undecided that rounding in ITK's float32 decides them; this one none.
RATER_SEED = 1
PARTS = ("counts", "hd95", "lesionwise", "staple", "ranking", "case")


@dataclass(frozen=True)
class Subjects:
    """All that is measured on, made once per run."""

    cases: tuple[Subject, ...]
    raters: Subject

    def of(self, comparison: Comparison) -> Sequence[Subject]:
        if comparison.part == "staple":
            return [self.raters]
        if comparison.part == "ranking":
            return [Subject(f"{rankings.TEAMS} teams × {rankings.CASES} cases")]
        return self.cases[: comparison.subjects]


def all_comparisons() -> list[Comparison]:
    modules = (counts, distances, lesions, fusing, rankings, whole_cases)
    return [comparison for module in modules for comparison in module.comparisons()]


def make_subjects(folder: Path, *, with_real: bool = True) -> Subjects:
    """Write the synthetic files, and find the real ones. The first cases are synthetic."""
    cases: list[CaseFiles] = write_cases(folder, SYNTHETIC_CASES)
    cases += real_cases() if with_real else []
    raters = tuple(
        write_labelmap(folder / f"rater-{index}.nii.gz", drawn)
        for index, drawn in enumerate(make_raters(RATER_SEED, RATERS))
    )
    return Subjects(
        cases=tuple(Subject(case.name, (case.reference, case.prediction)) for case in cases),
        raters=Subject(f"{RATERS} raters × 5 labels", raters),
    )


def subject_to_json(subject: Subject) -> str:
    return json.dumps({"name": subject.name, "files": [str(path) for path in subject.files]})


def subject_of_json(text: str) -> Subject:
    read = json.loads(text)
    return Subject(read["name"], tuple(Path(path) for path in read["files"]))
