"""Writing trainings: asked for, cancelled, tried again, given up, and what one has made."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from backend.accounts.models import User
from backend.algorithms import selectors, services, transitions
from backend.algorithms.cards import card_of_training
from backend.algorithms.errors import DoesNotFit, NotCancellable, NothingToLearn, NotRetryable
from backend.algorithms.models import (
    Algorithm,
    AlgorithmVersion,
    Training,
    TrainingCase,
    WorkStatus,
)
from backend.algorithms.package import read_config
from backend.challenges.permissions import Permission, require
from backend.common import blobs, remote_jobs
from backend.common.errors import Invalid, NotFound
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import DatasetVersion
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.phases.selectors import head_consensus
from workers import contract
from workers.contract import ModelKind, Reason

Part = TrainingCase.Part
FEWEST_CASES = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Args:
        settings: what the architecture is built with; recipe: values that replace the system's own.
        options: fields of the config that the result carries: normalisation, missing, flips, spacing_mm…
        split_seed, validation_share: which cases are held out. seed: of the training itself.
    """

    architecture: str
    budget_s: int
    sequences: tuple[str, ...] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    split_seed: int = 0
    validation_share: float = 0.2
    seed: int = 0
    needs_gpu: bool = False


def start_training(*, user: User, algorithm_id: UUID, dataset_version_id: UUID, wanted: Wanted) -> Training:
    """Let a network of the zoo learn from the cases that have a reference today (organizers).

    Raises:
        DoesNotFit: the dataset is another challenge's, or has not these sequences.
        NothingToLearn: fewer than two cases have a reference.
        BadPackage: the options make no config.
    """
    algorithm = selectors.get_algorithm(algorithm_id=algorithm_id, viewer=user)
    require(user, Permission.MODEL_TRAIN, algorithm.challenge)
    services.require_owner(user, algorithm)
    version = _usable_version(user, algorithm, dataset_version_id)
    config = _config(version, wanted)
    parts = split(head_consensus(version), wanted)
    with transaction.atomic():
        training = Training.objects.create(
            algorithm=algorithm,
            dataset_version=version,
            config=contract.to_json(config),
            recipe=dict(wanted.recipe),
            split_seed=wanted.split_seed,
            validation_share=wanted.validation_share,
            seed=wanted.seed,
            budget_s=wanted.budget_s,
            data_digest=data_digest([consensus for consensus, _ in parts]),
            needs_gpu=wanted.needs_gpu,
            requested_by=user,
        )
        TrainingCase.objects.bulk_create(
            TrainingCase(
                training=training, number=number, case=consensus.case, consensus=consensus, part=part
            )
            for number, (consensus, part) in enumerate(parts, start=1)
        )
        publish(transitions.requested(training))
    return training


def split(
    references: list[ConsensusVersion], wanted: Wanted
) -> list[tuple[ConsensusVersion, TrainingCase.Part]]:
    """Cases by name, some of them held out at random; at least one of either part.

    Raises:
        NothingToLearn: fewer than two.
    """
    ordered = sorted(references, key=lambda one: one.case.name)
    if len(ordered) < FEWEST_CASES:
        raise NothingToLearn(
            f"{len(ordered)} of its cases has a reference; a training needs {FEWEST_CASES}: one to learn "
            "from, one to hold out."
        )
    if not 0 < wanted.validation_share < 1:
        raise Invalid("The validation share lies between 0 and 1.")
    held_out = round(wanted.validation_share * len(ordered))
    held_out = min(max(held_out, 1), len(ordered) - 1)
    drawn = set(np.random.default_rng(wanted.split_seed).permutation(len(ordered))[:held_out].tolist())
    return [(one, Part.VALIDATION if k in drawn else Part.TRAINING) for k, one in enumerate(ordered)]


