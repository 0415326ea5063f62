"""Hostile code behind the walls answers what it should not: the answer is judged, and never interpreted."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.workers.sandbox.attempts import attempt, in_turn, nothing_left, predicted, start
from workers.contract import Reason
from workers.sandbox.process import SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.walls import missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.usefixtures("nothing_stays"),
]

# Through the launcher, which says what is wrong and goes on.
WRONG = {
    "answering:wrong_shape": Reason.WRONG_SHAPE,
    "answering:not_finite": Reason.NOT_FINITE,
    "answering:strange_labels": Reason.WRONG_LABELS,
    "answering:huge_labels": Reason.WRONG_LABELS,
    "answering:raises": Reason.MODEL_FAILED,
}
# Past the launcher, into its pipe: none of these processes goes on.
FORGED = {
    "answering:swaps_axes_in_its_header": Reason.WRONG_SHAPE,
    "answering:answers_with_a_pickle": Reason.WRONG_OUTPUT,
    "answering:answers_with_garbage": Reason.WRONG_OUTPUT,
    "answering:claims_terabytes": Reason.WRONG_OUTPUT,
    "answering:answers_too_much": Reason.WRONG_OUTPUT,
    "answering:claims_an_unknown_kind": Reason.WRONG_OUTPUT,
    "answering:claims_a_strange_reason": Reason.WRONG_OUTPUT,
    "answering:ready_twice": Reason.WRONG_OUTPUT,
    "answering:answers_too_little": Reason.MODEL_FAILED,
    "answering:crashes": Reason.MODEL_FAILED,
    "answering:exits": Reason.MODEL_FAILED,
}


@pytest.fixture(scope="module")
def wrong(neighbour: SandboxedModel, weights: Path) -> Mapping[str, ModelError]:
    """How each case ended of one process that goes on: one wrong answer after the other."""
    with nothing_left(neighbour):
        return in_turn(WRONG, weights)


@pytest.mark.parametrize(("name", "reason"), WRONG.items())
def test_wrong_answers_are_refused(name: str, reason: Reason, wrong: Mapping[str, ModelError]) -> None:
    require(wrong[name], reason)


@pytest.mark.parametrize(("name", "reason"), FORGED.items())
def test_forged_answers_are_refused(name: str, reason: Reason, weights: Path) -> None:
    require(attempt(name, weights), reason)


def require(error: ModelError, reason: Reason) -> None:
    assert (error.reason, str(error)) == (reason, str(error))
    assert str(error).isprintable()
    assert len(str(error)) < 600


def test_a_word_between_cases_ends_the_model(weights: Path) -> None:
    with start("answering:speaks_between_cases", weights) as model:
        predicted(model)
        time.sleep(0.5)
        with pytest.raises(ModelError) as caught:
            predicted(model)
        assert caught.value.reason is Reason.WRONG_OUTPUT
        assert not model.alive
