"""Runs against a platform over real sockets: good ones, bad cases, models that cannot be run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.numerics.geometry import Grid
from backend.numerics.volumes import read_labelmap, write_labelmap_nifti
from tests.workers.worker.platform_server import Platform
from tests.workers.worker.serving import (
    CONFIG,
    GRID,
    Serving,
    Weights,
    case,
    expected,
    image,
    offer,
    wait_for,
)
from workers.contract import ModelConfig, to_json
from workers.sandbox.walls import missing


def test_a_run_predicts_each_case_on_its_own_grid(platform: Platform, weights: Weights) -> None:
    cases = [case(platform, 1), case(platform, 2), case(platform, 7, sequences=("T1",))]
    job = offer(platform, weights, cases)
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert [(one["status"], one["reason_code"]) for one in job.ended] == [("done", "")]
    assert sorted(result["number"] for result in job.results) == [1, 2, 7]
    for number, sequences in ((1, ("T1", "FLAIR")), (2, ("T1", "FLAIR")), (7, ("T1",))):
        found = read_labelmap(job.labelmaps[number], name="case.nii.gz")
        np.testing.assert_allclose(found.grid.matrix, GRID.matrix, atol=1e-5)
        np.testing.assert_array_equal(found.array, expected(weights, number, sequences=sequences))
    assert all(set(result["seconds"]) == {"read", "prepare", "compute", "write"} for result in job.results)
    stages = [one["stage"] for one in job.progress]
    assert "predicting" in stages
    assert all(one["memory_mib"] for one in job.progress)
    assert platform.introductions[0]["devices"][-1]["kind"] == "cpu"
    assert next(line for one in job.progress for line in one["log"])["text"].startswith("loaded in")


def test_labels_are_rewritten_into_the_askers(platform: Platform, weights: Weights) -> None:
    job = offer(platform, weights, [case(platform, 1)], mapping={"1": 4, "2": 1})
    with Serving(platform):
        wait_for(lambda: job.ended)
    found = read_labelmap(job.labelmaps[1], name="case.nii.gz").array
    np.testing.assert_array_equal(found, np.array([0, 4, 1])[expected(weights, 1)])


def test_one_bad_case_does_not_hold_up_the_others(platform: Platform, weights: Weights) -> None:
    broken = case(platform, 1)
    broken["images"]["T1"] = platform.put(b"this is no image")
    elsewhere = case(platform, 2)
    other = Grid((20, 18, 12), np.diag([1.0, 1, 1, 1]))
    elsewhere["images"]["FLAIR"] = platform.put(write_labelmap_nifti(image(3), grid=other))
    job = offer(platform, weights, [broken, elsewhere, case(platform, 3)])
    with Serving(platform):
        wait_for(lambda: job.ended)
    codes = {result["number"]: result["reason_code"] for result in job.results}
    assert codes == {1: "bad_image", 2: "bad_image", 3: ""}
    assert list(job.labelmaps) == [3]
    assert job.ended[0]["status"] == "done"


def test_a_file_that_is_not_the_promised_one_is_not_used(platform: Platform, weights: Weights) -> None:
    job = offer(platform, weights, [case(platform, 1)])
    for digest, content in platform.files.items():
        platform.files[digest] = content[:-1] + bytes([content[-1] ^ 1])
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert (job.ended[0]["status"], job.ended[0]["reason_code"]) == ("failed", "internal_error")
    assert not job.labelmaps


@pytest.mark.parametrize(
    ("content", "config", "code"),
    [
        (b"\x80\x04 a pickle", CONFIG, "bad_weights"),
        (None, {"architecture": "no such"}, "bad_config"),
        (None, {"sequences": ["T1"]}, "bad_weights"),
    ],
)
def test_a_model_that_cannot_be_loaded_ends_the_run(
    content: bytes | None, config: Any, code: str, platform: Platform, weights: Weights
) -> None:
    values = {name: getattr(CONFIG, name) for name in to_json(CONFIG)}
    other = config if isinstance(config, ModelConfig) else ModelConfig(**values | config)
    job = offer(platform, weights, [case(platform, 1)], content=content, config=other)
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert (job.ended[0]["status"], job.ended[0]["reason_code"]) == ("failed", code)
    assert job.ended[0]["reason"]


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_an_untrusted_model_answers_behind_walls_as_outside(platform: Platform, weights: Weights) -> None:
    """Somebody's weights for a network of ours: the same labels. It outlives a case that it cannot use."""
    cases = [case(platform, 1), case(platform, 2, sequences=("T1",)), case(platform, 3)]
    job = offer(platform, weights, cases, trusted=False, config=replace(CONFIG, missing="refuse"))
    with Serving(platform):
        wait_for(lambda: job.ended)
    assert job.ended[0]["status"] == "done", job.ended
    codes = {result["number"]: result["reason_code"] for result in job.results}
    assert codes == {1: "", 2: "missing_sequence", 3: ""}
    for number in (1, 3):
        found = read_labelmap(job.labelmaps[number], name="case.nii.gz").array
        np.testing.assert_array_equal(found, expected(weights, number))
        assert len(np.unique(found)) > 1


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_pickle_for_weights_fails_behind_walls_and_the_worker_takes_the_next_job(
    platform: Platform, weights: Weights
) -> None:
    job = offer(platform, weights, [case(platform, 1)], trusted=False, content=b"\x80\x04\x95 a pickle")
    with Serving(platform):
        wait_for(lambda: job.ended)
        assert (job.ended[0]["status"], job.ended[0]["reason_code"]) == ("failed", "bad_weights")
        following = offer(platform, weights, [case(platform, 1)])
        wait_for(lambda: following.ended)
    assert following.ended[0]["status"] == "done"
