"""Whole trainings of tiny networks: the same twice, resumed after death, every strategy and stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests.workers.training.material import LABELS, SEQUENCES, TINY_UNET, make_case, make_task
from workers.contract import ContractError, CurvePoint, ModelConfig
from workers.inference.package import BadWeights, check
from workers.inference.predictor import Predictor
from workers.training.checkpoint import BadCheckpoint, Checkpoint
from workers.training.loop import train
from workers.training.task import Hooks, Task, Trained
from workers.zoo import ARCHITECTURES

TWO_PHASES = ModelConfig("two_path_cnn", SEQUENCES, LABELS, "any")


class Killed(BaseException):
    pass


def killer(after: int) -> Callable[[], None]:
    """Raises at the so-manieth question whether to go on."""
    asked = iter(range(after))

    def go_on_or_stop() -> None:
        if next(asked, None) is None:
            raise Killed

    return go_on_or_stop


def interrupted(task: Task, *, after: int) -> Trained:
    """The training killed after so many steps, and taken up from its last checkpoint."""
    kept: list[bytes] = []
    with pytest.raises(Killed):
        train(task, Hooks(checkpoint=kept.append, go_on_or_stop=killer(after)))
    return train(replace(task, checkpoint=kept[-1]))


def assert_same(first: Trained, second: Trained) -> None:
    assert set(first.weights) == set(second.weights)
    for name, tensor in first.weights.items():
        assert torch.equal(tensor, second.weights[name]), name
    assert first.config == second.config
    timeless = [{k: v for k, v in one.summary.items() if k != "seconds"} for one in (first, second)]
    assert timeless[0] == timeless[1]


@pytest.mark.parametrize("after", [4, 11])
def test_a_killed_training_goes_on_bit_for_bit(after: int) -> None:
    task = make_task()
    assert_same(train(task), interrupted(task, after=after))


def test_a_killed_training_of_several_phases_goes_on_in_the_right_one() -> None:
    recipe = {"extent": [2, 2], "batch": 1, "validate_share": 0.5}
    task = make_task(TWO_PHASES, steps=8, cases=2, validation=[make_case(100)], recipe=recipe)
    assert_same(train(task), interrupted(task, after=7))


def test_a_killed_training_of_several_networks_keeps_those_that_are_done() -> None:
    task = make_task(replace(TINY_UNET, missing="subset"), steps=12)
    assert_same(train(task), interrupted(task, after=7))


def test_the_seed_decides() -> None:
    first, again = train(make_task()), train(make_task())
    other = train(make_task(seed=4))
    assert_same(first, again)
    name = "network.head.weight"
    assert not torch.equal(first.weights[name], other.weights[name])


def test_it_learns_and_tells() -> None:
    points: list[CurvePoint] = []
    stages: list[str] = []
    trained = train(
        make_task(steps=150, recipe={"rate": 0.02}),
        Hooks(point=points.append, at=lambda stage, done: stages.append(stage)),
    )
    assert points[-1].loss < points[0].loss / 2
    looks = [point.validation_dice for point in points if point.validation_dice is not None]
    assert len(looks) >= 4
    assert looks[-1]["complete"] > 0.8
    assert trained.summary["validation_dice"]["complete"] >= max(look["complete"] for look in looks) - 0.15
    assert trained.summary["steps"] == 150
    assert {"preparing cases", "finishing"} < set(stages)
    # The package is what says so: the predictor, given the weights, finds the lesions of a new case.
    case = make_case(50)
    labelmap = Predictor(trained.config, trained.weights).predict(case.images).labelmap
    shared = ((labelmap > 0) & (case.labelmap > 0)).sum()
    assert 2 * shared / ((labelmap > 0).sum() + (case.labelmap > 0).sum()) > 0.75


def test_the_best_weights_are_kept_not_the_last() -> None:
    """A rate that ruins the network in the end: what is returned is from before."""
    points: list[CurvePoint] = []
    recipe = {"schedule": "exponential", "rate": 0.01, "final_rate": 30.0, "validate_share": 0.1, "clip": 0.0}
    trained = train(make_task(steps=50, recipe=recipe), Hooks(point=points.append))
    means = [np.mean(list(point.validation_dice.values())) for point in points if point.validation_dice]
    assert means[-1] < max(means) - 0.05
    assert np.mean(list(trained.summary["validation_dice"].values())) == pytest.approx(max(means), abs=1e-4)


def test_it_stops_where_nothing_gets_better() -> None:
    recipe = {"rate": 1e-12, "final_rate": 1e-12, "validate_share": 0.02, "patience": 3}
    trained = train(make_task(steps=100, recipe=recipe))
    assert trained.summary["steps"] < 60


def test_seconds_are_a_budget_too() -> None:
    recipe = {"steps": 0}
    trained = train(make_task(budget_s=2.0, recipe=recipe))
    assert trained.summary["steps"] >= 1
    assert 1.9 <= trained.summary["seconds"] < 6


@pytest.mark.parametrize("slug", ARCHITECTURES)
def test_every_system_learns_by_its_recipe(slug: str) -> None:
    """Phases, draws, losses and optimisers of each: the package fits its config and predicts."""
    small: dict[str, Any] = {
        "deepmedic": {"widths": [4, 4], "joined": 4},
        "hemis": {"width": 4, "joined": 4, "output_size": 5},
        "brosch": {"width": 4, "first": 3, "second": 4},
        "segnet": {"widths": [4, 8], "convolutions": [1, 1]},
        "unet3d": {"widths": [4, 8], "blocks": [1, 1]},
    }
    extent: dict[str, list[int]] = {
        "deepmedic": [9, 9, 9],
        "unet3d": [],
        "brosch": [],
        "segnet": [],
        "hemis": [],
    }
    config = ModelConfig(slug, SEQUENCES, LABELS, "any", settings=small.get(slug, {}))
    points: list[CurvePoint] = []
    recipe = {"extent": extent.get(slug, [4, 4]), "batch": 1, "validation_cases": 1, "validate_share": 1.0}
    task = make_task(config, steps=4, cases=2, recipe=recipe)
    trained = train(task, Hooks(point=points.append))
    check(trained.config, trained.weights)
    assert all(np.isfinite(point.loss) for point in points)
    assert set(trained.summary["validation_dice"]) == {"complete", "core"}


def test_a_network_for_each_subset() -> None:
    trained = train(make_task(replace(TINY_UNET, missing="subset"), steps=9))
    check(trained.config, trained.weights)
    assert {name.split(".")[1] for name in trained.weights} == {"11", "10", "01"}
    lacking = make_case(60, sequences=("t1",))
    assert Predictor(trained.config, trained.weights).predict(lacking.images).labelmap.shape


def test_what_imputes_is_learned_and_cases_may_lack_a_sequence() -> None:
    cases = [make_case(0), make_case(1), make_case(2, sequences=("flair",))]
    trained = train(make_task(replace(TINY_UNET, missing="impute"), training=cases))
    assert trained.weights["imputation.kernel"].abs().sum() > 0
    lacking = make_case(60, sequences=("t1",))
    assert Predictor(trained.config, trained.weights).predict(lacking.images).labelmap.shape


def test_landmarks_are_learned_and_travel_in_the_config() -> None:
    trained = train(make_task(replace(TINY_UNET, normalisation="nyul"), steps=2))
    assert set(trained.config.normalisation_settings["landmarks"]) == set(SEQUENCES)


def test_stages_are_learned_in_their_order() -> None:
    stages = ({"kind": "post_network"}, {"kind": "crf"}, {"kind": "islands", "min_mm3": 5})
    task = make_task(replace(TINY_UNET, stages=stages), steps=20, recipe={"crf_trials": 3})
    trained = train(task)
    kinds = [stage["kind"] for stage in trained.config.stages]
    assert kinds in (["post_network", "crf", "islands"], ["post_network", "islands"])
    assert all(len(stage) > 1 for stage in trained.config.stages if stage["kind"] == "crf")
    assert trained.weights["stages.0.correction.weight"].abs().sum() > 0
    check(trained.config, trained.weights)


def test_a_cascade_begins_with_a_trained_first_network_and_leaves_it_as_it_is() -> None:
    recipe = {"extent": [4, 4], "batch": 1}
    first = train(make_task(TWO_PHASES, steps=2, cases=1, validation=[], recipe=recipe))
    begin_with = {f"first.{name.removeprefix('network.')}": one for name, one in first.weights.items()}
    recipe["phases"] = [{"name": "second network", "learns": ["second."]}]
    cascade = replace(TWO_PHASES, architecture="input_cascade_cnn")
    trained = train(make_task(cascade, steps=2, cases=1, validation=[], begin_with=begin_with, recipe=recipe))
    assert all(torch.equal(trained.weights[f"network.{name}"], one) for name, one in begin_with.items())


def test_weights_of_no_part_of_the_network_are_refused() -> None:
    with pytest.raises(BadWeights, match=r"begin_with: second\.head\.weight: the network has no such"):
        train(make_task(begin_with={"second.head.weight": torch.zeros(1)}))


def test_a_checkpoint_of_another_training_is_refused() -> None:
    kept: list[bytes] = []
    train(make_task(), Hooks(checkpoint=kept.append))
    with pytest.raises(BadCheckpoint, match="another training"):
        train(make_task(seed=9, checkpoint=kept[-1]))
    with pytest.raises(BadCheckpoint, match="cannot be read"):
        train(make_task(checkpoint=b"\x80\x04 a pickle, perhaps"))
    assert Checkpoint.from_bytes(kept[-1]).position.step == 12


def test_mistakes_in_a_recipe_are_named() -> None:
    with pytest.raises(ContractError, match="recipe: unknown speed"):
        train(make_task(recipe={"speed": 3}))
    with pytest.raises(ContractError, match="batch is above 0"):
        train(make_task(recipe={"batch": 0}))