def data_digest(references: list[ConsensusVersion]) -> str:
    """Over the cases' files and the voxels of their references, in the order of their names."""
    lines = [f"{one.case.digest} {one.voxel_digest}" for one in references]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def cancel_training(*, training_id: UUID, user: User) -> Training:
    """Its last checkpoint stays: it can be taken up again."""
    _require_trainer(training_id, user)
    with transaction.atomic():
        remote_jobs.cancel(training_id)
        training = transitions.lock_training(training_id)
        if not may_cancel(training):
            raise NotCancellable(f"The training is {training.status}: there is nothing to cancel.")
        transitions.move(
            training, WorkStatus.CANCELLED, reason_code=Reason.CANCELLED, reason=f"By {user.shown_name}."
        )
    return training


def retry_training(*, training_id: UUID, user: User) -> Training:
    """Go on from its last checkpoint, or from the beginning where there is none."""
    _require_trainer(training_id, user)
    with transaction.atomic():
        training = transitions.lock_training(training_id)
        if not may_retry(training):
            raise NotRetryable(f"The training is {training.status}: only one that was stopped can go on.")
        transitions.move(training, WorkStatus.QUEUED)
    return training


def may_cancel(training: Training) -> bool:
    return training.status in {WorkStatus.QUEUED, WorkStatus.RUNNING}


def may_retry(training: Training) -> bool:
    return training.status in {WorkStatus.FAILED, WorkStatus.CANCELLED}


def put_back_training(training_id: UUID, reason_code: str, reason: str) -> None:
    training = transitions.lock_training(training_id)
    if training.status == WorkStatus.RUNNING:
        transitions.move(training, WorkStatus.QUEUED)
        publish(transitions.progressed(training))


def give_up_training(training_id: UUID, reason_code: str, reason: str) -> None:
    with transaction.atomic():
        training = transitions.lock_training(training_id)
        if may_cancel(training):
            transitions.move(training, WorkStatus.FAILED, reason_code=Reason.WORKER_LOST, reason=reason)


def complete_training(
    training: Training, *, config: contract.ModelConfig, summary: Mapping[str, Any]
) -> AlgorithmVersion:
    """Make its weights the algorithm's next version. The caller holds the training's lock."""
    training.summary = dict(summary)
    transitions.move(training, WorkStatus.DONE)
    algorithm = training.algorithm
    version = AlgorithmVersion.objects.create(
        algorithm=algorithm,
        number=services.next_number(algorithm),
        config=contract.to_json(config),
        weights_digest=training.weights_digest,
        weights_bytes=blobs.blob_size_bytes(training.weights_digest),
        status=AlgorithmVersion.Status.READY,
        is_trusted=True,
        card=card_of_training(training).to_json(),
        training=training,
        created_by=training.requested_by,
    )
    services.tell(algorithm)
    return version


def _require_trainer(training_id: UUID, user: User) -> None:
    training = selectors.get_training(training_id=training_id, viewer=user)
    require(user, Permission.MODEL_TRAIN, training.algorithm.challenge)


def _usable_version(user: User, algorithm: Algorithm, dataset_version_id: UUID) -> DatasetVersion:
    """Of this challenge, or of another in which the person is organizer too."""
    version = (
        DatasetVersion.objects.select_related("dataset__challenge", "dataset__scheme")
        .filter(pk=dataset_version_id)
        .first()
    )
    if version is None:
        raise NotFound("There is no such dataset version, or it is not yours to see.")
    require(user, Permission.DATASET_VIEW, version.dataset.challenge)
    if algorithm.kind != Algorithm.Kind.PLATFORM:
        raise DoesNotFit(f"{algorithm} is a participant's: make a model of the platform to train.")
    return version


def _config(version: DatasetVersion, wanted: Wanted) -> contract.ModelConfig:
    dataset = version.dataset
    has = tuple(sequence["key"] for sequence in dataset.sequences)
    sequences = has if wanted.sequences is None else wanted.sequences
    if missing := [key for key in sequences if key not in has]:
        raise DoesNotFit(f"{dataset.name} has no {', '.join(missing)}: choose of {', '.join(has)}.")
    scheme = scheme_of(dataset.scheme)
    values = {
        **wanted.options,
        "architecture": wanted.architecture,
        "settings": dict(wanted.settings),
        "sequences": list(sequences),
        "labels": [0, *(value for value in scheme.values if value not in scheme.excluded)],
        "scheme": scheme.slug,
    }
    return read_config(values, kind=ModelKind.NETWORK)
