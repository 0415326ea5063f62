"""Peak memory of each contender, in a process of its own.

`python -m benchmarks.memory PART PEER SIDE SUBJECT` prepares the input, runs once and prints JSON. The peak
of the process holds interpreter, libraries and input too; `extra` is what the run itself took beyond them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.cases import ROOT
from benchmarks.catalogue import Subjects, all_comparisons, subject_of_json, subject_to_json
from benchmarks.machine import pin_threads
from benchmarks.measuring import Comparison, Subject
from benchmarks.peaks import MEBIBYTE, PeakMeter

CHILD_LIMIT_S = 300


@dataclass(frozen=True)
class Peak:
    """Of one contender on one subject.

    Args:
        extra_mib: beyond what the process held before the run, input included.
        process_mib: the largest the whole process ever was.
    """

    part: str
    contender: str
    extra_mib: float
    process_mib: float


def measure_peaks(comparisons: Sequence[Comparison], subjects: Subjects) -> list[Peak]:
    """Ours once per part, then each peer, on the part's first subject; two at a time: only memory counts."""
    jobs: list[tuple[Comparison, str]] = []
    for comparison in comparisons:
        if comparison.part not in {job.part for job, _ in jobs}:
            jobs.append((comparison, "ours"))
        jobs.append((comparison, "peer"))
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda job: _ask_child(job[0], job[1], subjects.of(job[0])[0]), jobs))


def _ask_child(comparison: Comparison, side: str, subject: Subject) -> Peak:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", comparison.part, comparison.peer, side,
         subject_to_json(subject)],
        cwd=ROOT, capture_output=True, text=True, timeout=CHILD_LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the memory of {comparison.peer} ({comparison.part}):\n{done.stderr[-3000:]}")
    read = json.loads(done.stdout.splitlines()[-1])
    name = "ours" if side == "ours" else comparison.peer
    return Peak(comparison.part, name, read["extra_mib"], read["process_mib"])


def _measure_here(part: str, peer: str, side: str, subject: Subject) -> dict[str, float]:
    pin_threads()
    comparison = next(x for x in all_comparisons() if (x.part, x.peer) == (part, peer))
    prepare = comparison.ours if side == "ours" else comparison.theirs
    if side == "ours":
        _load_kernels(comparison, subject)
    run = prepare(subject)
    with PeakMeter() as meter:
        run()
    return {
        "extra_mib": meter.extra_bytes / MEBIBYTE,
        "process_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _load_kernels(comparison: Comparison, subject: Subject) -> None:
    """Compiling is no memory of the run: call it once before."""
    comparison.ours(subject)()


if __name__ == "__main__":
    _, asked_part, asked_peer, asked_side, asked_subject = sys.argv
    print(json.dumps(_measure_here(asked_part, asked_peer, asked_side, subject_of_json(asked_subject))))
