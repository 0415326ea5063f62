"""Trainings: asked for, reported, interrupted, and the version that one makes."""

from types import SimpleNamespace

import pytest

from backend.algorithms import trainings
from backend.algorithms.errors import BadPackage, DoesNotFit, NothingToLearn
from backend.algorithms.models import AlgorithmVersion, Training, TrainingCase, WorkStatus
from backend.common import blobs
from backend.common.errors import NotAllowed
from backend.datasets.models import Dataset
from tests.algorithms.test_worker_api import expire_lease
from tests.factories.algorithms import WorkerClient, safetensors_bytes
from tests.jobs import run_due_jobs
from workers import contract

Part = TrainingCase.Part


def start(world: SimpleNamespace, **fields: object) -> Training:
    wanted = trainings.Wanted(**({"architecture": "unet3d", "budget_s": 60} | fields))  # type: ignore[arg-type]
    return trainings.start_training(
        user=world.organizer,
        algorithm_id=world.model.algorithm_id,
        dataset_version_id=world.version.pk,
        wanted=wanted,
    )


def finish(worker: WorkerClient, training: Training, data: bytes | None = None) -> None:
    data = data or safetensors_bytes()
    digest = worker.put("weights/", data).json()["digest"]
    config = contract.read(contract.ModelConfig, training.config | {"normalisation": "unit_range"})
    worker.end(weights_digest=digest, config=config, summary={"best_dice": 0.8}, device="cpu")


def test_split_is_of_the_seed_and_holds_one_out(world: SimpleNamespace) -> None:
    parts = [start(world, split_seed=seed).cases.values_list("part", flat=True) for seed in (3, 3, 4, 5, 6)]
    assert list(parts[0]) == list(parts[1])
    assert len({tuple(one) for one in parts}) > 1
    assert all(list(one).count(Part.VALIDATION) == 1 for one in parts)


def test_config_is_the_dataset_s(world: SimpleNamespace) -> None:
    training = start(world, sequences=("t2", "flair"), options={"missing": "zero"})
    assert training.config["sequences"] == ["t2", "flair"]
    assert training.config["labels"] == [0, 1, 2, 4]
    assert (training.config["scheme"], training.config["missing"]) == ("brats2017", "zero")


def test_what_cannot_be_learned_is_refused(world: SimpleNamespace) -> None:
    with pytest.raises(DoesNotFit):
        start(world, sequences=("pet",))
    with pytest.raises(BadPackage):
        start(world, options={"flips": 3})
    world.version.cases.set(world.version.cases.filter(name="A"))
    with pytest.raises(NothingToLearn):
        start(world)


def test_participants_do_not_train(world: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        trainings.start_training(
            user=world.participant,
            algorithm_id=world.own.algorithm_id,
            dataset_version_id=world.version.pk,
            wanted=trainings.Wanted(architecture="unet3d", budget_s=60),
        )


def test_result_is_a_ready_version_with_its_card(world: SimpleNamespace) -> None:
    Dataset.objects.update(is_synthetic=True)
    training = start(world)
    worker = WorkerClient()
    request = worker.claim_training()
    assert (len(request.training), len(request.validation)) == (2, 1)
    assert request.regions["complete"] == (1, 2, 4)
    assert request.training[0].labelmap is not None
    assert worker.fetch(request.training[0].labelmap).status_code == 200
    finish(worker, training)
    run_due_jobs()
    training.refresh_from_db()
    version = AlgorithmVersion.objects.get(training=training)
    assert (training.status, version.status, version.number) == (WorkStatus.DONE, "ready", 2)
    assert version.is_trusted
    assert version.config["normalisation"] == "unit_range"
    assert blobs.read_blob(version.weights_digest) == safetensors_bytes()
    assert "phantom" in version.card["notes"]
    assert version.card["data_digest"] == training.data_digest
    assert version.card["training"]["best_dice"] == 0.8


def test_end_without_the_weights_fails_it(world: SimpleNamespace) -> None:
    training = start(world)
    worker = WorkerClient()
    worker.claim_training()
    config = contract.read(contract.ModelConfig, training.config)
    worker.end(weights_digest="0" * 64, config=config)
    training.refresh_from_db()
    assert training.status == WorkStatus.FAILED
    assert not AlgorithmVersion.objects.filter(training=training).exists()


def test_what_is_no_safetensors_is_refused(world: SimpleNamespace) -> None:
    start(world)
    worker = WorkerClient()
    worker.claim_training()
    assert worker.put("weights/", b"\x80\x02pickle").status_code == 422


def test_curve_keeps_the_newer_point_of_a_step(world: SimpleNamespace) -> None:
    training = start(world)
    worker = WorkerClient()
    worker.claim_training()
    points = (contract.CurvePoint(10, 1.0, 0.9), contract.CurvePoint(20, 2.0, 0.8, {"complete": 0.4}))
    worker.progress(stage="training", done=20, total=100, curve=points)
    worker.progress(stage="training", done=21, total=100, curve=(contract.CurvePoint(20, 2.5, 0.7),))
    assert list(training.curve.values_list("step", "loss")) == [(10, 0.9), (20, 0.7)]
    training.refresh_from_db()
    assert (training.done, training.total) == (21, 100)


def test_lost_training_goes_on_from_its_newest_checkpoint(world: SimpleNamespace) -> None:
    training = start(world)
    lost = WorkerClient("lost")
    assert lost.claim_training().checkpoint is None
    lost.put("checkpoint/", b"first")
    lost.put("checkpoint/", b"second")
    expire_lease()
    other = WorkerClient("other")
    checkpoint = other.claim_training().checkpoint
    assert checkpoint is not None
    assert b"".join(other.fetch(checkpoint)) == b"second"  # type: ignore[arg-type]  # a FileResponse is iterated
    assert lost.put("checkpoint/", b"third").status_code == 409
    training.refresh_from_db()
    assert blobs.read_blob(training.checkpoint_digest) == b"second"


def test_cancelled_training_can_be_taken_up_again(world: SimpleNamespace) -> None:
    training = start(world)
    worker = WorkerClient()
    worker.claim_training()
    worker.put("checkpoint/", b"first")
    trainings.cancel_training(training_id=training.pk, user=world.organizer)
    assert not worker.progress()
    trainings.retry_training(training_id=training.pk, user=world.organizer)
    assert worker.claim_training().checkpoint is not None
