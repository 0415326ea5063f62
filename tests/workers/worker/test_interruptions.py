"""Cancelled, restarted, killed, told to stop: nothing is lost, nothing is left behind."""

import hashlib
import signal
import time
from pathlib import Path

import numpy as np

from backend.numerics.volumes import read_labelmap
from tests.workers.worker.platform_server import TOKEN, Job, Platform
from tests.workers.worker.serving import (
    CONFIG,
    Serving,
    Weights,
    case,
    expected,
    offer,
    running,
    wait_for,
)
from workers.contract import to_json
from workers.inference.package import write_weights


def slowly(method: str, path: str) -> None:
    """A platform that takes its time, so that there is a middle of a run to do something in."""
    if path.endswith("/cases/"):
        time.sleep(0.2)


def test_cancelled_in_the_middle_it_stops_at_once(platform: Platform, weights: Weights) -> None:
    job = offer(platform, weights, [case(platform, number) for number in range(1, 20)])
    platform.before = slowly
    with Serving(platform):
        wait_for(lambda: job.results)
        job.cancelled = True
        before = len(job.results)
        following: list[Job] = []
        wait_for(lambda: ("POST", "claim/", f"Bearer {TOKEN}") == platform.calls[-1], seconds=15)
        following.append(offer(platform, weights, [case(platform, 1)]))
        wait_for(lambda: following[0].ended)
    assert len(job.results) <= before + 4
    assert not job.ended


def test_platform_restarts_in_the_middle(platform: Platform, weights: Weights) -> None:
    job = offer(platform, weights, [case(platform, number) for number in range(1, 5)])
    platform.failing = 2
    with Serving(platform):
        wait_for(lambda: job.results)
        platform.stop()
        time.sleep(0.5)
        platform.start()
        platform.failing = 3
        wait_for(lambda: job.ended)
    assert job.ended[0]["status"] == "done"
    assert {result["number"] for result in job.results} == {1, 2, 3, 4}


def test_a_wrong_token_ends_the_worker_with_the_remedy(platform: Platform) -> None:
    with Serving(platform, token="not the token") as serving:
        serving.thread.join(20)
    assert "WORKER_TOKENS" in str(serving.error)


def test_the_token_is_not_sent_elsewhere(platform: Platform, weights: Weights) -> None:
    with Platform() as elsewhere:
        link = elsewhere.put(write_weights(weights))
        job = offer(platform, weights, [case(platform, 1)])
        inner = job.request
        job.request = lambda attempt, done: (
            inner(attempt, done)
            | {  # type: ignore[operator]
                "model": {"kind": "network", "config": to_json(CONFIG), "weights": link}
            }
        )
        with Serving(platform):
            wait_for(lambda: job.ended)
        assert elsewhere.calls
        assert all(not authorization for _, _, authorization in elsewhere.calls)


def test_killed_in_the_middle_of_a_run_the_next_computes_what_is_left_and_nothing_twice(
    platform: Platform, weights: Weights, tmp_path: Path
) -> None:
    numbers = list(range(1, 9))
    job = offer(platform, weights, [case(platform, number) for number in numbers])
    platform.before = slowly
    with running(platform, tmp_path):
        wait_for(lambda: len(job.results) >= 2)
    with platform.lock:
        before = {result["number"]: result["digest"] for result in job.results}
        assert 2 <= len(before) < len(numbers)
        job.held = False  # the lease is over
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert job.attempt == 2
    assert job.ended[0]["status"] == "done"
    assert sorted(result["number"] for result in job.results) == numbers
    for number in numbers:
        found = read_labelmap(job.labelmaps[number], name="case.nii.gz").array
        np.testing.assert_array_equal(found, expected(weights, number))
    stored = {number: hashlib.sha256(job.labelmaps[number]).hexdigest() for number in before}
    assert stored == before


def test_told_to_stop_it_gives_the_job_back_and_leaves_nothing(
    platform: Platform, weights: Weights, tmp_path: Path
) -> None:
    job = offer(platform, weights, [case(platform, number) for number in range(1, 20)])
    ends: list[str] = []

    def before(method: str, path: str) -> None:
        slowly(method, path)
        if path.endswith("end/"):
            ends.append(path)

    platform.before = before
    with running(platform, tmp_path) as process:
        wait_for(lambda: job.results)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(60) == 0
    assert time.monotonic() - began < 30
    assert ends == ["jobs/job-1/end/"]
    assert not job.held
    assert not job.ended
    assert list((tmp_path / "scratch").glob("consilium-job-*")) == []
