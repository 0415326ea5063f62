"""The linter's findings of a revision, with its case's first image for where the head ends.

A revision's labelmap never changes, so its findings are kept in the cache: they are asked for before handing
in, and again while it is done.
"""

from collections.abc import Sequence

import numpy as np
import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from backend.annotations import labelmaps, selectors
from backend.annotations.models import Annotation
from backend.common import blobs
from backend.datasets.models import Case
from backend.datasets.selectors import grid_of, images_of
from backend.datasets.services import scheme_of
from backend.numerics.arrays import Array
from backend.numerics.labelmap_lint import EMPTY, LabelFinding, lint_labelmap
from backend.numerics.labels import split_unsure
from backend.numerics.volumes import read_volume

log = structlog.get_logger(__name__)

KEPT_S = 3600


def findings_at(annotation: Annotation, number: int) -> list[LabelFinding]:
    """Of the labelmap at an existing revision, the gravest first; 0 is the empty one before the first."""
    key = f"label-findings:{selectors.get_revision(annotation, number).pk if number else ''}"
    try:
        if number and (kept := cache.get(key)) is not None:
            return list(kept)
    except (OSError, RedisError):
        kept = None
    case = annotation.assignment.case
    scheme = scheme_of(case.dataset.scheme)
    labelmap, unsure = split_unsure(labelmaps.state_at(annotation, number).labelmap, scheme)
    image = _first_image(case) if np.any(labelmap) else None
    findings = lint_labelmap(labelmap, scheme, grid=grid_of(case), image=image, unsure=unsure)
    try:
        cache.set(key, findings, KEPT_S)
    except (OSError, RedisError) as error:
        log.warning("findings_not_kept", annotation=str(annotation.pk), error=str(error))
    return findings


def is_empty(findings: Sequence[LabelFinding]) -> bool:
    return any(finding.code == EMPTY for finding in findings)


def _first_image(case: Case) -> Array | None:
    image = next(iter(images_of(case)), None)
    if image is None:
        return None
    return read_volume(blobs.read_blob(image.served_digest), name=f"{case.name}.nii.gz").array
