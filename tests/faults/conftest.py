"""One really started platform for all tests below this folder."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack, started_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with started_stack() as platform:
        yield platform
