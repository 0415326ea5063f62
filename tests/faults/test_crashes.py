"""A worker killed, the broker restarted, an upload broken off: delayed, never lost, never doubled."""

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.person import Person
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge, join, predictions_zip
from tests.stack import Stack

CASES = 24


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "faults", cases=CASES)


def assert_scored_once(team: Person, submission_id: str) -> None:
    found = team.wait_for_submission(submission_id, timeout_s=150)
    assert found["status"] == "scored", found
    assert len(found["evaluations"]) == 1
    scores = f"/evaluations/{found['evaluations'][0]['id']}/scores/"
    rows = team.rows(f"{scores}?metric=dice&judge=consensus")
    assert len(rows) == CASES * 3
    assert len({(row["case"]["name"], row["region"]) for row in rows}) == CASES * 3


def wait_until_scoring(team: Person, submission_id: str) -> Any:
    return team.wait(
        lambda: team.get(f"/submissions/{submission_id}/"),
        lambda found: found["progress"]["done"] >= 1 and found["status"] in {"scoring", "scored"},
    )


def test_worker_killed_while_scoring_delays_but_scores_once(
    stack: Stack, challenge: PhantomChallenge
) -> None:
    team = join(stack.address, challenge, "killed")
    made = team.submit(challenge.phase["id"], predictions_zip(challenge, shift=1), method="killed worker")
    found = wait_until_scoring(team, made["id"])
    stack.kill_worker()  # SIGKILL, children and all
    if found["status"] == "scoring":
        time.sleep(1)
    stack.start_worker()
    assert_scored_once(team, made["id"])


def test_broker_restarted_while_scoring_loses_nothing(stack: Stack, challenge: PhantomChallenge) -> None:
    team = join(stack.address, challenge, "broker")
    made = team.submit(challenge.phase["id"], predictions_zip(challenge, shift=2), method="broker restarted")
    wait_until_scoring(team, made["id"])
    stack.restart_broker()
    assert_scored_once(team, made["id"])


def test_upload_broken_off_at_60_percent_resumes_there(stack: Stack, challenge: PhantomChallenge) -> None:
    team = join(stack.address, challenge, "flaky")
    archive = predictions_zip(challenge, shift=3)
    location = team.begin_upload(filename="predictions.zip", length=len(archive), purpose="submission")
    reached = len(archive) * 6 // 10
    team.continue_upload_part(location, archive[:reached])
    cut_in_the_middle_of_a_patch(team, location, archive, offset=reached)
    offset = team.upload_offset(location)
    assert reached <= offset < len(archive)
    upload = team.continue_upload(location, archive)
    made = team.send(
        "POST", f"/phases/{challenge.phase['id']}/submissions/", {"upload": upload, "method_name": "resumed"}
    )
    assert_scored_once(team, made["id"])


def cut_in_the_middle_of_a_patch(team: Person, location: str, data: bytes, *, offset: int) -> None:
    """Announce the rest, send half of it, and tear the connection down."""
    target = urlsplit(team.address)
    rest = data[offset:]
    cookies = "; ".join(f"{name}={value}" for name, value in team.http.cookies.items())
    head = (
        f"PATCH {location} HTTP/1.1\r\nHost: {target.netloc}\r\nCookie: {cookies}\r\n"
        f"Referer: {team.address}\r\nX-CSRFToken: {team.http.cookies['csrftoken']}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(rest)}\r\n\r\n"
    )
    with socket.create_connection((target.hostname or "", target.port or 80), timeout=10) as wire:
        wire.sendall(head.encode() + rest[: len(rest) // 2])
        time.sleep(0.5)
