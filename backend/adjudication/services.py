"""Laying a case before experts, and saying who they are. Painting: `edit_services`; the end: `signing`.

Opening reads the raters' labelmaps and finds what they disagree about within the request, as the organizer
waits for the page: about a second for 9 million voxels and five raters.
"""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.adjudication import errors, selectors
from backend.adjudication.edit_services import locked, require_open
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.adjudication.sources import Rater, inputs_of, raters_of
from backend.challenges.models import Role
from backend.challenges.permissions import Permission, require
from backend.common import blobs
from backend.consensus.fusing import read_votes, store_labelmap
from backend.consensus.models import ConsensusVersion
from backend.consensus.selectors import get_case, head_of
from backend.datasets.models import Case
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.events.types import AdjudicationChanged
from backend.numerics.contested import find_contested
from backend.numerics.volumes import read_labelmap

FEWEST_RATERS = 2


def open_adjudication(*, case_id: UUID, user: User, experts: Sequence[str] = ()) -> Adjudication:
    """Open an adjudication upon the head of a case's consensus.

    Args:
        experts: usernames of raters who are invited.

    Raises:
        NothingToAdjudicate: the head was not fused from two raters or more, or edits cannot write its labels.
        AlreadyOpen: the case has one.
        BadExpert: somebody may not be invited.
    """
    case = get_case(user, case_id, Permission.ADJUDICATE)
    invited = _require_experts(case, experts)
    _require_none_open(case)
    base = head_of(case)
    raters = raters_of(base) if base else []
    if base is None or len(raters) < FEWEST_RATERS:
        raise errors.NothingToAdjudicate(
            f"Case {case.name}: {_why_not(base)}; wait until {FEWEST_RATERS} raters have submitted and the "
            "case is fused."
        )
    adjudication = _prepare(case, base, raters)
    adjudication.opened_by = user
    try:
        with transaction.atomic():
            adjudication.save(force_insert=True)
            adjudication.experts.set(invited)
            publish(changed(adjudication))
    except IntegrityError:  # somebody else opened one meanwhile
        _require_none_open(case)
        raise
    return selectors.get_adjudication(user, adjudication.pk)


def set_experts(*, adjudication_id: UUID, user: User, experts: Sequence[str]) -> Adjudication:
    """Invite these raters, and nobody else.

    Raises:
        BadExpert: somebody may not be invited.
        AdjudicationClosed: it was signed or withdrawn.
    """
    seen = selectors.get_adjudication(user, adjudication_id)
    require(user, Permission.ADJUDICATE, seen.case.dataset.challenge)
    with transaction.atomic():
        adjudication = locked(seen.pk)
        require_open(adjudication)
        adjudication.experts.set(_require_experts(adjudication.case, experts))
        publish(changed(adjudication))
    return selectors.get_adjudication(user, adjudication_id)


def changed(adjudication: Adjudication) -> AdjudicationChanged:
    return AdjudicationChanged(
        adjudication_id=adjudication.pk,
        case_id=adjudication.case_id,
        dataset_id=adjudication.case.dataset_id,
    )


def _require_none_open(case: Case) -> None:
    found = case.adjudications.filter(status=Adjudication.Status.OPEN).first()
    if found is not None:
        raise errors.AlreadyOpen(
            f"Case {case.name} is being adjudicated already; sign or withdraw that one first.",
            details={"adjudication": str(found.pk)},
        )


def _why_not(base: ConsensusVersion | None) -> str:
    if base is None:
        return "it has no consensus yet"
    if base.method == ConsensusVersion.IMPORTED:
        return "its consensus was imported, and its raters are not known"
    return "its consensus is of one rater, who disagrees with nobody"


def _require_experts(case: Case, usernames: Sequence[str]) -> list[User]:
    """Raters of the challenge who owe this case nothing: whoever does would no longer be blind."""
    wanted = set(usernames)
    found = User.objects.filter(
        username__in=wanted,
        memberships__challenge=case.dataset.challenge_id,
        memberships__role=Role.RATER,
    )
    experts = list(found.order_by("pk"))
    if missing := sorted(wanted - {expert.username for expert in experts}):
        raise errors.BadExpert(
            f"No raters of this challenge: {', '.join(missing)}; make them raters first, or leave them out.",
            details={"usernames": missing},
        )
    busy = [expert.username for expert in experts if selectors.unsubmitted_of(expert, case.pk).exists()]
    if busy:
        raise errors.BadExpert(
            f"Case {case.name} is still being annotated by {', '.join(busy)}; an expert sees what the other "
            "raters drew, so invite them once they have submitted it.",
            details={"usernames": busy},
        )
    return experts


def _prepare(case: Case, base: ConsensusVersion, raters: list[Rater]) -> Adjudication:
    """Unsaved, its files stored."""
    scheme, grid = scheme_of(case.dataset.scheme), grid_of(case)
    fused = read_labelmap(
        blobs.read_blob(base.labelmap_digest), name=f"{case.name}, consensus {base.number}.nii.gz"
    ).array
    inputs = inputs_of(raters)
    votes = read_votes(inputs, scheme)
    if any(labelmap.dtype != np.uint8 for labelmap in (fused, *votes.labelmaps)):
        raise errors.NothingToAdjudicate(
            f"Case {case.name}: it has labels over 255, which edits cannot write; settle it in another "
            "program, and upload the labelmaps again."
        )
    contested = find_contested(
        {rater.key: labels for rater, labels in zip(raters, votes.labelmaps, strict=True)},
        {AdjudicationEdit.FUSED: fused},
        scheme=scheme,
        grid=grid,
    )
    return Adjudication(
        case=case,
        base=base,
        raters=[
            rater.to_json()
            | {"labelmap_digest": item.snapshot if unsure is None else store_labelmap(labels, grid)}
            for rater, item, labels, unsure in zip(raters, inputs, votes.labelmaps, votes.unsure, strict=True)
        ],
        regions=[region.to_json() for region in contested.regions],
        regions_digest=store_labelmap(contested.map, grid),
        entropy_digest=store_labelmap(contested.entropy, grid),
        table_digest=blobs.put_bytes(contested.table.to_bytes()).digest,
    )
