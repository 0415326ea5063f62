"""The table of what happens next fits the events and the jobs that there are."""

from typing import get_type_hints
from uuid import UUID

import pytest

from backend.common import jobs
from backend.events.bus import Step
from backend.events.types import EVENTS, Event
from backend.pipeline import NEXT

STEPS = [(event, step) for event, steps in NEXT.items() for step in steps]


@pytest.mark.parametrize(("event", "step"), STEPS, ids=lambda part: getattr(part, "name", part))
def test_step_runs_a_registered_job_on_an_id_of_its_event(event: type[Event], step: Step) -> None:
    assert event in EVENTS
    assert get_type_hints(event)[step.subject] is UUID
    assert jobs.KINDS[step.job.name] is step.job
