"""Trying out another fusion of a case's raters: what would change? Nothing of it is stored for good.

The labelmap is kept in the cache for some hours under what was asked, so that the same question is answered
without fusing again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.core.cache import cache

from backend.accounts.models import User
from backend.adjudication import errors, selectors
from backend.adjudication.models import Adjudication
from backend.adjudication.sources import Rater, inputs_of, raters_of
from backend.challenges.permissions import Permission, allows
from backend.common import blobs
from backend.common.errors import NotFound
from backend.consensus import fusing
from backend.consensus.fusing import Votes
from backend.consensus.models import ConsensusVersion
from backend.consensus.selectors import head_of
from backend.datasets.models import Case
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.numerics.arrays import Labelmap
from backend.numerics.errors import FusionError
from backend.numerics.fusion import fuse
from backend.numerics.labels import LabelScheme
from backend.numerics.metrics import dice_by_region
from backend.numerics.volumes import read_labelmap, write_labelmap_nifti
from backend.numerics.weighted_votes import fuse_weighted

KEPT_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class Question:
    """A fusion to try.

    Args:
        parameters: of the method; its defaults for those not given.
        weights: by rater's key, 1 for those not given; none for the method as it is.
        left_out: keys of raters who have no vote.
    """

    method: str
    parameters: Mapping[str, Any]
    weights: Mapping[str, float]
    left_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """A rater against the fusion that was tried.

    Args:
        name: None for whom raters have none.
        weight: of the vote; 0 for one left out, None where the method was not given any.
    """

    key: str
    name: str | None
    weight: float | None
    dice: dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What it gives, by region; the Dice is against the head. `key` names the kept labelmap."""

    case_id: UUID
    key: str
    volumes_ml: dict[str, float]
    changed_voxels: int
    dice_to_head: dict[str, float]
    agreement: list[RaterAgreement]


def try_fusion(*, case_id: UUID, user: User, question: Question) -> Answer:
    """Fuse the raters of the case's open adjudication, or of its head where none is open.

    Raises:
        BadWhatIf: the method, a parameter, a weight or a rater's key is none that fits.
        NothingToAdjudicate: there is no consensus whose raters are known.
    """
    case, is_named = _case_for(user, case_id)
    head, base = head_of(case), _base_of(case)
    raters = raters_of(base) if base else []
    if head is None or base is None or not raters:
        raise errors.NothingToAdjudicate(
            f"Case {case.name}: its raters are not known; there is something to try once they have submitted "
            "and the case is fused."
        )
    _require_keys(question, raters)
    names = User.objects.in_bulk(rater.user for rater in raters) if is_named else {}
    key = _key_of(question, head, base)
    found = cache.get(_cache_key(case.pk, key))
    if found is None:
        found = _compute(case, head, raters, question)
        cache.set(_cache_key(case.pk, key), found, KEPT_S)
    return Answer(
        case_id=case.pk,
        key=key,
        volumes_ml=found["volumes_ml"],
        changed_voxels=found["changed_voxels"],
        dice_to_head=found["dice_to_head"],
        agreement=[
            RaterAgreement(
                key=rater.key,
                name=names[rater.user].shown_name if names else None,
                weight=_weight(question, rater),
                dice=found["dice"][rater.key],
            )
            for rater in raters
        ],
    )


def labelmap_of(*, case_id: UUID, user: User, key: str) -> bytes:
    """The labelmap of an answer, .nii.gz.

    Raises:
        NotFound: it is kept no longer.
    """
    case, _ = _case_for(user, case_id)
    found = cache.get(_cache_key(case.pk, key))
    if found is None:
        raise NotFound(f"Case {case.name}: what was tried is kept for some hours only; try it again.")
    return bytes(found["file"])


def _case_for(user: User, case_id: UUID) -> tuple[Case, bool]:
    """The case, and whether its raters have names for this person."""
    case = Case.objects.select_related("dataset__challenge", "dataset__scheme").filter(pk=case_id).first()
    if case is not None and allows(user, Permission.ADJUDICATE, case.dataset.challenge):
        return case, True
    open_ones = selectors.visible_to(user).filter(case_id=case_id, status=Adjudication.Status.OPEN)
    if case is None or not open_ones.exists():
        raise NotFound("There is no such case, or it is not yours to try something on.")
    return case, False


def _base_of(case: Case) -> ConsensusVersion | None:
    """Whose raters have keys: what is being adjudicated, else the head."""
    open_one = case.adjudications.filter(status=Adjudication.Status.OPEN).select_related("base").first()
    return open_one.base if open_one else head_of(case)


def _require_keys(question: Question, raters: list[Rater]) -> None:
    keys = [rater.key for rater in raters]
    if unknown := sorted({*question.weights, *question.left_out} - set(keys)):
        raise errors.BadWhatIf(f"There is no rater {', '.join(unknown)}; this case has {', '.join(keys)}.")
    if set(keys) <= question.left_out:
        raise errors.BadWhatIf("Every rater is left out; leave at least one in.")


def _compute(case: Case, head: ConsensusVersion, raters: list[Rater], question: Question) -> dict[str, Any]:
    scheme, grid = scheme_of(case.dataset.scheme), grid_of(case)
    votes = fusing.read_votes(inputs_of(raters), scheme)
    try:
        tried = _fuse(votes, raters, question, scheme, grid.spacing_mm)
    except FusionError as error:
        raise errors.BadWhatIf(f"Case {case.name}: {error}.") from None
    before = read_labelmap(blobs.read_blob(head.labelmap_digest), name=f"{case.name}.nii.gz").array
    return {
        "volumes_ml": fusing.volumes_ml(tried, scheme, grid),
        "changed_voxels": int(np.count_nonzero(tried != before)),
        "dice_to_head": dice_by_region(before, tried, scheme),
        "dice": {
            rater.key: dice_by_region(tried, labels, scheme)
            for rater, labels in zip(raters, votes.labelmaps, strict=True)
        },
        "file": write_labelmap_nifti(tried, grid=grid),
    }


def _fuse(
    votes: Votes, raters: list[Rater], question: Question, scheme: LabelScheme, spacing_mm: tuple[float, ...]
) -> Labelmap:
    kept = [place for place, rater in enumerate(raters) if rater.key not in question.left_out]
    labelmaps = [votes.labelmaps[place] for place in kept]
    unsure = [votes.unsure[place] for place in kept]
    if question.weights:
        return fuse_weighted(
            labelmaps,
            weights=[question.weights.get(raters[place].key, 1.0) for place in kept],
            method=question.method,
            scheme=scheme,
            unsure=unsure,
        )
    return fuse(
        labelmaps,
        method=question.method,
        scheme=scheme,
        parameters=question.parameters,
        unsure=unsure,
        spacing_mm=spacing_mm,
    ).labelmap


def _weight(question: Question, rater: Rater) -> float | None:
    if rater.key in question.left_out:
        return 0.0
    return question.weights.get(rater.key, 1.0) if question.weights else None


def _key_of(question: Question, head: ConsensusVersion, base: ConsensusVersion) -> str:
    document = asdict(question) | {
        "left_out": sorted(question.left_out),
        "head": str(head.pk),
        "base": str(base.pk),
        "code": fusing.CODE_VERSION,
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _cache_key(case_id: UUID, key: str) -> str:
    return f"what-if:{case_id}:{key}"
