"""Resumable uploads: begin, append, abandon; then `take_upload` by the app that makes something of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.uploads import errors, files, selectors
from backend.uploads.models import Upload

KEEP_RELEASED_DAYS = 30

log = structlog.get_logger(__name__)


def begin_upload(*, owner: User, filename: str, purpose: str, length_bytes: int) -> Upload:
    """Make room for a file of `length_bytes`.

    Raises:
        Invalid: no usable file name, or an unknown purpose.
        UploadEmpty, UploadTooLarge: nobody may upload a file of this size.
        UploadQuotaReached: this person's other uploads leave too little room.
    """
    name = clean_filename(filename)
    if purpose not in Upload.Purpose.values:
        raise Invalid(f"{name}: the upload's purpose must be one of {', '.join(Upload.Purpose.values)}.")
    if length_bytes <= 0:
        raise errors.UploadEmpty(f"{name} is empty: choose another file.")
    if length_bytes > settings.UPLOAD_MAX_BYTES:
        raise errors.UploadTooLarge(
            f"{name} has {length_bytes:,} bytes; an upload may have at most {settings.UPLOAD_MAX_BYTES:,}. "
            "Compress it, or split it into several uploads."
        )
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two begun at once share the quota
        _require_room(owner, name, length_bytes)
        upload = Upload.objects.create(
            owner=owner, filename=name, purpose=purpose, length_bytes=length_bytes, expires_at=_expiry()
        )
        files.create(upload.path)
    return upload


def clean_filename(filename: str) -> str:
    """The last part of the name without control characters, at most 255 characters.

    Raises:
        Invalid: nothing is left.
    """
    last = PurePosixPath(filename.replace("\\", "/")).name
    name = "".join(character for character in last if character.isprintable()).strip()[-255:]
    if name in {"", ".", ".."}:
        raise Invalid("The upload needs a file name: send it as `filename` in Upload-Metadata.")
    return name


def append_to_upload(
    *, owner: User, upload_id: UUID, offset_bytes: int, length_bytes: int | None, read: Callable[[int], bytes]
) -> Upload:
    """Append a chunk that begins at `offset_bytes`; `length_bytes` as announced, None where it was not.

    Raises:
        ChunkTooLarge: it is longer than a chunk may be, or than what is missing.
        OffsetMismatch: other bytes are missing than those that came; ask for the offset again.
        UploadBusy: another request is writing to this upload.
        UploadTaken, UploadLost, NotFound: it can no longer grow.
    """
    path = selectors.get_upload(owner=owner, upload_id=upload_id).path
    try:
        with files.locked(path) as file:
            upload = selectors.get_upload(owner=owner, upload_id=upload_id)  # as it is under the lock
            most_bytes = _require_fit(upload, offset_bytes, length_bytes)
            written = files.append(file, read, offset_bytes=offset_bytes, most_bytes=most_bytes)
            upload.offset_bytes += written
            upload.expires_at = _expiry()
            upload.save(update_fields=["offset_bytes", "expires_at"])
    except files.FileBusy:
        raise errors.UploadBusy(
            "Another request is writing to this upload: wait, then ask for its offset."
        ) from None
    except FileNotFoundError:
        raise errors.UploadLost("The file of this upload is gone: upload it again.") from None
    return upload


def delete_upload(*, owner: User, upload_id: UUID) -> None:
    """Abandon it.

    Raises:
        UploadTaken: something was made of it.
    """
    with transaction.atomic():
        upload = selectors.get_upload(owner=owner, upload_id=upload_id, lock=True)
        if upload.taken_at is not None:
            raise errors.UploadTaken(f"{upload.filename} is in use: withdraw what was made of it instead.")
        _remove(upload)


def take_upload(*, upload_id: UUID, owner: User, purpose: str) -> Upload:
    """The whole upload, marked as used, so that nothing else is made of it. Call it inside a transaction.

    Raises:
        NotFound: there is none of this person, or it has expired.
        WrongPurpose, UploadTaken, UploadIncomplete, UploadLost: it is not what is needed here.
    """
    upload = selectors.get_upload(owner=owner, upload_id=upload_id, lock=True)
    if upload.purpose != purpose:
        raise errors.WrongPurpose(
            f"{upload.filename} was uploaded as {upload.purpose}, not as {purpose}: upload it again here."
        )
    if upload.taken_at is not None:
        raise errors.UploadTaken(f"{upload.filename} was used already: upload it again to use it once more.")
    if not upload.is_whole:
        raise errors.UploadIncomplete(
            f"{upload.filename}: {upload.offset_bytes:,} of {upload.length_bytes:,} bytes have arrived. "
            "Resume the upload, then try again."
        )
    if not upload.path.exists() or upload.path.stat().st_size != upload.length_bytes:
        raise errors.UploadLost(f"The file of {upload.filename} is gone: upload it again.")
    upload.taken_at = timezone.now()
    upload.save(update_fields=["taken_at"])
    return upload


def release_upload(upload: Upload) -> None:
    """Delete the file: what was made of it is stored elsewhere, or refused. Again is harmless."""
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk, released_at=None).update(released_at=timezone.now())
        path = upload.path
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def expire_uploads() -> int:
    """Remove uploads that nobody continued, and forget those released long ago; returns how many went."""
    now = timezone.now()
    abandoned = Upload.objects.filter(taken_at=None, released_at=None, expires_at__lte=now)
    removed = 0
    for upload_id in list(abandoned.values_list("pk", flat=True)):
        with transaction.atomic():
            upload = abandoned.select_for_update(skip_locked=True).filter(pk=upload_id).first()
            if upload is not None:
                _remove(upload)
                removed += 1
    Upload.objects.filter(released_at__lt=now - timedelta(days=KEEP_RELEASED_DAYS)).delete()
    if removed:
        log.info("uploads_expired", removed=removed)
    return removed


def _require_room(owner: User, name: str, length_bytes: int) -> None:
    held = selectors.bytes_in_flight(owner)
    if held + length_bytes > settings.UPLOAD_QUOTA_BYTES:
        raise errors.UploadQuotaReached(
            f"{name} has {length_bytes:,} bytes, but your unfinished uploads leave room for "
            f"{max(settings.UPLOAD_QUOTA_BYTES - held, 0):,}. Finish or cancel one of them first."
        )


def _require_fit(upload: Upload, offset_bytes: int, length_bytes: int | None) -> int:
    if upload.taken_at is not None:
        raise errors.UploadTaken(f"{upload.filename} is whole and in use: nothing can be appended.")
    if offset_bytes != upload.offset_bytes:
        raise errors.OffsetMismatch(
            f"{upload.filename}: the next byte that is missing is {upload.offset_bytes}, not {offset_bytes}.",
            details={"offset_bytes": upload.offset_bytes},
        )
    missing = upload.length_bytes - upload.offset_bytes
    most = min(missing, settings.UPLOAD_CHUNK_MAX_BYTES)
    if length_bytes is not None and length_bytes > most:
        raise errors.ChunkTooLarge(
            f"{upload.filename}: the chunk has {length_bytes:,} bytes; at most {most:,} are accepted here "
            f"({missing:,} are missing). Send smaller chunks."
        )
    return most


def _remove(upload: Upload) -> None:
    path = upload.path
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _expiry() -> datetime:
    return timezone.now() + timedelta(hours=settings.UPLOAD_KEEP_HOURS)
