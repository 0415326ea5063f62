"""One really started platform for every test of a run that asks for it."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack, started_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with started_stack() as platform:
        yield platform
