"""What a model was trained on: said where it is scored, by the images and not by their names."""

from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.algorithms import trainings
from backend.algorithms.models import AlgorithmVersion, Run
from backend.leaderboards.selectors import board_for
from backend.phases.models import Phase
from backend.submissions import running
from tests.factories.algorithms import WorkerClient, safetensors_bytes
from tests.factories.datasets import inspect, make_dataset, store
from tests.factories.phases import PhaseFactory
from tests.jobs import run_due_jobs
from tests.phantoms import SEQUENCES, case_files, image, nifti_bytes, tumour
from workers import contract


@pytest.fixture
def trained(world: SimpleNamespace) -> AlgorithmVersion:
    """A version that learned from the cases of both phases."""
    training = trainings.start_training(
        user=world.organizer,
        algorithm_id=world.model.algorithm_id,
        dataset_version_id=world.version.pk,
        wanted=trainings.Wanted(architecture="unet3d", budget_s=60),
    )
    worker = WorkerClient()
    worker.claim_training()
    digest = worker.put("weights/", safetensors_bytes()).json()["digest"]
    worker.end(weights_digest=digest, config=contract.read(contract.ModelConfig, training.config))
    run_due_jobs()
    return AlgorithmVersion.objects.get(training=training)


def shown_to(person: User, version: AlgorithmVersion) -> Any:
    client = APIClient()
    client.force_login(person)
    return client.get(f"/api/v1/algorithm-versions/{version.pk}/").json()


def baseline(world: SimpleNamespace, phase: Phase, version: AlgorithmVersion) -> None:
    wanted = running.Wanted(version_id=version.pk, purpose=Run.Purpose.BASELINE)
    run = running.submit_run(user=world.organizer, phase_id=phase.pk, wanted=wanted)
    WorkerClient().predict(run, tumour())
    run_due_jobs()


def test_everyone_sees_of_which_phases_it_saw_cases(
    world: SimpleNamespace, trained: AlgorithmVersion
) -> None:
    for person in (world.organizer, world.participant):
        found = shown_to(person, trained)["trained_on_phases"]
        assert found == [
            {"id": str(phase.pk), "title": phase.title, "cases": 3} for phase in (world.phase, world.hidden)
        ]
    assert shown_to(world.organizer, world.model)["trained_on_phases"] == []


def test_only_organizers_are_told_which_training_made_it(
    world: SimpleNamespace, trained: AlgorithmVersion
) -> None:
    assert shown_to(world.organizer, trained)["training"] == str(trained.training_id)
    assert shown_to(world.participant, trained)["training"] is None


def test_the_same_image_under_another_name_is_the_same_case(
    world: SimpleNamespace, trained: AlgorithmVersion
) -> None:
    new = [
        (f"New/New_{key}.nii.gz", nifti_bytes(image(index))) for index, key in enumerate(SEQUENCES, start=20)
    ]
    stored = store(inspect(make_dataset(world.challenge), [*case_files("Renamed"), *new]))
    other = PhaseFactory(challenge=world.challenge, dataset_version=stored.version)
    found = {one["id"]: one["cases"] for one in shown_to(world.organizer, trained)["trained_on_phases"]}
    assert found[str(other.pk)] == 1


def test_the_board_marks_it(world: SimpleNamespace, trained: AlgorithmVersion) -> None:
    baseline(world, world.phase, trained)
    rows = board_for(phase_id=world.phase.pk, viewer=world.participant)["rows"]
    assert [row["trained_on_cases"] for row in rows] == [3]


def test_the_board_does_not_mark_what_is_not_known_to_have_seen_them(world: SimpleNamespace) -> None:
    baseline(world, world.phase, world.model)
    rows = board_for(phase_id=world.phase.pk, viewer=world.participant)["rows"]
    assert [row["trained_on_cases"] for row in rows] == [0]
