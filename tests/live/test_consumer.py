"""The socket: commands, refusals, events, and that it survives what browsers send."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import AnonymousUser

from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import Person
from backend.events import bus
from backend.events.types import PhaseChanged
from backend.live import consumers
from tests.factories.challenges import ChallengeFactory, member
from tests.live.browser_socket import BrowserSocket

Scenario = Callable[[BrowserSocket], Awaitable[None]]


def converse(person: Person, scenario: Scenario) -> None:
    """Open a socket as this person and play the scenario."""

    async def play() -> None:
        socket = BrowserSocket(person)
        await socket.open()
        await scenario(socket)
        await socket.close()

    async_to_sync(play)()


@pytest.fixture
def challenge(transactional_db: None) -> Challenge:
    """Committed for real: the consumer closes connections between its queries, as it must in production."""
    return ChallengeFactory()


def changed(challenge: Challenge) -> PhaseChanged:
    return PhaseChanged(phase_id=uuid.uuid4(), challenge_id=challenge.pk)


def test_subscriber_is_told_the_event_with_its_ids(challenge: Challenge) -> None:
    topic, event = f"challenge:{challenge.pk}", changed(challenge)

    async def scenario(socket: BrowserSocket) -> None:
        assert await socket.ask(command="subscribe", topic=topic) == {"type": "subscribed", "topic": topic}
        await sync_to_async(bus.tell)(event)
        told = await socket.receive()
        assert told == {"type": "event", "topic": topic, "event": bus.to_wire(event)}

    converse(AnonymousUser(), scenario)


def test_who_unsubscribed_is_told_nothing(challenge: Challenge) -> None:
    topic = f"challenge:{challenge.pk}"

    async def scenario(socket: BrowserSocket) -> None:
        await socket.ask(command="subscribe", topic=topic)
        assert await socket.ask(command="unsubscribe", topic=topic) == {
            "type": "unsubscribed",
            "topic": topic,
        }
        await sync_to_async(bus.tell)(changed(challenge))
        assert await socket.ask(command="ping") == {"type": "pong"}

    converse(AnonymousUser(), scenario)


def test_other_topics_are_not_told(challenge: Challenge) -> None:
    async def scenario(socket: BrowserSocket) -> None:
        await socket.ask(command="subscribe", topic=f"challenge:{challenge.pk}")
        await sync_to_async(bus.tell)(PhaseChanged(phase_id=uuid.uuid4(), challenge_id=uuid.uuid4()))
        assert await socket.ask(command="ping") == {"type": "pong"}

    converse(AnonymousUser(), scenario)


def test_refusal_says_why(transactional_db: None) -> None:
    topic = f"challenge:{uuid.uuid4()}"

    async def scenario(socket: BrowserSocket) -> None:
        answer = await socket.ask(command="subscribe", topic=topic)
        assert (answer["type"], answer["topic"], answer["code"]) == ("refused", topic, "not_found")
        assert answer["detail"]

    converse(AnonymousUser(), scenario)


MALFORMED = [
    "",
    "no json",
    "[]",
    "null",
    "{}",
    '{"command": "dance"}',
    '{"command": ["subscribe"]}',
    '{"command": "subscribe"}',
    '{"command": "subscribe", "topic": 7}',
    '{"command": "subscribe", "topic": ""}',
    json.dumps({"command": "subscribe", "topic": "x" * 101}),
    "[" * 1999,
    " " * 3000,
]


def test_malformed_frames_are_answered_and_the_socket_lives(transactional_db: None) -> None:
    async def scenario(socket: BrowserSocket) -> None:
        for frame in MALFORMED:
            await socket.send(text=frame)
            answer = await socket.receive()
            assert (answer["type"], answer["code"]) == ("error", "bad_command"), frame
        await socket.send(data=b"\0\1")
        assert (await socket.receive())["type"] == "error"
        assert await socket.ask(command="ping") == {"type": "pong"}

    converse(AnonymousUser(), scenario)


def test_number_of_topics_is_limited(challenge: Challenge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "MOST_TOPICS", 1)
    topic = f"challenge:{challenge.pk}"
    other = f"challenge:{ChallengeFactory().pk}"

    async def scenario(socket: BrowserSocket) -> None:
        for _ in range(2):  # the same again is not one more
            assert (await socket.ask(command="subscribe", topic=topic))["type"] == "subscribed"
        assert (await socket.ask(command="subscribe", topic=other))["code"] == "too_many"
        await socket.ask(command="unsubscribe", topic=topic)
        assert (await socket.ask(command="subscribe", topic=other))["type"] == "subscribed"

    converse(AnonymousUser(), scenario)


def test_who_lost_the_role_is_no_longer_told(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_AFTER_S", 0)
    draft = ChallengeFactory(visibility=Challenge.Visibility.DRAFT)
    rater = member(draft, Role.RATER)
    topic = f"challenge:{draft.pk}"

    async def scenario(socket: BrowserSocket) -> None:
        await socket.ask(command="subscribe", topic=topic)
        await sync_to_async(Membership.objects.filter(user=rater).delete)()
        await sync_to_async(bus.tell)(changed(draft))
        answer = await socket.receive()
        assert (answer["type"], answer["code"]) == ("refused", "not_found")

    converse(rater, scenario)


def test_idle_socket_is_still_told_after_seven_seconds(challenge: Challenge) -> None:
    """Redis clients with a default timeout of 5 s would have broken it by then."""
    topic, event = f"challenge:{challenge.pk}", changed(challenge)

    async def scenario(socket: BrowserSocket) -> None:
        await socket.ask(command="subscribe", topic=topic)
        await asyncio.sleep(7)
        await sync_to_async(bus.tell)(event)
        assert (await socket.receive())["event"] == bus.to_wire(event)

    converse(AnonymousUser(), scenario)
