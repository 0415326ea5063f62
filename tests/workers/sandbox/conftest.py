"""A file in the model's place, and a neighbour who has to be well whatever the hostile ones do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.sandbox.attempts import nothing_left, start
from workers.contract import Limits
from workers.sandbox.process import SandboxedModel
from workers.sandbox.walls import missing


@pytest.fixture(scope="package")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("model") / "weights"
    file.write_bytes(b"no weights")
    return file


@pytest.fixture(scope="package")
def neighbour(weights: Path) -> Iterator[SandboxedModel]:
    """Another's model, which goes on predicting."""
    if missing():
        pytest.skip(missing())
    with start("loading:obedient", weights, limits=Limits()) as model:
        yield model


@pytest.fixture
def nothing_stays(neighbour: SandboxedModel) -> Iterator[None]:
    with nothing_left(neighbour):
        yield
