"""Making and changing phases, and keeping their references current."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.challenges.models import Role
from backend.common.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.common.models import Job
from backend.phases import selectors, services
from backend.phases.models import Phase
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.phases import PhaseFactory, make_consensus, make_version
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}


def queued() -> set[str]:
    return set(Job.objects.filter(status="queued").values_list("name", flat=True))


def test_organizer_makes_a_phase_with_a_slug_of_its_title() -> None:
    challenge = ChallengeFactory()
    version = make_version(challenge, TRUTHS)
    phase = services.create_phase(
        actor=challenge.created_by,
        challenge=challenge,
        dataset_version_id=version.pk,
        fields={"title": "Final Test"},
    )
    assert phase.slug == "final-test"
    assert phase.is_open
    assert queued() == {
        "phases.refresh_phase_reference_task",
        "evaluations.owe_rater_scores_task",
        "leaderboards.rank_phase_task",
    }


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.RATER])
def test_others_make_no_phase(role: Role) -> None:
    challenge = ChallengeFactory()
    version = make_version(challenge, TRUTHS)
    with pytest.raises(NotAllowed):
        services.create_phase(
            actor=member(challenge, role),
            challenge=challenge,
            dataset_version_id=version.pk,
            fields={"title": "T"},
        )


def test_dataset_of_a_challenge_that_the_organizer_does_not_organize_is_refused() -> None:
    mine, theirs = ChallengeFactory(), ChallengeFactory(visibility="draft")
    with pytest.raises(NotFound):
        services.create_phase(
            actor=mine.created_by,
            challenge=mine,
            dataset_version_id=make_version(theirs, TRUTHS).pk,
            fields={"title": "T"},
        )


def test_dataset_of_another_own_challenge_is_accepted() -> None:
    mine = ChallengeFactory()
    also_mine = ChallengeFactory(created_by=mine.created_by)
    phase = services.create_phase(
        actor=mine.created_by,
        challenge=mine,
        dataset_version_id=make_version(also_mine, TRUTHS).pk,
        fields={"title": "T"},
    )
    assert phase.challenge == mine


def test_slug_once_per_challenge() -> None:
    phase = PhaseFactory()
    with pytest.raises(Conflict) as refused:
        services.create_phase(
            actor=phase.challenge.created_by,
            challenge=phase.challenge,
            dataset_version_id=phase.dataset_version_id,
            fields={"title": "T", "slug": phase.slug},
        )
    assert refused.value.reason_code == "slug_taken"


def test_phase_that_closes_before_it_opens_is_refused() -> None:
    phase = PhaseFactory()
    now = timezone.now()
    with pytest.raises(Invalid):
        services.update_phase(
            actor=phase.challenge.created_by,
            phase_id=phase.pk,
            fields={"opens_at": now, "closes_at": now - timedelta(hours=1)},
        )


def test_open_from_opening_until_closing() -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    assert Phase(opens_at=now - hour, closes_at=now + hour).is_open
    assert not Phase(opens_at=now + hour).is_open
    assert not Phase(closes_at=now - hour).is_open
    assert Phase().is_open


def test_cases_stay_once_there_is_a_reference() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    other = make_version(phase.challenge, {"C": tumour()})
    actor = phase.challenge.created_by
    services.update_phase(actor=actor, phase_id=phase.pk, fields={}, dataset_version_id=other.pk)
    make_consensus(other.cases.get(), tumour())
    services.refresh_phase_reference(phase_id=phase.pk)
    with pytest.raises(Conflict) as refused:
        services.update_phase(
            actor=actor,
            phase_id=phase.pk,
            fields={},
            dataset_version_id=make_version(phase.challenge, TRUTHS).pk,
        )
    assert refused.value.reason_code == "phase_in_use"


def test_reference_needs_every_case() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    first, second = phase.dataset_version.cases.order_by("name")
    make_consensus(first, TRUTHS["A"])
    assert services.refresh_phase_reference(phase_id=phase.pk) is None
    state = selectors.reference_state(phase)
    assert (state.cases, state.with_reference, state.number) == (2, 1, None)
    make_consensus(second, TRUTHS["B"])
    reference = services.refresh_phase_reference(phase_id=phase.pk)
    assert reference is not None
    assert selectors.reference_state(phase).number == reference.number == 1


def test_same_consensus_makes_no_new_reference_and_a_new_one_does() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    first, second = phase.dataset_version.cases.order_by("name")
    old = [make_consensus(first, TRUTHS["A"]), make_consensus(second, TRUTHS["B"])]
    before = services.refresh_phase_reference(phase_id=phase.pk)
    assert services.refresh_phase_reference(phase_id=phase.pk) == before
    new = make_consensus(first, TRUTHS["B"])
    services.refresh_case_references(case_id=first.pk)
    current = selectors.current_reference(phase)
    assert current is not None
    assert current.number == 2
    assert set(current.consensus_versions.all()) == {new, old[1]}
    assert before is not None
    assert set(before.consensus_versions.all()) == set(old)


def test_new_reference_owes_the_scoring_of_the_phase() -> None:
    phase = PhaseFactory(truths={"A": tumour()})
    make_consensus(phase.dataset_version.cases.get(), tumour())
    services.refresh_phase_reference(phase_id=phase.pk)
    assert "evaluations.evaluate_phase_task" in queued()


def test_case_refreshes_every_phase_that_holds_it() -> None:
    phase = PhaseFactory(truths={"A": tumour()})
    twin = PhaseFactory(challenge=phase.challenge, dataset_version=phase.dataset_version)
    apart = PhaseFactory(challenge=phase.challenge, truths={"A": tumour()})
    case = phase.dataset_version.cases.get()
    make_consensus(case, tumour())
    services.refresh_case_references(case_id=case.pk)
    assert [x.references.count() for x in (phase, twin, apart)] == [1, 1, 0]
