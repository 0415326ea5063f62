"""The log of an adjudication, as `annotations.replay` reads logs; and what its regions can be taken from."""

from functools import lru_cache

from backend.adjudication.models import Adjudication
from backend.annotations.replay import Log
from backend.common import blobs
from backend.datasets.selectors import grid_of
from backend.numerics.contested_table import ContestedTable


def log_of(adjudication: Adjudication) -> Log:
    """It starts from the consensus that is adjudicated."""
    case = adjudication.case
    return Log(
        owner=adjudication.pk,
        steps=adjudication.edits.all(),
        head=adjudication.head,
        grid=grid_of(case),
        name=case.name,
        start_digest=adjudication.base.labelmap_digest,
    )


@lru_cache(maxsize=8)
def read_table(digest: str) -> ContestedTable:
    """Kept by the process: under its digest a table never changes, and every edit asks for it."""
    return ContestedTable.from_bytes(blobs.read_blob(digest))
