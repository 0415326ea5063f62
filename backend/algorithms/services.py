"""Writing algorithms and their versions: made, described, uploaded, checked."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from backend.accounts.models import User
from backend.algorithms import selectors
from backend.algorithms.cards import Card
from backend.algorithms.errors import BadPackage, NameTaken
from backend.algorithms.models import Algorithm, AlgorithmVersion
from backend.algorithms.package import read_package
from backend.algorithms.reasons import sentence_of
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, require
from backend.common import blobs
from backend.common.errors import Invalid, NotAllowed
from backend.events.bus import publish
from backend.events.types import AlgorithmChanged, AlgorithmVersionUploaded
from backend.uploads.models import Upload
from backend.uploads.services import release_upload, take_upload
from workers import contract
from workers.contract import Reason

Status = AlgorithmVersion.Status
EDITABLE = frozenset({"name", "description", "licence"})


@dataclass(frozen=True, slots=True)
class NewAlgorithm:
    name: str
    description: str = ""
    licence: str = ""


def create_algorithm(*, user: User, challenge: Challenge, wanted: NewAlgorithm) -> Algorithm:
    """Organizers make the platform's, participants their own.

    Raises:
        NameTaken: the challenge has one of this name.
    """
    require(user, Permission.MODEL_UPLOAD, challenge)
    name = wanted.name.strip()
    if not name:
        raise Invalid("Give the model a name: it stands beside its results.")
    ours = selectors.manages(user, challenge)
    try:
        with transaction.atomic():
            algorithm = Algorithm.objects.create(
                challenge=challenge,
                owner=user,
                name=name,
                slug=slugify(name)[:60] or "model",
                description=wanted.description,
                licence=wanted.licence,
                kind=Algorithm.Kind.PLATFORM if ours else Algorithm.Kind.PARTICIPANT,
            )
            tell(algorithm)
    except IntegrityError:
        raise NameTaken(
            f"{challenge.title} has a model called {name} already: choose another name."
        ) from None
    return algorithm


def update_algorithm(*, user: User, algorithm_id: UUID, changes: Mapping[str, str]) -> Algorithm:
    """The slug stays: people have linked it."""
    algorithm = selectors.get_algorithm(algorithm_id=algorithm_id, viewer=user)
    require_owner(user, algorithm)
    changed = {name: value for name, value in changes.items() if name in EDITABLE}
    if "name" in changed and not changed["name"].strip():
        raise Invalid("Give the model a name: it stands beside its results.")
    for name, value in changed.items():
        setattr(algorithm, name, value)
    with transaction.atomic():
        algorithm.save(update_fields=sorted(changed))
        tell(algorithm)
    return algorithm


def upload_version(
    *,
    user: User,
    algorithm_id: UUID,
    upload_id: UUID,
    config: Mapping[str, Any] | None = None,
    card: Card | None = None,
) -> AlgorithmVersion:
    """Make the next version of an upload; the workers check it.

    Args:
        config: of an `.onnx` that was uploaded alone.
    """
    algorithm = selectors.get_algorithm(algorithm_id=algorithm_id, viewer=user)
    require_owner(user, algorithm)
    with transaction.atomic():
        upload = take_upload(upload_id=upload_id, owner=user, purpose=Upload.Purpose.MODEL)
        version = AlgorithmVersion.objects.create(
            algorithm=algorithm,
            number=next_number(algorithm),
            config=dict(config or {}),
            card=(card or Card()).to_json(),
            upload=upload,
            created_by=user,
        )
        publish(AlgorithmVersionUploaded(version_id=version.pk, algorithm_id=algorithm.pk))
        tell(algorithm)
    return version


def check_version(*, version_id: UUID) -> None:
    """Refuse an uploaded version with what to mend, or store it and let it wait for its trial. Idempotent."""
    version = AlgorithmVersion.objects.select_related("upload").get(pk=version_id)
    if version.status != Status.CHECKING or version.upload is None:
        return
    upload = version.upload
    with tempfile.TemporaryDirectory(prefix="consilium-model-") as folder:
        try:
            found = read_package(
                upload.path, filename=upload.filename, config=version.config, folder=Path(folder)
            )
        except BadPackage as error:
            _decide(version_id, status=Status.REFUSED, reason_code=error.reason_code, reason=error.sentence)
            return
        stored = blobs.put_file(found.weights)
    _decide(
        version_id,
        status=Status.TRIAL,
        kind=str(found.kind),
        config=contract.to_json(found.config),
        weights_digest=stored.digest,
        weights_bytes=stored.size_bytes,
    )


def give_up_checking(version_id: UUID, reason_code: str, reason: str) -> None:
    _decide(
        version_id,
        status=Status.REFUSED,
        reason_code=Reason.INTERNAL,
        reason="The check was stopped by a fault of ours: upload the model again.",
    )


def add_trusted_version(
    *, algorithm: Algorithm, config: contract.ModelConfig, weights: Path, card: Card
) -> AlgorithmVersion:
    """A version that the operator vouches for, ready at once: the demo's. No endpoint leads here."""
    stored = blobs.put_file(weights)
    with transaction.atomic():
        version = AlgorithmVersion.objects.create(
            algorithm=algorithm,
            number=next_number(algorithm),
            config=contract.to_json(config),
            weights_digest=stored.digest,
            weights_bytes=stored.size_bytes,
            status=Status.READY,
            is_trusted=True,
            card=card.to_json(),
            created_by=algorithm.owner,
        )
        tell(algorithm)
    return version


