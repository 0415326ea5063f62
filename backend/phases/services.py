"""Writing phases, and keeping what they score against current."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from backend.accounts.models import User
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, require
from backend.common.errors import Conflict, Invalid, NotFound
from backend.datasets.models import DatasetVersion
from backend.events.bus import publish
from backend.events.types import PhaseChanged, PhaseReferenceReplaced
from backend.phases import selectors
from backend.phases.metrics import check_scoring
from backend.phases.models import Phase, PhaseReference

EDITABLE = frozenset(
    {
        "slug",
        "title",
        "description",
        "opens_at",
        "closes_at",
        "attempts_per_day",
        "attempts_total",
        "score_visibility",
        "images_shared",
        "reference_shared",
        "lesion_rules",
        "nsd_tolerances_mm",
        "ranking_metrics",
        "ranking_regions",
        "ranking_method",
        "ranking_statistic",
        "ties",
        "position",
    }
)


def create_phase(
    *, actor: User, challenge: Challenge, dataset_version_id: UUID, fields: Mapping[str, object]
) -> Phase:
    """Add a phase over a dataset version of this challenge, or of another in which the actor is organizer
    too.

    Args:
        fields: values of `EDITABLE`; those left out take the model's defaults, the slug is made from the
        title.
    """
    require(actor, Permission.PHASE_MANAGE, challenge)
    version = _usable_version(actor, dataset_version_id)
    phase = Phase(challenge=challenge, dataset_version=version)
    _apply(phase, fields)
    phase.slug = phase.slug or slugify(phase.title)[:60] or "phase"
    _check(phase)
    return _save(phase)


def update_phase(
    *, actor: User, phase_id: UUID, fields: Mapping[str, object], dataset_version_id: UUID | None = None
) -> Phase:
    """Change a phase. Its cases stay as they are once something was submitted or scored against them."""
    with transaction.atomic():
        phase = _lock(phase_id)
        require(actor, Permission.PHASE_MANAGE, phase.challenge)
        if dataset_version_id is not None and dataset_version_id != phase.dataset_version_id:
            if phase.submissions.exists() or phase.references.exists():
                raise Conflict(
                    f"{phase.title} has submissions or a reference; make a new phase for other cases.",
                    code="phase_in_use",
                )
            phase.dataset_version = _usable_version(actor, dataset_version_id)
        _apply(phase, fields)
        _check(phase)
        return _save(phase)


def refresh_case_references(*, case_id: UUID) -> None:
    """A case has a new consensus: bring every phase that holds the case up to date."""
    phases = Phase.objects.filter(dataset_version__cases=case_id).values_list("pk", flat=True)
    for phase_id in phases.order_by("pk"):
        refresh_phase_reference(phase_id=phase_id)


def refresh_phase_reference(*, phase_id: UUID) -> PhaseReference | None:
    """Make the latest consensus of every case the phase's reference, if that is a change.

    Returns:
        The current reference; None while a case has no consensus and there was no reference before.
    """
    with transaction.atomic():
        phase = _lock(phase_id)
        current = selectors.current_reference(phase)
        heads = selectors.head_consensus(phase.dataset_version)
        if not heads or len(heads) < phase.dataset_version.cases.count():
            return current
        digest = hashlib.sha256("\n".join(sorted(str(head.pk) for head in heads)).encode()).hexdigest()
        if current is not None and current.digest == digest:
            return current
        reference = PhaseReference.objects.create(
            phase=phase, number=current.number + 1 if current else 1, digest=digest
        )
        reference.consensus_versions.set(heads)
        publish(PhaseReferenceReplaced(reference_id=reference.pk, phase_id=phase.pk))
    return reference


def _lock(phase_id: UUID) -> Phase:
    # no_key: submissions that arrive meanwhile only refer to the phase, and need not wait.
    found = Phase.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "challenge", "dataset_version"
    )
    phase = found.filter(pk=phase_id).first()
    if phase is None:
        raise NotFound("There is no such phase, or it is not yours to see.")
    return phase


def _usable_version(actor: User, version_id: UUID) -> DatasetVersion:
    version = DatasetVersion.objects.select_related("dataset__challenge").filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such dataset version, or it is not yours to see.")
    require(actor, Permission.PHASE_MANAGE, version.dataset.challenge)
    return version


def _apply(phase: Phase, fields: Mapping[str, object]) -> None:
    if unknown := set(fields) - EDITABLE:
        raise ValueError(f"not editable: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(phase, name, value)


def _check(phase: Phase) -> None:
    if phase.opens_at and phase.closes_at and phase.opens_at >= phase.closes_at:
        raise Invalid("The phase must open before it closes.", code="closes_before_it_opens")
    if phase.attempts_per_day < 1 or phase.attempts_total < 1:
        raise Invalid("Participants need at least one attempt a day and in total.", code="no_attempts")
    phase.nsd_tolerances_mm = sorted(phase.nsd_tolerances_mm)
    check_scoring(phase)
    taken = Phase.objects.filter(challenge=phase.challenge, slug=phase.slug).exclude(pk=phase.pk)
    if taken.exists():
        raise _slug_taken(phase)


def _save(phase: Phase) -> Phase:
    try:
        with transaction.atomic():
            phase.save()
            publish(PhaseChanged(phase_id=phase.pk, challenge_id=phase.challenge_id))
    except IntegrityError as error:
        if "phase_slug_once_per_challenge" in str(error):
            raise _slug_taken(phase) from error
        raise
    return phase


def _slug_taken(phase: Phase) -> Conflict:
    return Conflict(f"This challenge already has a phase {phase.slug!r}; choose another.", code="slug_taken")
