"""One edit of a labelmap as a record: which voxels changed, from what, to what.

Voxels are numbered in native order, X fastest. A record is a list of runs, ascending and apart, each of
voxels that changed from one value to another; on the wire every run is four varints `gap, length, old, new`
(`gap` counted from the end of the run before), deflated. `old` makes a record its own undo, and tells two
copies that have come apart.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap
from backend.numerics.errors import EditError

Integers = npt.NDArray[np.int64]
Labels = npt.NDArray[np.uint8]

_FIELDS = 4
_VARINT_BITS = 7
# A gap or a length is below 2^35: larger than any grid.
_MOST_VARINT_BYTES = 5
# A million runs: what has more is smaller as a labelmap.
_MOST_UNPACKED_BYTES = 4 << 20


@dataclass(frozen=True, eq=False)
class Edit:
    """Runs of changed voxels, all arrays of one length; empty where nothing changed.

    Args:
        start, length: the run's voxels, `start` ascending, none overlapping.
        old, new: the label before and after; never equal.
    """

    start: Integers
    length: Integers
    old: Labels
    new: Labels

    @property
    def voxels(self) -> int:
        return int(self.length.sum())

    @property
    def inverse(self) -> Edit:
        """What undoes it."""
        return Edit(self.start, self.length, self.new, self.old)


def edit_between(before: Labelmap, after: Labelmap) -> Edit:
    """The edit that turns one labelmap into the other; both uint8, (X, Y, Z)."""
    old, new = _flat(before), _flat(after)
    changed = np.flatnonzero(old != new).astype(np.int64)
    return _runs_of(changed, old[changed], new[changed])


def edit_at(labelmap: Labelmap, voxels: Integers, values: Labels) -> Edit:
    """The edit that gives these voxels these values; in time of them alone, whatever the grid.

    Args:
        labelmap: uint8 and in Fortran order, as it is before.
        voxels: ascending, none twice.
        values: one per voxel.
    """
    old = _flat(labelmap)[voxels]
    changes = old != values
    return _runs_of(voxels[changes], old[changes], values[changes])


def apply_edit(labelmap: Labelmap, edit: Edit) -> None:
    """Change the labelmap, uint8 and in Fortran order, in place; all or nothing.

    Raises:
        EditError: a voxel does not hold the label that the edit found there, or lies outside the grid.
    """
    flat = _flat(labelmap)
    if len(edit.start) and int(edit.start[-1] + edit.length[-1]) > len(flat):
        raise EditError(f"the edit reaches beyond the grid's {len(flat)} voxels")
    voxels = changed_voxels(edit)
    expected = np.repeat(edit.old, edit.length)
    wrong = np.flatnonzero(flat[voxels] != expected)
    if len(wrong):
        at = int(voxels[wrong[0]])
        raise EditError(
            f"{len(wrong)} voxels are not as the edit found them: voxel {at} holds label {int(flat[at])}, "
            f"not {int(expected[wrong[0]])}"
        )
    flat[voxels] = np.repeat(edit.new, edit.length)


def changed_voxels(edit: Edit) -> Integers:
    """The number of every changed voxel, ascending."""
    offsets = np.cumsum(edit.length) - edit.length
    voxels: Integers = np.arange(edit.voxels) + np.repeat(edit.start - offsets, edit.length)
    return voxels


def rebase_edit(edit: Edit, labelmap: Labelmap) -> Edit:
    """The same strokes on another state: what they painted is painted, whatever lay below."""
    return edit_at(labelmap, changed_voxels(edit), np.repeat(edit.new, edit.length))


def encode_edit(edit: Edit) -> bytes:
    """The record's bytes; equal edits have equal bytes."""
    ends = edit.start + edit.length
    gaps = edit.start - np.append(0, ends[:-1])[: len(edit.start)]
    values = np.stack([gaps, edit.length, edit.old.astype(np.int64), edit.new.astype(np.int64)], axis=1)
    return zlib.compress(_to_varints(values.ravel()), 6)


