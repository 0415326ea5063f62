"""GET /healthz: can this process reach what it needs?"""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import get_random_string
from django.views import View

PATIENCE_S = 2

log = structlog.get_logger(__name__)


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    with current_app.connection_for_write(connect_timeout=PATIENCE_S) as broker:
        broker.ensure_connection(max_retries=1, timeout=PATIENCE_S)


def check_storage() -> None:
    """Write, read and delete a file where the blobs are."""
    storage = storages["blobs"]
    name = storage.save(f"health/{get_random_string(16)}", ContentFile(b"well"))
    try:
        with storage.open(name) as file:
            if file.read() != b"well":
                raise OSError(f"{name} came back changed")
    finally:
        storage.delete(name)


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "storage": check_storage,
}


class HealthView(View):
    """200 where all is well, else 503 and which part is not; why goes to the log, not to strangers."""

    def get(self, request: HttpRequest) -> JsonResponse:
        states = {name: "ok" if _passes(name, check) else "unavailable" for name, check in CHECKS.items()}
        well = set(states.values()) == {"ok"}
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse(states, status=status, headers={"Cache-Control": "no-store"})


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:  # whatever is wrong with it, it is not well
        log.warning("unhealthy", part=name, error=repr(error))
        return False
    return True
