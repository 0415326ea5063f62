"""One really started platform for every test of a run that asks for it."""

from collections.abc import Iterator

import pytest

from tests.stack import MODEL_WORKER, Stack, started_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with started_stack() as platform:
        yield platform


@pytest.fixture(scope="session")
def model_worker(stack: Stack) -> str:
    """The name of the stack's model worker, which asks for work."""
    stack.start_model_worker()
    return MODEL_WORKER
