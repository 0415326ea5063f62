"""An import's way through its states, as its organizer drives it.

received → inspected (or refused) → confirmed → stored; discarded by the organizer; failed by our fault, then
retried.
The two steps that read voxels are `inspection` and `storing`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.challenges.models import Membership, Role
from backend.challenges.permissions import Permission
from backend.common import blobs
from backend.datasets import errors, selectors
from backend.datasets.models import Dataset, DatasetImport
from backend.events.bus import publish
from backend.events.types import ImportConfirmed, ImportProgressed, ImportReceived
from backend.uploads.models import Upload
from backend.uploads.services import release_upload, take_upload

Status = DatasetImport.Status


def receive_import(*, dataset_id: UUID, upload_id: UUID, user: User) -> DatasetImport:
    """Take an upload that is whole; what it holds is looked at by the workers.

    Raises:
        DomainError: of `take_upload`, where the upload is not whole, not one's own or used before.
    """
    dataset = selectors.get_dataset(user, dataset_id, Permission.DATASET_EDIT)
    with transaction.atomic():
        upload = take_upload(upload_id=upload_id, owner=user, purpose=Upload.Purpose.DATASET)
        return _begin(dataset, user, upload=upload, archive_name=upload.filename)


def receive_import_file(*, dataset_id: UUID, path: Path, archive_name: str, user: User) -> DatasetImport:
    """The same for an archive on the server's own disk, as the command line has it."""
    dataset = selectors.get_dataset(user, dataset_id, Permission.DATASET_EDIT)
    blob = blobs.put_file(path)
    with transaction.atomic():
        return _begin(dataset, user, archive_digest=blob.digest, archive_name=archive_name)


def keep_archive(*, import_id: UUID) -> DatasetImport:
    """Store the archive's bytes by content, if not done yet, and let go of the upload."""
    found = DatasetImport.objects.select_related("upload", "dataset__scheme").get(pk=import_id)
    upload = found.upload
    if found.archive_digest or upload is None:
        return found
    blob = blobs.put_file(upload.path)
    with transaction.atomic():
        found.archive_digest = blob.digest
        found.save(update_fields=["archive_digest"])
        release_upload(upload)
    return found


def confirm_import(
    *,
    import_id: UUID,
    user: User,
    raters: Mapping[str, int],
    skip_cases: Sequence[str] = (),
    require_all: bool = False,
) -> DatasetImport:
    """Have the cases that were found storable stored.

    Args:
        raters: name in the archive → id of a rater of the challenge; labelmaps of other names are left out.
        skip_cases: names of cases to leave out.
        require_all: refuse unless every case of the archive can be stored.

    Raises:
        ImportNotWaiting: it was not just inspected.
        BadConfirmation: unknown names or people, or nothing is left to store.
    """
    selectors.get_import(user, import_id, Permission.DATASET_EDIT)
    with transaction.atomic():
        found = _locked(import_id)
        _require_status(found, (Status.INSPECTED,), "confirmed")
        _check_raters(found, raters)
        _check_cases(found, skip_cases, require_all=require_all)
        found.status = Status.CONFIRMED
        found.raters = dict(raters)
        found.skip_cases = list(skip_cases)
        found.done = 0
        found.save(update_fields=["status", "raters", "skip_cases", "done"])
        publish(ImportConfirmed(import_id=found.pk, dataset_id=found.dataset_id))
    return found


def discard_import(*, import_id: UUID, user: User) -> DatasetImport:
    """Let go of an import that is not stored and not being stored."""
    selectors.get_import(user, import_id, Permission.DATASET_EDIT)
    with transaction.atomic():
        found = _locked(import_id)
        _require_status(
            found, (Status.RECEIVED, Status.INSPECTED, Status.REFUSED, Status.FAILED), "discarded"
        )
        change_status(found, Status.DISCARDED)
        if found.upload is not None:
            release_upload(found.upload)
    return found


