"""`publish`: what a service calls after it has saved, and `show_edits`: what a room sees in full. With the
sockets themselves (`live.consumers`: who is in a room) the only callers of `group_send`.

In the caller's transaction the pipeline's next jobs are written as rows; after commit the event goes to the
browsers that listen to its topics. So nothing is told that was rolled back, and no job is lost.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from backend.common import jobs
from backend.events.rooms import MOST_SHOWN_BYTES, EditShown, RoomEdit, to_text
from backend.events.types import Event

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """After the event: run `job` on the id in the event's field `subject`."""

    job: jobs.JobKind
    subject: str


Pipeline = Mapping[type[Event], tuple[Step, ...]]


@cache
def pipeline() -> Pipeline:
    """The table of what happens next; the setting names it as ROOT_URLCONF names the urls."""
    return import_string(settings.EVENT_PIPELINE)


def publish(event: Event) -> None:
    """Owe the event's next jobs now, and tell its listeners after commit."""
    for step in pipeline().get(type(event), ()):
        jobs.request(step.job, getattr(event, step.subject))
    if event.topics():
        transaction.on_commit(lambda: tell(event), robust=True)


def tell(event: Event) -> None:
    """Send to every topic's group. A browser that misses it refetches when it reconnects."""
    message = {"type": "event", "event": to_wire(event)}
    for topic in event.topics():
        _send(topic, message)


def show_edits(topic: str, edits: Sequence[RoomEdit]) -> None:
    """After commit, show the edits to everybody in the room, in this order.

    Whoever misses one finds out by the numbers, and fetches it.
    """
    transaction.on_commit(lambda: _show(topic, edits), robust=True)


def _show(topic: str, edits: Sequence[RoomEdit]) -> None:
    for edit in edits:
        is_large = edit.runs is not None and len(edit.runs) > MOST_SHOWN_BYTES
        shown = dataclasses.replace(edit, runs=None) if is_large else edit
        _send(topic, {"type": "room", "frame": to_text(EditShown(topic=topic, edit=shown))})


def _send(topic: str, message: Mapping[str, object]) -> None:
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(group_of(topic), {**message, "topic": topic})
    # RedisError is no OSError; RuntimeError is "Event loop is closed" (channels_redis, issue 332)
    except (OSError, RedisError, RuntimeError) as error:
        log.warning("event_not_told", topic=topic, type=message["type"], error=str(error))


def group_of(topic: str) -> str:
    """The channel layer's group of a topic (group names allow no colon)."""
    return topic.replace(":", ".")


def to_wire(event: Event) -> dict[str, object]:
    fields = {
        field.name: str(value) if isinstance(value := getattr(event, field.name), UUID) else value
        for field in dataclasses.fields(event)
    }
    return {"name": event.name} | fields
