"""Numbers that are none are not sent: each is refused where it comes up, by name."""

import threading

import pytest
import torch

from tests.workers.worker.platform_server import TOKEN, Platform
from tests.workers.worker.serving import Weights, case, offer
from workers.client import Client
from workers.contract import (
    CaseResult,
    ContractError,
    CurvePoint,
    Ending,
    NotFinite,
    Progress,
    Reason,
    RunRequest,
    read,
    to_json,
)
from workers.heartbeat import Heartbeat, Memory
from workers.sandbox.reasons import reason_of
from workers.trainer import require_finite
from workers.training.learner import Diverged

NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (CurvePoint(1, 0.5, NAN), "CurvePoint.loss: is nan"),
        (CurvePoint(1, 0.5, 0.1, {"core": INFINITY}), "CurvePoint.validation_dice.core: is inf"),
        (Progress("training", curve=(CurvePoint(1, 0.5, -INFINITY),)), r"Progress.curve\[0\].loss: is -inf"),
        (CaseResult(1, seconds={"compute": NAN}), "CaseResult.seconds.compute: is nan"),
        (Ending("done", summary={"dice": [1.0, NAN]}), r"Ending.summary.dice\[1\]: is nan"),
    ],
)
def test_a_message_names_its_number_that_is_none(message: object, field: str) -> None:
    with pytest.raises(NotFinite, match=field) as caught:
        to_json(message)
    assert reason_of(caught.value) is Reason.NOT_FINITE


@pytest.mark.parametrize("loss", [NAN, INFINITY, 10**400])
def test_and_none_is_read(loss: float) -> None:
    with pytest.raises(ContractError, match="loss: is no number"):
        read(CurvePoint, {"step": 1, "seconds": 0.5, "loss": loss})


def test_a_point_without_number_ends_the_training_and_not_the_heartbeat(
    platform: Platform, weights: Weights
) -> None:
    job = offer(platform, weights, [case(platform, 1)])
    job.attempt = 1
    client = Client(address=platform.address, token=TOKEN)
    request = read(RunRequest, job.request(1, set()))
    with Heartbeat(client, request, memory=Memory, leaving=threading.Event(), interval_s=0.02) as heartbeat:
        with pytest.raises(NotFinite):
            heartbeat.point(CurvePoint(1, 0.5, NAN))
        heartbeat.point(CurvePoint(2, 0.6, 0.25))
        heartbeat.flush()
    client.close()
    assert [point["step"] for one in job.progress for point in one["curve"]] == [2]


def test_weights_that_are_no_numbers_are_not_sent() -> None:
    with pytest.raises(Diverged, match=r"network\.b holds NaN .*try a lower rate"):
        require_finite({"network.a": torch.ones(3), "network.b": torch.tensor([1.0, NAN])})
    require_finite({"counts": torch.arange(3)})