def decode_edit(data: bytes, *, voxels: int) -> Edit:
    """Read a record that may come from anybody.

    Args:
        voxels: of the grid; it bounds what is unpacked, and so do 4 MiB.

    Raises:
        EditError: it is no record, or reaches beyond the grid.
    """
    # Each run has at least one voxel, and four varints.
    most = min(_FIELDS * _MOST_VARINT_BYTES * max(voxels, 1), _MOST_UNPACKED_BYTES)
    unpack = zlib.decompressobj()
    try:
        raw = unpack.decompress(data, most)
    except zlib.error as error:
        raise EditError(f"the edit's runs are not deflated: {error}") from None
    if not unpack.eof or unpack.unused_data:
        raise EditError("the edit's runs are cut short, or longer than the grid or 4 MiB allow")
    values = _from_varints(raw)
    if len(values) % _FIELDS:
        raise EditError(f"the edit's runs are groups of {_FIELDS} numbers, and {len(values)} are none")
    gaps, lengths, old, new = values.reshape(-1, _FIELDS).T
    ends = np.cumsum(gaps + lengths)
    if len(ends) and (ends[-1] > voxels or lengths.min() < 1):
        raise EditError(f"the edit reaches beyond the grid's {voxels} voxels, or has a run without voxels")
    if len(old) and (max(int(old.max()), int(new.max())) > 255 or (old == new).any()):
        raise EditError("a run's labels are not two different values of 0 to 255")
    return Edit(ends - lengths, lengths.copy(), old.astype(np.uint8), new.astype(np.uint8))


def _flat(labelmap: Labelmap) -> Labels:
    """A view, so that what is written to it is written to the labelmap."""
    if labelmap.dtype != np.uint8 or not labelmap.flags.f_contiguous:
        raise TypeError(f"edits are of uint8 labelmaps in Fortran order, not {labelmap.dtype}")
    flat: Labels = labelmap.reshape(-1, order="F").view(np.uint8)
    return flat


def _runs_of(voxels: Integers, old: Labels, new: Labels) -> Edit:
    """The runs of changed voxels, ascending, each with what it held and what it holds."""
    if not len(voxels):
        return Edit(voxels, voxels, old, new)
    begins = np.ones(len(voxels), dtype=bool)
    begins[1:] = (np.diff(voxels) != 1) | (old[1:] != old[:-1]) | (new[1:] != new[:-1])
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(voxels))).astype(np.int64)
    return Edit(voxels[first], lengths, old[first], new[first])


def _to_varints(values: Integers) -> bytes:
    """Seven bits a byte, the lowest first; the eighth bit says that more follow."""
    groups = np.arange(_MOST_VARINT_BYTES) * _VARINT_BITS
    pieces = (values[:, np.newaxis] >> groups) & 0x7F
    rest = values[:, np.newaxis] >> (groups + _VARINT_BITS)
    kept = np.ones_like(pieces, dtype=bool)
    kept[:, 1:] = rest[:, :-1] > 0
    return bytes((pieces | np.where(rest > 0, 0x80, 0)).astype(np.uint8)[kept].tobytes())


def _from_varints(data: bytes) -> Integers:
    raw = np.frombuffer(data, dtype=np.uint8)
    last = np.flatnonzero(raw < 0x80)
    if not len(raw):
        return np.zeros(0, dtype=np.int64)
    if not len(last) or last[-1] != len(raw) - 1:
        raise EditError("the edit's runs end within a number")
    first = np.append(0, last[:-1] + 1)
    if int((last - first).max()) >= _MOST_VARINT_BYTES:
        raise EditError("a number of the edit's runs is too large")
    place = np.arange(len(raw)) - np.repeat(first, last - first + 1)
    pieces = (raw & 0x7F).astype(np.int64) << (_VARINT_BITS * place)
    return np.add.reduceat(pieces, first).astype(np.int64)
