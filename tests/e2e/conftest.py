"""One really started platform, and one browser, for all tests below this folder."""

from collections.abc import Iterator

import pytest

from tests.e2e.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.stack import Stack, started_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with started_stack() as platform:
        yield platform


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium_path(), "args": CHROMIUM_ARGUMENTS, "headless": True}
