"""Who of several raters gets which case. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypeVar

Case = TypeVar("Case")
Rater = TypeVar("Rater")


def share_cases(
    cases: Sequence[Case],
    raters: Sequence[Rater],
    *,
    per_case: int | None,
    existing: Collection[tuple[Case, Rater]],
) -> list[tuple[Case, Rater]]:
    """The pairs that are asked for, those that exist among them.

    Without `per_case` every rater gets every case. With it, each case gets as many of the raters; those who
    have it already count, and the others are chosen so that the load stays even, in the order given.
    """
    if per_case is None or per_case >= len(raters):
        return [(case, rater) for case in cases for rater in raters]
    load = Counter(rater for case in cases for rater in raters if (case, rater) in existing)
    order = {rater: position for position, rater in enumerate(raters)}
    pairs = []
    for case in cases:
        chosen = [rater for rater in raters if (case, rater) in existing]
        free = sorted(
            (rater for rater in raters if rater not in chosen), key=lambda rater: (load[rater], order[rater])
        )
        further = free[: max(0, per_case - len(chosen))]
        load.update(further)
        pairs += [(case, rater) for rater in [*chosen, *further]]
    return pairs
