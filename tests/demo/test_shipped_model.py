"""The model that the demo ships: asked for once, and nothing waits where nobody can run it."""

import json

import pytest

from backend.algorithms.models import Algorithm, AlgorithmVersion, Run, WorkStatus
from backend.common import blobs
from backend.demo import shipped_model, texts
from backend.demo.participants import TRAINING_SEED
from backend.demo.phantom import DEMO_SEED
from backend.phases.models import Phase
from backend.submissions.models import Submission
from tests.factories.challenges import ChallengeFactory
from tests.factories.datasets import import_cases, make_dataset
from tests.factories.phases import PhaseFactory


@pytest.fixture
def phase(db: None) -> Phase:
    dataset = make_dataset(ChallengeFactory(), scheme="brats2015")
    return PhaseFactory(challenge=dataset.challenge, dataset_version=import_cases(dataset, "A", "B"))


def ask(phase: Phase) -> Run:
    return shipped_model.ask_for_run(
        organizer=phase.challenge.created_by, challenge=phase.challenge, phase=phase
    )


def test_shipped_model_learned_from_other_phantoms_than_anything_in_the_demo() -> None:
    card = json.loads((shipped_model.FOLDER / "card.json").read_text())
    assert card["training"]["seed"] not in {DEMO_SEED, TRAINING_SEED}
    assert card["data_digest"][:16] in (shipped_model.FOLDER / "README.md").read_text()
    assert (shipped_model.FOLDER / "model.safetensors").stat().st_size < 1_000_000


def test_a_run_of_the_shipped_model_is_asked_for_once(phase: Phase) -> None:
    run = ask(phase)
    assert ask(phase) == run
    assert (run.purpose, run.status, run.total) == (Run.Purpose.BASELINE, WorkStatus.QUEUED, 2)
    version = AlgorithmVersion.objects.get()
    assert Algorithm.objects.get().kind == Algorithm.Kind.PLATFORM
    assert (version.status, version.is_trusted) == (AlgorithmVersion.Status.READY, True)
    assert (
        blobs.read_blob(version.weights_digest) == (shipped_model.FOLDER / "model.safetensors").read_bytes()
    )
    assert version.card["data_digest"]
    assert Submission.objects.get().method_name == texts.MODEL


def test_without_a_model_worker_nothing_waits_for_the_run(
    phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped_model, "WORKER_COMES_S", 0)
    said: list[str] = []
    assert shipped_model.await_run(ask(phase), say=said.append) is None
    assert said == ["no model worker is connected: the model's run waits, and is scored once there is one"]


def test_a_run_that_failed_is_told_and_does_not_end_the_seeding(phase: Phase) -> None:
    run = ask(phase)
    run.status, run.reason = WorkStatus.FAILED, "case 1: its image cannot be read"
    said: list[str] = []
    assert shipped_model.await_run(run, say=said.append) is None
    assert said == ["the model's run is failed: case 1: its image cannot be read"]
