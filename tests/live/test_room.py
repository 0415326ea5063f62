"""A room: who is in it, where they point, edits in full; and what nobody may do to it."""

import asyncio
import base64
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from backend.accounts.models import User
from backend.adjudication.models import Adjudication
from backend.challenges.models import Role
from backend.events import bus
from backend.events.rooms import MOST_SHOWN_BYTES, RoomEdit, RoomPerson
from backend.live import consumers
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory, member
from tests.live.browser_socket import BrowserSocket
from tests.live.open_rooms import open_room

CURSOR = {
    "voxel": [10.5, 20, 3],
    "plane": "axial",
    "radius_mm": 2.5,
    "label": 4,
    "tool": "brush",
    "drawing": True,
    "trail": [[10, 20, 3], [10.5, 20, 3]],
}


class Room:
    def __init__(self) -> None:
        self.challenge = ChallengeFactory()
        self.organizer: User = self.challenge.created_by
        self.expert: User = member(self.challenge, Role.RATER)
        self.adjudication: Adjudication = open_room(self.challenge, self.expert)
        self.topic = f"adjudication:{self.adjudication.pk}"

    @contextlib.asynccontextmanager
    async def entered(self, person: User) -> AsyncIterator[BrowserSocket]:
        socket = BrowserSocket(person)
        await socket.open()
        assert (await socket.ask(command="subscribe", topic=self.topic))["type"] == "subscribed"
        yield socket
        with contextlib.suppress(asyncio.CancelledError):
            await socket.close()

    def move(self, cursor: object = CURSOR) -> str:
        return json.dumps({"command": "cursor", "topic": self.topic, "cursor": cursor})

    def edit(self, **change: Any) -> RoomEdit:
        values: dict[str, Any] = {
            "number": 7,
            "edit_id": uuid.uuid4(),
            "author": RoomPerson(id=self.expert.pk, name=self.expert.shown_name),
            "tool": "brush",
            "label": 4,
            "runs": b"\x78\x9c\x03",
            "undoes": None,
            "source": "",
            "region": None,
        }
        return RoomEdit(**values | change)


@pytest.fixture
def room(transactional_db: None) -> Room:
    return Room()


Scenario = Callable[[BrowserSocket, BrowserSocket], Awaitable[None]]


def together(room: Room, scenario: Scenario) -> None:
    """The organizer was there, the expert came; both have heard so."""

    async def play() -> None:
        async with room.entered(room.organizer) as first, room.entered(room.expert) as second:
            assert (await first.receive())["type"] == "joined"
            assert (await second.receive())["type"] == "cursor"
            await scenario(first, second)

    async_to_sync(play)()


def test_who_comes_is_announced_and_told_who_is_there(room: Room) -> None:
    async def play() -> None:
        async with room.entered(room.organizer) as first:
            await first.send(text=room.move())
            async with room.entered(room.expert) as second:
                joined = await first.receive()
                there = await second.receive()
                assert joined == {
                    "type": "joined",
                    "topic": room.topic,
                    "person": {"id": room.expert.pk, "name": room.expert.shown_name},
                    "connection": joined["connection"],
                }
                assert there == {
                    "type": "cursor",
                    "topic": room.topic,
                    "person": {"id": room.organizer.pk, "name": room.organizer.shown_name},
                    "connection": there["connection"],
                    "cursor": CURSOR,
                }
                assert there["connection"] != joined["connection"]
            left = await first.receive()
            assert left == {"type": "left", "topic": room.topic, "connection": joined["connection"]}

    async_to_sync(play)()


def test_cursor_is_shown_to_the_others_only(room: Room) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        await second.send(text=room.move())
        assert (await first.receive())["cursor"] == CURSOR
        await second.send(text=room.move(None))
        assert (await first.receive())["cursor"] is None
        assert await second.ask(command="ping") == {"type": "pong"}

    together(room, scenario)


def test_who_unsubscribes_has_left(room: Room) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        await second.ask(command="unsubscribe", topic=room.topic)
        assert (await first.receive())["type"] == "left"
        await first.send(text=room.move())
        assert await second.ask(command="ping") == {"type": "pong"}
        refused = await second.ask(command="cursor", topic=room.topic, cursor=CURSOR)
        assert (refused["type"], refused["code"]) == ("refused", "not_in_room")

    together(room, scenario)


def test_edit_is_shown_in_full_once_it_is_committed(room: Room) -> None:
    edit = room.edit(undoes=uuid.uuid4())

    @sync_to_async
    def commit() -> None:
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            bus.show_edits(room.topic, [room.edit(number=6)])
            raise ZeroDivisionError  # rolled back: not shown
        with transaction.atomic():
            bus.show_edits(room.topic, [edit])

    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        await commit()
        for socket in (first, second):
            assert await socket.receive() == {
                "type": "edit",
                "topic": room.topic,
                "edit": {
                    "number": 7,
                    "edit_id": str(edit.edit_id),
                    "author": {"id": room.expert.pk, "name": room.expert.shown_name},
                    "tool": "brush",
                    "label": 4,
                    "runs": base64.b64encode(b"\x78\x9c\x03").decode(),
                    "undoes": str(edit.undoes),
                    "source": "",
                    "region": None,
                },
            }

    together(room, scenario)