def retry_import(*, import_id: UUID, user: User) -> DatasetImport:
    """Take up a failed import at the step that failed."""
    selectors.get_import(user, import_id, Permission.DATASET_EDIT)
    with transaction.atomic():
        found = _locked(import_id)
        _require_status(found, (Status.FAILED,), "tried again")
        ids = {"import_id": found.pk, "dataset_id": found.dataset_id}
        if found.preview:  # inspecting had ended, so storing failed
            change_status(found, Status.CONFIRMED, tell=False)
            publish(ImportConfirmed(**ids))
        else:
            change_status(found, Status.RECEIVED, tell=False)
            publish(ImportReceived(**ids))
    return found


def give_up_import(*, import_id: UUID, reason_code: str, reason: str) -> None:
    """The workers could not inspect or store it."""
    with transaction.atomic():
        found = _locked(import_id)
        if found.status in (Status.RECEIVED, Status.CONFIRMED):
            sentence = f"{found.archive_name}: we could not finish this import ({reason}); try it again."
            change_status(found, Status.FAILED, reason_code=reason_code, reason=sentence)


def change_status(
    found: DatasetImport, status: Status, *, reason_code: str = "", reason: str = "", tell: bool = True
) -> None:
    """Save the state and its reason, and tell who listens. Call it within a transaction."""
    found.status = status
    found.reason_code = reason_code
    found.reason = reason
    found.save(update_fields=["status", "reason_code", "reason"])
    if tell:
        publish(ImportProgressed(import_id=found.pk, dataset_id=found.dataset_id))


def report_progress(*, import_id: UUID, dataset_id: UUID, done: int, total: int) -> None:
    with transaction.atomic():
        DatasetImport.objects.filter(pk=import_id).update(done=done, total=total)
        publish(ImportProgressed(import_id=import_id, dataset_id=dataset_id))


def _begin(
    dataset: Dataset, user: User, *, archive_name: str, archive_digest: str = "", upload: Upload | None = None
) -> DatasetImport:
    found = DatasetImport.objects.create(
        dataset=dataset,
        upload=upload,
        archive_digest=archive_digest,
        archive_name=archive_name[:255],
        created_by=user,
    )
    publish(ImportReceived(import_id=found.pk, dataset_id=dataset.pk))
    return found


def _locked(import_id: UUID) -> DatasetImport:
    return (
        DatasetImport.objects.select_for_update(of=("self",))
        .select_related("dataset", "upload")
        .get(pk=import_id)
    )


def _require_status(found: DatasetImport, allowed: Sequence[Status], step: str) -> None:
    if found.status not in allowed:
        raise errors.ImportNotWaiting(
            f"{found.archive_name} cannot be {step}: its state is “{Status(found.status).label}”.",
            details={"status": found.status},
        )


def _check_raters(found: DatasetImport, raters: Mapping[str, int]) -> None:
    known = {name for case in found.preview["cases"] for name in case["raters"]}
    if unknown := sorted(set(raters) - known):
        raise errors.BadConfirmation(
            f"{found.archive_name} holds no labelmaps of {', '.join(unknown)}; it holds those of "
            f"{', '.join(sorted(known)) or 'nobody'}."
        )
    people = list(raters.values())
    if len(set(people)) < len(people):
        raise errors.BadConfirmation(
            "Two raters of the archive are matched with one person; choose two people."
        )
    members = Membership.objects.filter(
        challenge_id=found.dataset.challenge_id, role=Role.RATER, user_id__in=people
    )
    if missing := sorted(set(people) - set(members.values_list("user_id", flat=True))):
        names = ", ".join(name for name, person in raters.items() if person in missing)
        raise errors.BadConfirmation(
            f"The people matched with {names} are no raters of this challenge; make them raters first."
        )


def _check_cases(found: DatasetImport, skip_cases: Sequence[str], *, require_all: bool) -> None:
    storable = {case["name"] for case in found.preview["cases"] if case["storable"]}
    known = {case["name"] for case in found.preview["cases"]}
    if unknown := sorted(set(skip_cases) - known):
        raise errors.BadConfirmation(f"{found.archive_name} holds no case {', '.join(unknown)}.")
    if require_all and storable != known:
        raise errors.BadConfirmation(
            f"{found.archive_name}: {len(known - storable)} of {len(known)} cases cannot be stored "
            f"({', '.join(sorted(known - storable)[:5])}); mend them, or store only the others."
        )
    if not storable - set(skip_cases):
        raise errors.BadConfirmation(f"{found.archive_name}: no case is left to store.")
