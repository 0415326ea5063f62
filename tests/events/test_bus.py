"""`publish`: the next jobs in the caller's transaction, the news after commit."""

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import fields
from typing import get_type_hints

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.db import transaction

from backend.common import jobs
from backend.common.models import Job
from backend.events import bus
from backend.events.types import EVENTS, Event, LeaderboardChanged, PhaseChanged, SubmissionReceived

SUBMISSION = SubmissionReceived(submission_id=uuid.uuid4(), phase_id=uuid.uuid4())


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[jobs.JobKind]:
    """A pipeline whose one step is known: what follows when a submission was received."""
    kind = jobs.JobKind("tests.follow", "cpu", 10, 0, lambda subject: None, None)
    table = {SubmissionReceived: (bus.Step(kind, "submission_id"),)}
    monkeypatch.setattr(bus, "pipeline", lambda: table)
    return kind


@pytest.mark.django_db
def test_published_event_owes_its_next_jobs(pipeline: jobs.JobKind) -> None:
    bus.publish(SUBMISSION)
    job = Job.objects.get()
    assert (job.name, job.subject_id) == (pipeline.name, SUBMISSION.submission_id)


@pytest.mark.django_db
def test_event_without_a_next_step_owes_nothing(pipeline: jobs.JobKind) -> None:
    bus.publish(LeaderboardChanged(phase_id=uuid.uuid4()))
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_event_of_a_transaction_that_is_rolled_back_did_not_happen(
    pipeline: jobs.JobKind, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():  # type: ignore[operator]
        bus.publish(SUBMISSION)
        transaction.set_rollback(True)
    assert (Job.objects.count(), callbacks) == (0, [])


def told(event: Event, *topics: str) -> list[dict[str, object]]:
    """What listeners of the topics receive."""

    async def listen() -> list[dict[str, object]]:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        for topic in topics:
            await layer.group_add(bus.group_of(topic), channel)
        await sync_to_async(bus.tell)(event)
        return [await asyncio.wait_for(layer.receive(channel), timeout=5) for _ in topics]

    return async_to_sync(listen)()


def test_every_topic_of_the_event_is_told() -> None:
    event = PhaseChanged(phase_id=uuid.uuid4(), challenge_id=uuid.uuid4())
    messages = told(event, f"challenge:{event.challenge_id}", f"phase:{event.phase_id}")
    body = {"name": "phase_changed", "phase_id": str(event.phase_id), "challenge_id": str(event.challenge_id)}
    assert [message["event"] for message in messages] == [body, body]
    assert {message["topic"] for message in messages} == set(event.topics())


def test_channel_layer_that_is_gone_does_not_break_the_caller(
    settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    layer = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    settings.CHANNEL_LAYERS = {"default": layer}  # type: ignore[attr-defined]
    bus.tell(LeaderboardChanged(phase_id=uuid.uuid4()))
    assert "event_not_told" in caplog.text


def test_each_event_is_listed_once() -> None:
    assert len({event.name for event in EVENTS}) == len(EVENTS) == len(set(EVENTS))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_events_carry_ids_only(event: type[Event]) -> None:
    hints = get_type_hints(event)
    assert {hints[field.name] for field in fields(event)} <= {uuid.UUID, int}
    # A number is a place in a log; the others count.
    counts = {"number", "done", "total"}
    assert all(field.name.endswith("_id") or field.name in counts for field in fields(event))