def test_runs_that_are_too_large_are_left_to_be_fetched(room: Room) -> None:
    edits = [room.edit(runs=bytes(MOST_SHOWN_BYTES)), room.edit(number=8, runs=bytes(MOST_SHOWN_BYTES + 1))]

    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        await sync_to_async(bus.show_edits)(room.topic, edits)
        assert len(base64.b64decode((await first.receive())["edit"]["runs"])) == MOST_SHOWN_BYTES
        assert (await first.receive())["edit"]["runs"] is None

    together(room, scenario)


def test_cursors_beyond_thirty_a_second_are_passed_over(room: Room) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        for x in range(100):
            await second.send(text=room.move(CURSOR | {"voxel": [x, 0, 0]}))
        assert await second.ask(command="ping") == {"type": "pong"}
        assert await first.ask(command="unsubscribe", topic=room.topic) is not None
        seen = 1
        while (message := await first.receive())["type"] == "cursor":
            seen += 1
        assert message["type"] == "unsubscribed"
        assert consumers.CURSORS_PER_S <= seen < 60

    together(room, scenario)


def test_a_socket_that_floods_is_closed(room: Room) -> None:
    async def play() -> None:
        socket = BrowserSocket(room.expert)
        await socket.open()
        for _ in range(2 * consumers.FRAMES_AT_ONCE):
            await socket.send(text='{"command": "ping"}')
        for _ in range(2 * consumers.FRAMES_AT_ONCE):
            message = await socket.receive_output(timeout=5)
            if message["type"] == "websocket.close":
                assert message["code"] == consumers.POLICY_VIOLATION
                return
        raise AssertionError("it was never closed")

    async_to_sync(play)()


NO_CURSORS: list[object] = [
    7,
    [],
    {},
    CURSOR | {"more": 1},
    {key: value for key, value in CURSOR.items() if key != "tool"},
    CURSOR | {"voxel": [1, 2]},
    CURSOR | {"voxel": [1, 2, "3"]},
    CURSOR | {"voxel": [1, 2, True]},
    CURSOR | {"voxel": [1, 2, 1e9]},
    CURSOR | {"plane": "oblique"},
    CURSOR | {"radius_mm": -1},
    CURSOR | {"radius_mm": float("nan")},
    CURSOR | {"label": 256},
    CURSOR | {"label": "4"},
    CURSOR | {"tool": "x" * 41},
    CURSOR | {"drawing": 1},
    CURSOR | {"trail": [[0, 0, 0]] * 65},
    CURSOR | {"trail": [[0, 0]]},
    CURSOR | {"trail": "0,0,0"},
]


def test_what_is_no_cursor_is_answered_and_shown_to_nobody(room: Room) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        for cursor in NO_CURSORS:
            await second.send(text=room.move(cursor))
            answer = await second.receive()
            assert (answer["type"], answer["code"]) == ("error", "bad_command"), cursor
        assert await first.ask(command="ping") == {"type": "pong"}

    together(room, scenario)


def test_the_longest_cursor_fits_into_a_frame(room: Room) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        longest = CURSOR | {"trail": [[1023.9, 1023.9, 1023.9]] * 64, "tool": "x" * 40}
        await second.send(text=room.move(longest))
        assert (await first.receive())["cursor"] == longest

    together(room, scenario)


def test_only_rooms_have_cursors(room: Room) -> None:
    topic = f"challenge:{room.challenge.pk}"

    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        await second.ask(command="subscribe", topic=topic)
        refused = await second.ask(command="cursor", topic=topic, cursor=CURSOR)
        assert (refused["type"], refused["code"]) == ("refused", "not_in_room")

    together(room, scenario)


def test_who_was_uninvited_sees_and_shows_nothing_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(first: BrowserSocket, second: BrowserSocket) -> None:
        monkeypatch.setattr(consumers, "RECHECK_AFTER_S", 0)
        await sync_to_async(room.adjudication.experts.clear)()
        await second.send(text=room.move())
        assert (await second.receive())["type"] == "refused"
        assert (await first.receive())["type"] == "left"
        await first.send(text=room.move())
        await sync_to_async(bus.show_edits)(room.topic, [room.edit()])
        assert await second.ask(command="ping") == {"type": "pong"}

    together(room, scenario)


def test_others_do_not_learn_that_there_is_a_room(room: Room) -> None:
    async def play(person: User) -> None:
        socket = BrowserSocket(person)
        await socket.open()
        answer = await socket.ask(command="subscribe", topic=room.topic)
        assert (answer["type"], answer["code"]) == ("refused", "not_found")
        await socket.close()

    for person in (UserFactory(), member(room.challenge, Role.RATER)):
        async_to_sync(play)(person)
