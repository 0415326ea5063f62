"""Hostile code behind the walls reaches for what is not its own: it finds nothing, and nothing leaks."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.workers.sandbox.attempts import SHAPE, in_turn, nothing_left, predicted, start
from workers.contract import Reason
from workers.sandbox.process import SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.walls import missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.usefixtures("nothing_stays"),
]

CANARY = "canary-7f3a90c1"
BY_NUMBER = os.uname().machine == "x86_64"  # whose numbers of system calls are tried
ATTEMPTS = (
    "reaching:reads_files",
    "reaching:opens_sockets",
    "reaching:reads_environment",
    "reaching:reads_paths",
    "reaching:writes_outside",
    *(["reaching:asks_the_kernel"] if BY_NUMBER else []),
    "reaching:lifts_its_limits",
    "reaching:signals_others",
    "taking:starts_programs",
)


@pytest.fixture(scope="module")
def told(
    neighbour: SandboxedModel, weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, ModelError]:
    """What each attempt has found out, case by case in one process: each says it in its failure."""
    folder = tmp_path_factory.mktemp("outside")
    case, broker = folder / "case-2.nii.gz", folder / "broker.sock"
    for file in (case, broker):
        file.write_text(CANARY)
    paths = [str(case), str(broker), "/etc/passwd", "/etc/shadow", "/etc/hostname", str(Path(__file__))]
    with pytest.MonkeyPatch.context() as environment, nothing_left(neighbour):
        environment.setenv("WORKER_TOKEN", CANARY)
        return in_turn(ATTEMPTS, weights, paths=paths)


def found(told: Mapping[str, ModelError], attempt: str) -> str:
    sentence = str(told[f"reaching:{attempt}"])
    assert sentence.startswith("found: ")
    return sentence.removeprefix("found: ")


def test_a_good_model_predicts_case_after_case(weights: Path) -> None:
    with start("loading:obedient", weights) as model:
        for seed, shape in enumerate([SHAPE, (1, 5, 4, 3), SHAPE]):
            images = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
            np.testing.assert_array_equal(model.predict(images, [True], np.eye(4)), images[0] > 0)
        assert predicted(model).any()
        assert model.alive
        assert model.peak_mib > 0
    assert not model.alive


def test_no_socket_of_any_kind(told: Mapping[str, ModelError]) -> None:
    assert found(told, "opens_sockets") == " ".join(["EPERM"] * 7)


def test_environment_and_other_processes_are_not_seen(told: Mapping[str, ModelError]) -> None:
    seen = found(told, "reads_environment")
    assert CANARY not in seen
    assert "PYTHONPATH" in seen
    assert f"'{os.getpid()}'" not in seen


def test_neither_files_nor_sockets_of_others_are_seen(told: Mapping[str, ModelError]) -> None:
    """Another case, the broker's socket, /etc and this very file; also through /proc/*/root."""
    seen = found(told, "reads_paths")
    assert CANARY not in seen
    assert set(seen.split()) <= {"ENOENT", "EACCES", "ENOTDIR"}


def test_only_the_model_lies_there(told: Mapping[str, ModelError]) -> None:
    files, descriptors = found(told, "reads_files").split("] [")
    devices = {f"/dev/{name}" for name in ("null", "zero", "random", "urandom")}
    assert {name.strip("'") for name in files.strip("[]").split(", ")} == {"/model/weights"} | devices
    # Nothing, the log twice, and the two pipes. None of ours came along.
    for target in descriptors.strip("[]").split(", "):
        assert target.strip("'").startswith(("/dev/null", "pipe:")), target


def test_nothing_outside_is_written(told: Mapping[str, ModelError], weights: Path) -> None:
    tried = found(told, "writes_outside")
    assert "DONE" not in tried
    assert set(tried.split()) <= {"EROFS", "EACCES", "EPERM", "ENOENT"}
    assert weights.read_bytes() == b"no weights"


@pytest.mark.skipif(not BY_NUMBER, reason="system calls by their numbers of x86-64")
def test_system_calls_are_denied_by_number(told: Mapping[str, ModelError]) -> None:
    assert found(told, "asks_the_kernel") == "nothing"


def test_limits_cannot_be_lifted(told: Mapping[str, ModelError]) -> None:
    assert found(told, "lifts_its_limits") == "refused refused refused 65534 65534"


@pytest.mark.parametrize("name", ["reaching:signals_others", "taking:starts_programs"])
def test_no_signal_and_no_program(name: str, told: Mapping[str, ModelError]) -> None:
    assert told[name].reason is Reason.MODEL_FAILED
    assert "Operation not permitted" in str(told[name])
