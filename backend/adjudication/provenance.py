"""Who decided each voxel of an adjudication.

A voxel belongs to the last edit that decided it: a take decides its whole region, also where the label was
the source's already; painting decides the voxels that it changed. An undo gives the voxels that were still
the undone edit's back to whoever had them before, if it left them as they were then; what else it changed is
painted by its author. A redo is the undo of an undo, and needs no rule of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.numerics.arrays import Labelmap
from backend.numerics.contested_table import ContestedTable
from backend.numerics.edits import Integers, changed_voxels, decode_edit
from backend.numerics.geometry import Grid

BASE = "base"
Owners = npt.NDArray[np.int32]
Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Decider:
    """What a code stands for.

    Args:
        source: "base" where nobody decided, "fused", a rater's key, or blank for painting.
        person: the id of the rater or painter; None for the others.
        voxels: that carry the code; of "base" only those that are labelled.
    """

    code: int
    source: str
    person: int | None
    voxels: int
    volume_ml: float


@dataclass(frozen=True, eq=False)
class Provenance:
    """The code of every voxel, uint8, (X, Y, Z), and what the codes that occur stand for, ascending."""

    codes: Labels
    legend: tuple[Decider, ...]


@dataclass(frozen=True, eq=False)
class _Claim:
    """What an edit decided.

    Args:
        voxels: ascending; `before` and `after` the numbers of the edits to which they belonged, and belong.
        changed: voxels whose label it changed, ascending, and `old` what they held.
    """

    voxels: Integers
    before: Owners
    after: Owners
    changed: Integers
    old: Labels


def trace_provenance(
    adjudication: Adjudication,
    edits: Iterable[AdjudicationEdit],
    *,
    table: ContestedTable,
    labelmap: Labelmap,
    grid: Grid,
) -> Provenance:
    """Replay who decided what.

    Args:
        edits: from the first, in their order.
        table: of the adjudication's regions.
        labelmap: after the last of the edits, in Fortran order.
    """
    steps = list(edits)
    owners = owners_of(steps, table=table, voxels=grid.voxel_count)
    codes_of: dict[tuple[str, int | None], int] = {(BASE, None): 0, (AdjudicationEdit.FUSED, None): 1}
    codes_of |= {
        (rater["key"], rater["user"]): code for code, rater in enumerate(adjudication.raters, start=2)
    }
    code_of_step = np.zeros(len(steps) + 1, dtype=np.uint8)
    deciding = np.bincount(owners, minlength=len(code_of_step)) > 0
    people = {rater["key"]: rater["user"] for rater in adjudication.raters}
    for step in steps:
        if deciding[step.number]:
            person = people.get(step.source) if step.source else step.author_id
            code_of_step[step.number] = codes_of.setdefault((step.source, person), len(codes_of))
    codes = code_of_step[owners]
    counts = np.bincount(codes, minlength=len(codes_of))
    counts[0] = np.count_nonzero((codes == 0) & (labelmap.reshape(-1, order="F") != 0))
    legend = tuple(
        Decider(code, source, person, int(counts[code]), float(counts[code] * grid.voxel_volume_ml))
        for (source, person), code in codes_of.items()
        if counts[code] or code == 0
    )
    return Provenance(codes.reshape(grid.shape, order="F"), legend)


def owners_of(steps: Sequence[AdjudicationEdit], *, table: ContestedTable, voxels: int) -> Owners:
    """(voxels,): the number of the edit that decided each, 0 where none did."""
    owners = np.zeros(voxels, dtype=np.int32)
    undone = {step.undoes for step in steps if step.undoes}
    claims: dict[UUID, _Claim] = {}
    for step in steps:
        edit = decode_edit(bytes(step.runs), voxels=voxels)
        changed = changed_voxels(edit)
        decided, after = changed, np.full(len(changed), step.number, dtype=np.int32)
        if step.region is not None:
            taken, _ = table.of_region(step.region, step.source)
            decided, after = taken, np.full(len(taken), step.number, dtype=np.int32)
        if step.undoes in claims:
            new = np.repeat(edit.new, edit.length)
            decided, after = _given_back(claims[step.undoes], owners, changed, new, step.number)
        if step.edit_id in undone:
            old = np.repeat(edit.old, edit.length)
            claims[step.edit_id] = _Claim(decided, owners[decided], after, changed, old)
        owners[decided] = after
    return owners


def _given_back(
    claim: _Claim, owners: Owners, changed: Integers, new: Labels, number: int
) -> tuple[Integers, Owners]:
    """What an undo decides: voxels and to whom they belong now; it changed some to new labels."""
    is_still = owners[claim.voxels] == claim.after
    was_changed, place = _find(claim.voxels, claim.changed)
    is_changed, new_place = _find(claim.voxels, changed)
    is_as_before = is_changed & was_changed
    is_as_before[is_as_before] = claim.old[place[is_as_before]] == new[new_place[is_as_before]]
    back = is_still & np.where(was_changed, is_as_before, ~is_changed)
    own = np.setdiff1d(changed, claim.voxels[back], assume_unique=True)
    voxels = np.concatenate([claim.voxels[back], own])
    order = np.argsort(voxels)
    after = np.concatenate([claim.before[back], np.full(len(own), number, dtype=np.int32)])
    return voxels[order], after[order]


def _find(wanted: Integers, among: Integers) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Whether each is among others, which ascend, and its place there."""
    if not len(among):
        return np.zeros(len(wanted), dtype=bool), np.zeros(len(wanted), dtype=np.intp)
    places = np.searchsorted(among, wanted).clip(max=len(among) - 1)
    return among[places] == wanted, places
