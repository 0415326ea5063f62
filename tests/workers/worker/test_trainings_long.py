"""Trainings that are killed, or diverge. Long: torch's optimisers take seconds to load, in each program.

`tests/workers/training` has the rest: a worker that leaves, and that what goes on gives the same bits.
"""

from pathlib import Path

import pytest

from tests.workers.training.test_trainer import RECIPE, offer_training
from tests.workers.worker.platform_server import Platform
from tests.workers.worker.serving import Serving, running, wait_for
from workers.contract import ModelConfig, read
from workers.inference.package import check, read_weights
from workers.training.checkpoint import Checkpoint

pytestmark = pytest.mark.slow


def test_killed_in_the_middle_of_a_training_the_next_goes_on_from_its_checkpoint(
    platform: Platform, tmp_path: Path
) -> None:
    steps = 40
    job = offer_training(platform, recipe=RECIPE | {"steps": steps, "validate_share": 0.1})
    with running(platform, tmp_path):
        wait_for(lambda: job.checkpoints)
    with platform.lock:
        taken_up = Checkpoint.from_bytes(job.checkpoints[-1]).position.step
        assert 0 < taken_up < steps
        assert not job.ended
        job.held = False
        told = len(job.progress)
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert job.attempt == 2
    assert job.ended[0]["status"] == "done", job.ended
    assert job.ended[0]["summary"]["steps"] == steps
    curve = [point["step"] for one in job.progress[told:] for point in one["curve"]]
    assert min(curve) > taken_up  # no step is learned from twice
    check(read(ModelConfig, job.ended[0]["config"]), read_weights(job.weights))


def test_a_training_whose_loss_is_no_number_ends_with_its_reason(platform: Platform) -> None:
    """Nothing that is no JSON is sent: this platform reads as strictly as ours."""
    job = offer_training(platform, recipe=RECIPE | {"rate": 1e30, "optimiser": "sgd"})
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert (job.ended[0]["status"], job.ended[0]["reason_code"]) == ("failed", "not_finite")
    assert "try a lower rate" in job.ended[0]["reason"]
    assert not job.weights
