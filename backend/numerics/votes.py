"""The raters' votes on one grid, as distinct patterns and how often each occurs.

A voxel matters to a vote, to STAPLE or to an agreement only through its pattern: who chose what. Five raters
with five labels leave a few hundred patterns of nine million voxels, so all further work is on a small table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Labelmap, Mask, flatten_together, narrow_labels
from backend.numerics.errors import FusionError, GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.labels import BACKGROUND

Votes = npt.NDArray[np.uint16]
Box = tuple[tuple[int, int], ...]

# Eight voxels are one machine word: most of a grid is background, and is skipped a word at a time.
_WORD = 8
_MOST_LABELS = 254
# Codes up to here are counted by table; beyond, the patterns so far are renumbered first.
_LARGEST_CODE = 1 << 20
_BLOCK_WORDS = 1 << 14


@dataclass(frozen=True, eq=False)
class Raters:
    """The raters who are present.

    Args:
        indices: their places among all raters, the absent ones included.
        labelmaps: one shape.
        unsure: bool masks of that shape; None for a rater who is sure everywhere. At an unsure voxel the
            rater has no vote.
    """

    indices: tuple[int, ...]
    labelmaps: tuple[Labelmap, ...]
    unsure: tuple[Mask | None, ...]


@dataclass(frozen=True, eq=False)
class Field:
    """Where the voxels of a ballot lie: the words of eight voxels in which any rater marked something.

    Args:
        shape, order: of the grid; `order` is the memory order in which it is flattened.
        words: indices of the words; the voxels that fill no word, at the end of the grid, always belong.
    """

    shape: tuple[int, ...]
    order: Any
    words: npt.NDArray[np.intp]

    @property
    def voxels(self) -> int:
        return int(np.prod(self.shape))

    def gather(self, flat: Array) -> Array:
        """Take the voxels of the words from a flattened grid."""
        head = len(flat) // _WORD * _WORD
        taken = _words_of(flat[:head])[self.words].view(flat.dtype).ravel()
        return np.concatenate([taken, flat[head:]]) if head < len(flat) else taken

    def voxels_at(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The numbers, in the flattened grid, of voxels by their place among those that `gather` takes."""
        taken = len(self.words) * _WORD
        within = places < taken
        voxels = places - taken + self.voxels // _WORD * _WORD
        voxels[within] = self.words[places[within] // _WORD] * _WORD + places[within] % _WORD
        return voxels

    def scatter(self, values: Array, *, elsewhere: Any) -> Array:
        """Spread values of the words' voxels over the grid."""
        # Zeros come from the system without being written.
        flat = (
            np.full(self.voxels, elsewhere, values.dtype)
            if elsewhere
            else np.zeros(self.voxels, values.dtype)
        )
        head, taken = self.voxels // _WORD * _WORD, len(self.words) * _WORD
        _words_of(flat[:head])[self.words] = _words_of(values[:taken])
        flat[head:] = values[taken:]
        return flat.reshape(self.shape, order=self.order)


@dataclass(frozen=True, eq=False)
class Ballot:
    """All votes of one case. The same for any order of the raters, except for `raters` itself.

    Args:
        labels: (L,), the values that occur: background, then the others, ascending.
        patterns: (P, K), row index in `labels` of what each rater chose; L where the rater is unsure. Rows
            are in lexicographic order, and the first is all background.
        counts: (P,), voxels of the grid with this pattern.
        raters: (K,), which rater each column is, as a place among all raters.
        field, pattern_of: where the voxels lie, and the pattern of each.
    """

    labels: npt.NDArray[np.int64]
    patterns: npt.NDArray[np.intp]
    counts: npt.NDArray[np.int64]
    raters: tuple[int, ...]
    field: Field
    pattern_of: npt.NDArray[np.int32]

    @cached_property
    def votes(self) -> Votes:
        """(L, P): how many raters chose each label."""
        rows = [(self.patterns == row).sum(axis=1) for row in range(len(self.labels))]
        return np.array(rows, dtype=np.uint16)

    @cached_property
    def voters(self) -> Votes:
        """(P,): how many raters are sure."""
        return self.votes.sum(axis=0, dtype=np.uint16)

    def votes_for(self, values: Sequence[int]) -> Votes:
        """(P,): votes for any of these labels."""
        total: Votes = self.votes[np.isin(self.labels, values)].sum(axis=0, dtype=np.uint16)
        return total

    def place(self, values: Array) -> Array:
        """Spread one value per pattern over the grid."""
        return self.field.scatter(values[self.pattern_of], elsewhere=values[0])

    def bounding_box(self, *, margin: int) -> Box:
        """The box of the voxels that any rater marked, widened within the grid; the whole grid if none is."""
        marked = self.place(np.any(self.patterns, axis=1, keepdims=True)[:, 0])
        box = []
        for axis, size in enumerate(self.field.shape):
            others = tuple(k for k in range(marked.ndim) if k != axis)
            places = np.flatnonzero(marked.any(axis=others))
            if not len(places):
                return tuple((0, extent) for extent in self.field.shape)
            box.append((max(int(places[0]) - margin, 0), min(int(places[-1]) + 1 + margin, size)))
        return tuple(box)

    def counts_within(self, box: Box) -> npt.NDArray[np.int64]:
        """(P,): voxels of each pattern in a box that holds all that is marked."""
        counts = self.counts.copy()
        counts[0] -= self.field.voxels - int(np.prod([stop - start for start, stop in box]))
        return counts


def require_raters(
    labelmaps: Sequence[Labelmap | None], unsure: Sequence[Mask | None] | None = None
) -> Raters:
    """Return the raters who are present.

    Args:
        labelmaps: one per rater; None for an absent one.
        unsure: one mask per rater, or None for one who is sure everywhere.

    Raises:
        FusionError: none is present, or the masks are not one per rater.
        GridMismatch: shapes differ.
    """
    masks = [None] * len(labelmaps) if unsure is None else list(unsure)
    if len(masks) != len(labelmaps):
        raise FusionError(f"{len(labelmaps)} raters need as many unsure masks, not {len(masks)}")
    indices = tuple(k for k, labelmap in enumerate(labelmaps) if labelmap is not None)
    present = tuple(labelmap for labelmap in labelmaps if labelmap is not None)
    if not present:
        raise FusionError("there is no labelmap to fuse; wait until a rater has submitted")
    kept = tuple(masks[k] for k in indices)
    for what, arrays in (("labelmaps", present), ("unsure masks", kept)):
        for array in arrays:
            if array is not None and array.shape != present[0].shape:
                raise GridMismatch(
                    f"raters' {what} differ in shape: {format_shape(array.shape)} and "
                    f"{format_shape(present[0].shape)}; resample them to the case's grid"
                )
    return Raters(indices, present, kept)


def count_votes(raters: Raters) -> Ballot:
    """Count the patterns of votes in one pass over the voxels where anybody marked something."""
    masks = [np.asarray(mask, dtype=bool) for mask in raters.unsure if mask is not None]
    flat = flatten_together(*raters.labelmaps, *masks)
    count = len(raters.labelmaps)
    as_bytes, values = _as_bytes(flat[:count])
    marks = [mask.view(np.uint8) for mask in flat[count:]]
    order: Any = "F" if all(x.flags.f_contiguous for x in (*raters.labelmaps, *masks)) else "C"
    field = Field(raters.labelmaps[0].shape, order, _marked_words([*as_bytes, *marks]))
    chosen = [field.gather(rater) for rater in as_bytes]
    gathered_masks = iter([field.gather(mask).view(bool) for mask in marks])
    unsure = [None if mask is None else next(gathered_masks) for mask in raters.unsure]
    base = max((int(rater.max(initial=0)) for rater in chosen), default=0) + 2
    code, table = _encode(chosen, unsure, base=base)
    labels, table = _number_labels(table, values, unsure=base - 1)
    counts = np.bincount(code, minlength=len(table)).astype(np.int64)
    counts[0] += field.voxels - len(code)
    columns = _canonical_columns(table, counts, raters, len(labels))
    rows = np.lexsort(table[:, columns[::-1]].T) if columns else np.arange(1)
    renumbered = np.empty(len(rows), dtype=np.int32)
    renumbered[rows] = np.arange(len(rows), dtype=np.int32)
    return Ballot(
        labels=labels,
        patterns=np.ascontiguousarray(table[rows][:, columns]),
        counts=counts[rows],
        raters=tuple(raters.indices[column] for column in columns),
        field=field,
        pattern_of=renumbered[code],
    )


def _as_bytes(flat: Sequence[Array]) -> tuple[list[npt.NDArray[np.uint8]], npt.NDArray[np.int64]]:
    """Return the labels as bytes, 0 for background, and the value that each byte stands for."""
    narrow = [narrow_labels(labels) for labels in flat]
    if all(labels.dtype == np.uint8 for labels in narrow):
        return [labels.view(np.uint8) for labels in narrow], np.arange(256)
    found = np.unique(np.concatenate([np.unique(labels) for labels in narrow])).astype(np.int64)
    others = found[found != BACKGROUND]
    if len(others) > _MOST_LABELS:
        raise FusionError(f"{len(others)} labels are more than {_MOST_LABELS}; is this a labelmap?")
    values = np.concatenate([[BACKGROUND], others])
    as_bytes = [
        np.where(labels == BACKGROUND, 0, np.searchsorted(others, labels) + 1).astype(np.uint8)
        for labels in narrow
    ]
    return as_bytes, values


def _number_labels(
    table: npt.NDArray[np.intp], values: npt.NDArray[np.int64], *, unsure: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Return the labels that occur, background first, and the table with their rows in place of the bytes."""
    used = np.unique(np.append(table[table != unsure], BACKGROUND))
    numbers = np.zeros(unsure + 1, dtype=np.intp)
    numbers[used] = np.arange(len(used))
    numbers[unsure] = len(used)
    return values[used].astype(np.int64), numbers[table]


def _words_of(flat: Array) -> Array:
    """View voxels by words: as integers of eight bytes where they fit, else as rows of eight."""
    if flat.dtype.itemsize == 1 and flat.flags.c_contiguous:
        return flat.view(np.uint64)
    return flat.reshape(-1, _WORD)


def _marked_words(flat: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.intp]:
    """Indices of the words that are not zero in all arrays, block by block within the processor's cache."""
    head = len(flat[0]) // _WORD * _WORD
    words = [array[:head].view(np.uint64) for array in flat]
    marked = np.empty(head // _WORD, dtype=bool)
    union = np.empty(min(_BLOCK_WORDS, len(marked)), dtype=np.uint64)
    for start in range(0, len(marked), _BLOCK_WORDS):
        block = slice(start, start + _BLOCK_WORDS)
        part = union[: len(marked[block])]
        np.copyto(part, words[0][block])
        for array in words[1:]:
            np.bitwise_or(part, array[block], out=part)
        np.not_equal(part, 0, out=marked[block])
    return np.flatnonzero(marked)


def _encode(
    chosen: Sequence[npt.NDArray[np.uint8]], unsure: Sequence[Mask | None], *, base: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Return the pattern of each voxel and the (P, K) table of patterns, the all-background one first.

    The table holds the raters' bytes, and base - 1 where a rater is unsure.
    """
    code = np.zeros(len(chosen[0]), dtype=np.int32)
    table = np.zeros((1, 0), dtype=np.intp)
    size, pending = 1, 0
    for labels, mask in zip(chosen, unsure, strict=True):
        if size * base > _LARGEST_CODE and pending:
            code, table = _renumber(code, table, pending, base)
            size, pending = len(table), 0
        code *= np.int32(base)
        code += labels if mask is None else np.where(mask, base - 1, labels).astype(np.int32)
        size, pending = size * base, pending + 1
    return _renumber(code, table, pending, base)


def _renumber(
    code: npt.NDArray[np.int32], table: npt.NDArray[np.intp], pending: int, base: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Number the codes that occur from 0, and write their last `pending` digits into the table."""
    occurs = np.zeros(len(table) * base**pending, dtype=bool)
    occurs[code] = True
    occurs[0] = True
    used = np.flatnonzero(occurs)
    places = base ** np.arange(pending - 1, -1, -1)
    wider = np.hstack([table[used // base**pending], used[:, np.newaxis] // places % base])
    numbers = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    return numbers[code], wider


def _canonical_columns(
    table: npt.NDArray[np.intp], counts: npt.NDArray[np.int64], raters: Raters, labels: int
) -> list[int]:
    """Order the raters by what they drew alone, so that sums over them round alike in any order."""
    histograms = [
        tuple(np.bincount(column, weights=counts, minlength=labels + 1).tolist()) for column in table.T
    ]
    keys: list[tuple[Any, ...]] = []
    for k, histogram in enumerate(histograms):
        if histograms.count(histogram) == 1:
            keys.append((histogram,))
            continue
        mask = raters.unsure[k]
        drawn = narrow_labels(raters.labelmaps[k]).tobytes()
        keys.append((histogram, drawn, b"" if mask is None else mask.tobytes()))
    return sorted(range(len(keys)), key=keys.__getitem__)
