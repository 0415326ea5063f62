"""The one websocket: a browser says which topics it listens to, and is told what happened there.

Nothing but ids goes out. A browser that was away subscribes again and refetches.
"""

import json
import time
from typing import Any, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from backend.challenges.permissions import Person
from backend.common.errors import DomainError
from backend.events.bus import group_of
from backend.live import frames
from backend.live.topics import require_listener

MOST_TOPICS = 100
MOST_FRAME_CHARACTERS = 2000
RECHECK_AFTER_S = 30


class LiveConsumer(AsyncWebsocketConsumer):
    """`topics`: what this socket listens to, and when its right to do so was last checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics: dict[str, float] = {}

    async def connect(self) -> None:
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for topic in list(self.topics):
            await self._leave(topic)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            command = frames.parse_command(_decode(text_data))
        except frames.BadFrame as error:
            await self._answer(frames.BadCommand(code="bad_command", detail=str(error)))
            return
        match command:
            case frames.Subscribe(topic=topic):
                await self._subscribe(topic)
            case frames.Unsubscribe(topic=topic):
                await self._leave(topic)
                await self._answer(frames.Unsubscribed(topic=topic))
            case frames.Ping():
                await self._answer(frames.Pong())

    async def event(self, message: dict[str, Any]) -> None:
        """From `events.bus.tell`."""
        topic = message["topic"]
        if topic in self.topics and await self._still_may(topic):
            await self.send(
                text_data=json.dumps({"type": "event", "topic": topic, "event": message["event"]})
            )

    async def _subscribe(self, topic: str) -> None:
        if topic not in self.topics and len(self.topics) >= MOST_TOPICS:
            detail = f"A socket listens to at most {MOST_TOPICS} topics: unsubscribe from some."
            await self._answer(frames.Refused(topic=topic, code="too_many", detail=detail))
        elif await self._may(topic):
            await self.channel_layer.group_add(group_of(topic), self.channel_name)
            self.topics[topic] = time.monotonic()
            await self._answer(frames.Subscribed(topic=topic))

    async def _still_may(self, topic: str) -> bool:
        """Roles change while sockets stay open."""
        if time.monotonic() - self.topics[topic] < RECHECK_AFTER_S:
            return True
        allowed = await self._may(topic)
        if allowed:
            self.topics[topic] = time.monotonic()
        else:
            await self._leave(topic)
        return allowed

    async def _may(self, topic: str) -> bool:
        """Whether the person may listen; tells them if not."""
        try:
            await database_sync_to_async(require_listener)(cast(Person, self.scope["user"]), topic)
        except DomainError as error:
            refused = frames.Refused(topic=topic, code=error.reason_code, detail=error.sentence)
            await self._answer(refused)
            return False
        return True

    async def _leave(self, topic: str) -> None:
        if self.topics.pop(topic, None) is not None:
            await self.channel_layer.group_discard(group_of(topic), self.channel_name)

    async def _answer(self, answer: frames.Answer) -> None:
        await self.send(text_data=json.dumps(frames.to_wire(answer)))


def _decode(text: str | None) -> object:
    """
    Raises:
        frames.BadFrame: not text, too long, or not JSON.
    """
    if text is None or len(text) > MOST_FRAME_CHARACTERS:
        raise frames.BadFrame(f"Send JSON as text, at most {MOST_FRAME_CHARACTERS} characters.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise frames.BadFrame("That is not JSON.") from None
