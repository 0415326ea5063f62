"""Re-reads: a submitted case comes to its rater again, under another name, when they will have forgotten.

They are no part of the consensus. Each is compared with the first reading once both are submitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.accounts.models import User
from backend.annotations import errors, selectors
from backend.annotations.models import Annotation, Assignment
from backend.annotations.naming import neutral_name
from backend.annotations.services import assignment_changed, require_raters
from backend.challenges.permissions import Permission
from backend.common import blobs
from backend.datasets.models import Case, Dataset
from backend.datasets.selectors import get_dataset, latest_version
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.numerics.agreement import intra_rater
from backend.numerics.arrays import Labelmap
from backend.numerics.labels import split_unsure
from backend.numerics.volumes import read_labelmap

DELAY_DAYS = 14
Status = Annotation.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadPlan:
    """What is asked for.

    Args:
        per_rater: so many cases of every rater, as far as there are any.
        rater_ids: of all raters where None.
        delay_days: from handing in the reading before to the next.
        days_to_work: until it is due; without, it has no date.
    """

    per_rater: int
    rater_ids: Sequence[int] | None = None
    delay_days: int = DELAY_DAYS
    days_to_work: int | None = None


def ask_rereads(*, dataset_id: UUID, user: User, plan: RereadPlan) -> list[Assignment]:
    """Ask for re-reads of submitted cases of the latest version: the least often read first, else by chance.

    Raises:
        BadAssignment: somebody is no rater of the challenge.
        NothingToReread: nobody has submitted a case that is not being read again already.
    """
    dataset = get_dataset(user, dataset_id, Permission.ANNOTATION_MANAGE)
    if plan.rater_ids is not None:
        require_raters(dataset.challenge_id, plan.rater_ids)
    chance = np.random.default_rng()
    with transaction.atomic():
        readings = _latest_readings(dataset, plan.rater_ids)
        chosen = _choose(readings, plan.per_rater, chance)
        if not chosen:
            raise errors.NothingToReread(
                f"{dataset.name}: there is no submitted case that is not being read again already; wait for "
                "the raters to submit."
            )
        names = _names_in(dataset)
        made = []
        for before in chosen:
            name = neutral_name(before.case.name, names, source=chance)
            names.add(name)
            made.append(_ask(before, plan=plan, name=name, user=user))
    return made


def compare_readings(*, annotation_id: UUID) -> None:
    """Compare a submitted reading with the rater's other ones of the case, the first with each later one."""
    annotation = Annotation.objects.select_related("assignment").get(pk=annotation_id)
    first = annotation.assignment.reread_of or annotation
    later = Annotation.objects.filter(assignment__reread_of=first, status=Status.SUBMITTED)
    if annotation.assignment.is_reread:
        later = later.filter(pk=annotation.pk)
    if first.status == Status.SUBMITTED:
        for reread in later.select_related("assignment__case__dataset__scheme"):
            _compare(first, reread)


def _latest_readings(dataset: Dataset, rater_ids: Sequence[int] | None) -> list[Assignment]:
    """Of every case and rater, where all readings are submitted; held until the transaction ends."""
    version = latest_version(dataset)
    cases = version.cases.all() if version else Case.objects.none()
    found = Assignment.objects.filter(case__in=cases.order_by().values("pk"))
    if rater_ids is not None:
        found = found.filter(rater__in=rater_ids)
    members = Q(rater__memberships__challenge=dataset.challenge_id, rater__memberships__role="rater")
    held = found.filter(members).select_for_update(of=("self",)).select_related("annotation", "case", "rater")
    latest: dict[tuple[UUID, int], Assignment] = {}
    for assignment in held.order_by("round", "pk"):
        latest[assignment.case_id, assignment.rater_id] = assignment
    still_open = set(
        found.exclude(annotation__status=Status.SUBMITTED).values_list("case_id", "rater_id").distinct()
    )
    return [reading for pair, reading in latest.items() if pair not in still_open]


def _choose(readings: Sequence[Assignment], per_rater: int, chance: np.random.Generator) -> list[Assignment]:
    chosen: list[Assignment] = []
    for rater in sorted({reading.rater_id for reading in readings}):
        own = [reading for reading in readings if reading.rater_id == rater]
        shuffled = [own[i] for i in chance.permutation(len(own))]
        chosen += sorted(shuffled, key=lambda reading: reading.round)[:per_rater]
    return chosen


def _names_in(dataset: Dataset) -> set[str]:
    cases = Case.objects.filter(dataset=dataset).order_by()
    shown = Assignment.objects.filter(case__dataset=dataset).exclude(shown_name="").order_by()
    return {*cases.values_list("name", flat=True), *shown.values_list("shown_name", flat=True)}


def _ask(before: Assignment, *, plan: RereadPlan, name: str, user: User) -> Assignment:
    submitted_at = before.annotation.submitted_at
    assert submitted_at is not None
    offered_at = max(timezone.now(), submitted_at + timedelta(days=plan.delay_days))
    assignment = Assignment.objects.create(
        case=before.case,
        rater=before.rater,
        assigned_by=user,
        round=before.round + 1,
        reread_of_id=before.reread_of_id or before.annotation.pk,
        shown_name=name,
        offered_at=offered_at,
        due_at=_due(offered_at, plan.days_to_work),
    )
    Annotation.objects.create(assignment=assignment)
    publish(assignment_changed(assignment))
    return assignment


def _due(offered_at: datetime, days: int | None) -> datetime | None:
    return None if days is None else offered_at + timedelta(days=days)


def _compare(first: Annotation, reread: Annotation) -> None:
    scheme = scheme_of(reread.assignment.case.dataset.scheme)
    (labels, unsure), (labels_again, unsure_again) = (
        split_unsure(_submitted_labelmap(annotation), scheme) for annotation in (first, reread)
    )
    found = intra_rater(labels, labels_again, scheme, unsure=(unsure, unsure_again))
    # Only where it is still what was compared: reopening either has cleared it.
    Annotation.objects.filter(
        pk=reread.pk,
        submitted_revision=reread.submitted_revision,
        assignment__reread_of__submitted_revision=first.submitted_revision,
    ).update(intra_rater={"dice": found.dice, "kappa": found.kappa})


def _submitted_labelmap(annotation: Annotation) -> Labelmap:
    assert annotation.submitted_revision is not None, "it is submitted"
    revision = selectors.get_revision(annotation, annotation.submitted_revision)
    stored = blobs.read_blob(revision.snapshot_digest)
    return read_labelmap(stored, name=f"revision {revision.number} of {annotation.pk}.nii.gz").array
