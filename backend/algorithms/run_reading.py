"""Reading parts of a run or a training: what was asked for in the address, logs, labelmaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import QuerySet

from backend.algorithms.models import LogLine, Run, RunCase
from backend.algorithms.run_viewpoint import RunViewpoint
from backend.challenges.permissions import Person
from backend.common.errors import Invalid, NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class RunFilter:
    """None: any."""

    phase: UUID | None = None
    version: UUID | None = None
    algorithm: UUID | None = None
    purpose: str | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """
        Raises:
            Invalid: an id is none.
        """
        ids = {name: _uuid(name, query[name]) for name in ("phase", "version", "algorithm") if name in query}
        return cls(**ids, purpose=query.get("purpose"))


def filtered(runs: QuerySet[Run], wanted: RunFilter) -> QuerySet[Run]:
    fields = {
        "phase": wanted.phase,
        "version": wanted.version,
        "version__algorithm": wanted.algorithm,
        "purpose": wanted.purpose,
    }
    return runs.filter(**{name: value for name, value in fields.items() if value is not None})


def log_of(run: Run, *, viewer: Person, after: str | None) -> QuerySet[LogLine]:
    """
    Raises:
        NotAllowed: the run's cases are hidden from this person, and what a model says may tell of them.
    """
    viewpoint = RunViewpoint(viewer)
    if not viewpoint.shows_log(run):
        raise NotAllowed(
            "The log of a run over hidden cases is the organizers': try the model on a public case.",
            code="log_hidden",
        )
    lines = lines_after(run.log.all(), after)
    return lines if viewpoint.manages(run) else lines.filter(public=True)


def lines_after(lines: QuerySet[LogLine], after: str | None) -> QuerySet[LogLine]:
    return lines.order_by("id").filter(id__gt=number_in("after", after))


def labelmap_of(run: Run, *, viewer: Person, number: int) -> RunCase:
    """Raises NotFound where there is none yet, or the case is hidden from this person."""
    row = run.cases.select_related("case").filter(number=number).exclude(voxel_digest="").first()
    if row is None or not RunViewpoint(viewer).shows_cases(run):
        raise NotFound("There is no labelmap of this case, or it is not yours to see.")
    return row


def number_in(name: str, text: str | None) -> int:
    """0 where nothing is said.

    Raises:
        Invalid: it is no number.
    """
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Invalid(f"{name}: write a whole number, not {text[:40]!r}.")
    return int(text)


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"{name}: {text[:40]!r} is no id.") from None
