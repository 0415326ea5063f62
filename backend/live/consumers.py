"""The one websocket: a browser says which topics it listens to, and is told what happened there.

Of events nothing but ids goes out. Some topics are rooms (`topics.ROOMS`): whoever listens to one is in it,
and those who are see each other's cursors and edits. A browser that was away subscribes again and refetches.
"""

import json
import time
from typing import Any, cast
from uuid import uuid4

from channels.db import database_sync_to_async
from channels.exceptions import ChannelFull
from channels.generic.websocket import AsyncWebsocketConsumer

from backend.accounts.models import User
from backend.challenges.permissions import Person
from backend.common.errors import DomainError
from backend.events.bus import group_of
from backend.events.rooms import RoomPerson, to_text
from backend.live import frames
from backend.live.allowance import Allowance
from backend.live.cursors import Cursor
from backend.live.topics import is_room, require_listener

MOST_TOPICS = 100
# A cursor with its whole trail has 1,900.
MOST_FRAME_CHARACTERS = 2000
RECHECK_AFTER_S = 30
# A page that comes back subscribes to all its topics at once.
FRAMES_PER_S, FRAMES_AT_ONCE = 60, 300
CURSORS_PER_S = 30
POLICY_VIOLATION = 1008


class LiveConsumer(AsyncWebsocketConsumer):
    """`topics`: what this socket listens to, and when its right to do so was last checked; `cursors`: where
    its person points in the rooms that it is in; `connection`: what the others there call it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics: dict[str, float] = {}
        self.cursors: dict[str, Cursor | None] = {}
        self.connection = uuid4().hex
        self.frames = Allowance(per_s=FRAMES_PER_S, at_once=FRAMES_AT_ONCE)
        self.moves = Allowance(per_s=CURSORS_PER_S, at_once=CURSORS_PER_S)

    async def connect(self) -> None:
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for topic in list(self.topics):
            await self._leave(topic)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.frames.take():
            await self.close(POLICY_VIOLATION)
            return
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
            case frames.MoveCursor(topic=topic, cursor=cursor):
                await self._move(topic, cursor)
            case frames.Ping():
                await self._answer(frames.Pong())

    # --- from the channel layer

    async def event(self, message: dict[str, Any]) -> None:
        """From `events.bus.tell`."""
        topic = message["topic"]
        if topic in self.topics and await self._still_may(topic):
            await self.send(
                text_data=json.dumps({"type": "event", "topic": topic, "event": message["event"]})
            )

    async def room(self, message: dict[str, Any]) -> None:
        """From `events.bus.show_edits`, and from the other sockets in the room."""
        topic, sender = message["topic"], message.get("sender")
        if sender != self.channel_name and topic in self.topics and await self._still_may(topic):
            await self.send(text_data=message["frame"])

    async def room_joined(self, message: dict[str, Any]) -> None:
        """Another socket came: it is told who is here."""
        topic, sender = message["topic"], message["sender"]
        await self.room(message)
        if sender != self.channel_name and topic in self.topics:
            try:
                await self.channel_layer.send(sender, self._message(self._cursor_frame(topic)))
            except ChannelFull:
                return  # it has more to read than it can; the next move of the cursor says the same

    # --- topics

    async def _subscribe(self, topic: str) -> None:
        if topic not in self.topics and len(self.topics) >= MOST_TOPICS:
            detail = f"A socket listens to at most {MOST_TOPICS} topics: unsubscribe from some."
            await self._answer(frames.Refused(topic=topic, code="too_many", detail=detail))
        elif await self._may(topic):
            is_new = topic not in self.topics
            await self.channel_layer.group_add(group_of(topic), self.channel_name)
            self.topics[topic] = time.monotonic()
            await self._answer(frames.Subscribed(topic=topic))
            if is_new and is_room(topic):
                joined = frames.Joined(topic=topic, person=self._person(), connection=self.connection)
                await self._show(joined, kind="room.joined")

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
        self.cursors.pop(topic, None)
        if self.topics.pop(topic, None) is not None:
            await self.channel_layer.group_discard(group_of(topic), self.channel_name)
            if is_room(topic):
                await self._show(frames.Left(topic=topic, connection=self.connection))

    # --- rooms

    async def _move(self, topic: str, cursor: Cursor | None) -> None:
        """More often than the others can see is passed over."""
        if not is_room(topic) or topic not in self.topics:
            detail = f"Subscribe to {topic} first; only rooms have cursors."
            await self._answer(frames.Refused(topic=topic, code="not_in_room", detail=detail))
        elif self.moves.take() and await self._still_may(topic):
            self.cursors[topic] = cursor
            await self._show(self._cursor_frame(topic))

    def _cursor_frame(self, topic: str) -> frames.CursorMoved:
        return frames.CursorMoved(
            topic=topic,
            person=self._person(),
            connection=self.connection,
            cursor=self.cursors.get(topic),
        )

    def _person(self) -> RoomPerson:
        user = cast(User, self.scope["user"])  # nobody enters a room without an account
        return RoomPerson(id=user.pk, name=user.shown_name)

    async def _show(self, frame: frames.Shown, *, kind: str = "room") -> None:
        await self.channel_layer.group_send(group_of(frame.topic), self._message(frame, kind=kind))

    def _message(self, frame: frames.Shown, *, kind: str = "room") -> dict[str, object]:
        return {"type": kind, "topic": frame.topic, "sender": self.channel_name, "frame": to_text(frame)}

    async def _answer(self, answer: frames.Answer) -> None:
        await self.send(text_data=to_text(answer))


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
