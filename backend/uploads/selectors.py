"""Reading uploads: each belongs to one person, and nobody else sees it."""

from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone

from backend.accounts.models import User
from backend.common.errors import NotFound
from backend.uploads.models import Upload


def visible_to(owner: User) -> QuerySet[Upload]:
    """Uploads whose file is still there, or may still grow."""
    return Upload.objects.filter(owner=owner, released_at=None, expires_at__gt=timezone.now())


def get_upload(*, owner: User, upload_id: UUID, lock: bool = False) -> Upload:
    """
    Raises:
        NotFound: there is none, it is another person's, or it has expired.
    """
    uploads = visible_to(owner)
    upload = (uploads.select_for_update() if lock else uploads).filter(pk=upload_id).first()
    if upload is None:
        raise NotFound("There is no such upload of yours, or it has expired: upload the file again.")
    return upload


def bytes_in_flight(owner: User) -> int:
    """What this person's uploads may take up on the disk once they are whole."""
    held = Upload.objects.filter(owner=owner, released_at=None)
    return held.aggregate(total=Sum("length_bytes"))["total"] or 0
