"""What the tests of models share: a challenge with a dataset of three cases, a public and a hidden phase."""

from types import SimpleNamespace

import pytest
from django.conf import LazySettings

from backend.challenges.models import Role
from backend.phases.services import refresh_phase_reference
from tests.factories.algorithms import TOKEN, make_model
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.datasets import import_cases, make_dataset
from tests.factories.phases import PhaseFactory, make_consensus
from tests.jobs import run_due_jobs
from tests.phantoms import tumour


@pytest.fixture(autouse=True)
def worker_token(settings: LazySettings) -> None:
    settings.WORKER_TOKENS = ["another-one", TOKEN][::-1]


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    challenge = ChallengeFactory()
    dataset = make_dataset(challenge, raters_required=1)
    version = import_cases(dataset, "A", "B", "C")
    for case in version.cases.all():
        make_consensus(case, tumour())
    phase = PhaseFactory(challenge=challenge, dataset_version=version)
    hidden = PhaseFactory(
        challenge=challenge, dataset_version=version, images_shared=False, score_visibility="own"
    )
    for each in (phase, hidden):
        refresh_phase_reference(phase_id=each.pk)
    run_due_jobs()
    participant = member(challenge, Role.PARTICIPANT)
    return SimpleNamespace(
        challenge=challenge,
        dataset=dataset,
        version=version,
        phase=phase,
        hidden=hidden,
        organizer=challenge.created_by,
        participant=participant,
        model=make_model(challenge, challenge.created_by),
        own=make_model(challenge, participant, trusted=False),
    )
