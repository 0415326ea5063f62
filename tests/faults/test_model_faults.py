"""A model worker killed in a training, and in a run: another goes on, and nothing is done twice."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from safetensors import safe_open

from tests.e2e.person import Person
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge
from tests.stack import Stack, wait_until

pytestmark = pytest.mark.slow

CASES = 16
STEPS = 200
LOOKS = 10
PATIENCE_S = 150
ENDED = {"done", "failed", "cancelled"}


@dataclass(frozen=True)
class Interrupted:
    """A training as it was when its worker had been killed, and as it ended.

    Args:
        position: of the last checkpoint before (`workers.training.checkpoint.Position`).
    """

    position: Any
    curve: list[Any]
    ended: Any


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "model-faults", cases=CASES)


@pytest.fixture(scope="module")
def training(stack: Stack, challenge: PhantomChallenge, model_worker: str) -> Interrupted:
    organizer = challenge.organizer
    algorithm = organizer.send("POST", f"/challenges/{challenge.slug}/algorithms/", {"name": "Small U-Net"})
    begun = organizer.send(
        "POST",
        f"/algorithms/{algorithm['id']}/trainings/",
        {
            "dataset_version": challenge.phase["dataset_version"]["id"],
            "architecture": "unet3d",
            "budget_s": 60,
            "settings": {"widths": [4, 8], "blocks": [1, 1]},
            "recipe": {"steps": STEPS, "extent": [16, 16, 16], "batch": 2, "validate_share": 1 / LOOKS},
        },
    )
    path = f"/trainings/{begun['id']}/"
    wait_until(
        lambda: checkpoint(stack, begun["id"]).get("step", 0) >= 2 * STEPS // LOOKS,
        timeout_s=PATIENCE_S,
        what=f"two checkpoints: {organizer.get(path)} {stack.log('model-worker')[-3000:]}",
        every_s=0.05,
    )
    stack.kill("model-worker")
    curve = organizer.rows(f"{path}curve/")
    position = checkpoint(stack, begun["id"])
    assert organizer.get(path)["status"] == "running"
    stack.start_model_worker()
    return Interrupted(position, curve, ended(organizer, path))


def checkpoint(stack: Stack, training: str) -> Any:
    """Where the last checkpoint of a training stands, as it lies among the platform's files."""
    ((digest,),) = stack.rows("SELECT checkpoint_digest FROM algorithms_training WHERE id = %s", training)
    kept = stack.state.blobs / digest[:2] / digest
    if not kept.is_file():  # there is none yet, or a newer one by now
        return {}
    with safe_open(kept, "numpy") as tensors:
        return json.loads(tensors.metadata()["training"])


def ended(person: Person, path: str) -> Any:
    return person.wait(lambda: person.get(path), lambda one: one["status"] in ENDED, timeout_s=PATIENCE_S)


def test_training_goes_on_from_its_checkpoint(
    stack: Stack, challenge: PhantomChallenge, training: Interrupted
) -> None:
    reached, after = training.position["step"], training.ended
    path = f"/trainings/{after['id']}/"
    assert reached < STEPS
    assert after["status"] == "done", after
    assert after["summary"]["steps"] == STEPS
    lines = [line["text"] for line in challenge.organizer.rows(f"{path}log/")]
    assert lines.count("going on from the last checkpoint") == 1

    curve = challenge.organizer.rows(f"{path}curve/")
    steps = [point["step"] for point in curve]
    assert steps == sorted(set(steps))
    looked = [point["step"] for point in curve if point["validation_dice"]]
    assert looked == [STEPS // LOOKS * look for look in range(1, LOOKS + 1)]
    kept = [point for point in curve if point["step"] <= reached]
    assert kept == [point for point in training.curve if point["step"] <= reached]
    seconds = [point["seconds"] for point in curve]
    assert seconds == sorted(seconds)
    assert challenge.organizer.get(f"/algorithm-versions/{after['version']}/")["status"] == "ready"


def test_run_goes_on_at_the_next_case(
    stack: Stack, challenge: PhantomChallenge, training: Interrupted, model_worker: str
) -> None:
    organizer, phase = challenge.organizer, challenge.phase["id"]
    wanted = {"version": training.ended["version"], "purpose": "baseline"}
    run = organizer.send("POST", f"/phases/{phase}/runs/", wanted)
    wait_until(
        lambda: len(done_cases(stack, run["id"])) >= 3, timeout_s=PATIENCE_S, what="three cases", every_s=0.02
    )
    stack.kill("model-worker")
    before = done_cases(stack, run["id"])
    assert 3 <= len(before) < CASES
    stack.start_model_worker()
    found = ended(organizer, f"/runs/{run['id']}/")
    assert (found["status"], found["done"], found["worker"]) == ("done", CASES, model_worker), found

    cases = organizer.rows(f"/runs/{run['id']}/cases/")
    assert [case["number"] for case in cases] == list(range(1, CASES + 1))
    assert len({case["case"]["name"] for case in cases}) == CASES
    again = done_cases(stack, run["id"])
    assert before.items() <= again.items()
    lines = [line["text"] for line in organizer.rows(f"/runs/{run['id']}/log/")]
    assert sum(line.startswith(f"{CASES - len(before)} cases in ") for line in lines) == 1, lines

    submission = organizer.wait_for_submission(found["submission"], timeout_s=PATIENCE_S)
    assert submission["status"] == "scored", submission
    assert len(submission["evaluations"]) == 1
    predicted = stack.rows(
        "SELECT case_id FROM submissions_prediction WHERE submission_id = %s", submission["id"]
    )
    assert len(predicted) == len(set(predicted)) == CASES
    ((submissions,),) = stack.rows("SELECT count(*) FROM submissions_submission WHERE run_id = %s", run["id"])
    assert submissions == 1


def done_cases(stack: Stack, run: str) -> dict[int, str]:
    """When and how each finished case was finished, by number."""
    rows = stack.rows(
        "SELECT number, seconds::text FROM algorithms_runcase WHERE run_id = %s AND status = 'done'", run
    )
    return dict(rows)
