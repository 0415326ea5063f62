"""Links by which a model worker fetches one blob: signed, for one attempt at a job, while it runs."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from backend.common import blobs, remote_jobs
from backend.common.errors import NotFound
from backend.common.models import Job
from workers import contract

SALT = "algorithms.worker-file"


@dataclass(frozen=True, slots=True)
class Linker:
    """Makes the links of one attempt. `origin` is where the worker reaches us: `https://host`."""

    job: Job
    origin: str

    def link(self, digest: str) -> contract.Link:
        signed = signing.dumps([str(self.job.pk), self.job.attempts, digest], salt=SALT)
        address = reverse("worker-file", kwargs={"signed": signed})
        return contract.Link(
            url=f"{self.origin}{address}", digest=digest, size_bytes=blobs.blob_size_bytes(digest)
        )


def digest_of(signed: str) -> str:
    """
    Raises:
        NotFound: it was not signed here, it is too old, or its attempt no longer runs.
    """
    try:
        job, attempt, digest = signing.loads(
            signed, salt=SALT, max_age=timedelta(seconds=settings.WORKER_LINK_S)
        )
    except signing.BadSignature:
        raise NotFound("This link was not made here, or has expired: claim the job again.") from None
    if remote_jobs.running(UUID(job), attempt=attempt) is None:
        raise NotFound("The job of this link no longer runs.")
    return str(digest)
