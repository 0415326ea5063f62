"""The end of an adjudication: its labelmap becomes a consensus version, or it is withdrawn."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.adjudication import errors, selectors
from backend.adjudication.edit_services import locked, require_open
from backend.adjudication.files import provenance_of
from backend.adjudication.logs import log_of
from backend.adjudication.models import Adjudication
from backend.adjudication.provenance import Provenance
from backend.adjudication.services import changed
from backend.adjudication.sources import inputs_of, raters_of
from backend.annotations import replay
from backend.challenges.permissions import Permission, require
from backend.consensus import adjudicated
from backend.consensus.fusing import store_labelmap
from backend.datasets.selectors import grid_of
from backend.events.bus import publish
from backend.events.types import CaseFusionRequested

Status = Adjudication.Status


def sign_adjudication(*, adjudication_id: UUID, user: User, head: int, note: str = "") -> Adjudication:
    """Make the labelmap the case's next consensus version; what is scored against it follows by the pipeline.

    Args:
        head: the latest edit that the person had seen.

    Raises:
        AdjudicationMoved: somebody painted since; details carry the head.
        AdjudicationClosed: it was signed or withdrawn.
    """
    seen = selectors.get_adjudication(user, adjudication_id)
    require(user, Permission.ADJUDICATE, seen.case.dataset.challenge)
    require_open(seen)
    _require_head(seen, head)
    labelmap = replay.state_at(log_of(seen), head).labelmap
    settled = adjudicated.describe(
        labelmap,
        base=seen.base,
        inputs=inputs_of(raters_of(seen.base)),
        parameters={"adjudication": str(seen.pk), "base": seen.base.number, "head": head},
        provenance=_to_json(provenance_of(seen, labelmap), seen),
    )
    with transaction.atomic():
        adjudication = locked(seen.pk)
        require_open(adjudication)
        _require_head(adjudication, head)
        adjudication.result = adjudicated.save(settled, base=seen.base)
        adjudication.status = Status.SIGNED
        adjudication.signed_by, adjudication.signed_at, adjudication.note = user, timezone.now(), note
        adjudication.save(update_fields=["result", "status", "signed_by", "signed_at", "note"])
        publish(changed(adjudication))
    return selectors.get_adjudication(user, adjudication_id)


def withdraw_adjudication(*, adjudication_id: UUID, user: User) -> Adjudication:
    """Close it without a result; of a signed one the case is fused anew, as a further version.

    Raises:
        AdjudicationClosed: it was withdrawn already.
    """
    seen = selectors.get_adjudication(user, adjudication_id)
    require(user, Permission.ADJUDICATE, seen.case.dataset.challenge)
    with transaction.atomic():
        adjudication = locked(seen.pk)
        if adjudication.status == Status.WITHDRAWN:
            require_open(adjudication)
        was_signed = adjudication.status == Status.SIGNED
        adjudication.status = Status.WITHDRAWN
        adjudication.save(update_fields=["status"])
        publish(changed(adjudication))
        if was_signed:
            publish(
                CaseFusionRequested(case_id=adjudication.case_id, dataset_id=adjudication.case.dataset_id)
            )
    return selectors.get_adjudication(user, adjudication_id)


def _require_head(adjudication: Adjudication, head: int) -> None:
    if adjudication.head != head:
        raise errors.AdjudicationMoved(
            f"Case {adjudication.case.name}: edit {head} is no longer the latest, {adjudication.head} is; "
            "look at what came since, then sign again.",
            details={"head": adjudication.head},
        )


def _to_json(provenance: Provenance, adjudication: Adjudication) -> dict[str, object]:
    """The map is stored; people by id."""
    return {
        "map_digest": store_labelmap(provenance.codes, grid_of(adjudication.case)),
        "legend": [
            {
                "code": entry.code,
                "source": entry.source,
                "person": entry.person,
                "voxels": entry.voxels,
                "volume_ml": entry.volume_ml,
            }
            for entry in provenance.legend
        ],
    }