def pass_trial(*, version_id: UUID) -> None:
    """Its trial gave a labelmap that fits the case: it is ready. Again is harmless."""
    with transaction.atomic():
        version = AlgorithmVersion.objects.select_for_update().get(pk=version_id)
        if version.status == Status.TRIAL:
            version.status, version.reason_code, version.reason = Status.READY, "", ""
            version.save(update_fields=["status", "reason_code", "reason"])
            tell(version.algorithm)


def fail_trial(*, version_id: UUID, reason_code: str) -> None:
    """It waits for another trial, and says how the last one ended."""
    with transaction.atomic():
        version = AlgorithmVersion.objects.select_for_update().get(pk=version_id)
        if version.status == Status.TRIAL:
            version.reason_code, version.reason = reason_code, sentence_of(reason_code)
            version.save(update_fields=["reason_code", "reason"])
            tell(version.algorithm)


def next_number(algorithm: Algorithm) -> int:
    """Of its next version; the algorithm is locked until the transaction ends."""
    Algorithm.objects.select_for_update(no_key=True).get(pk=algorithm.pk)
    return (algorithm.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def require_owner(user: User, algorithm: Algorithm) -> None:
    """Its owner, and organizers of the platform's; a participant's models are that participant's alone."""
    require(user, Permission.MODEL_UPLOAD, algorithm.challenge)
    ours = algorithm.kind == Algorithm.Kind.PLATFORM and selectors.manages(user, algorithm.challenge)
    if algorithm.owner_id != user.pk and not ours:
        raise NotAllowed("Only its owner can change a model.")


def tell(algorithm: Algorithm) -> None:
    publish(AlgorithmChanged(algorithm_id=algorithm.pk, challenge_id=algorithm.challenge_id))


def _decide(version_id: UUID, **values: Any) -> None:
    """Of two checks at once the first to end decides."""
    with transaction.atomic():
        version = (
            AlgorithmVersion.objects.select_for_update(of=("self",))
            .select_related("algorithm", "upload")
            .get(pk=version_id)
        )
        if version.status != Status.CHECKING:
            return
        for name, value in values.items():
            setattr(version, name, value)
        version.save(update_fields=sorted(values))
        if version.upload is not None:
            release_upload(version.upload)
        tell(version.algorithm)
