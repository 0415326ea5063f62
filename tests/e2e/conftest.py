"""One browser for all tests below this folder."""

import pytest

from tests.e2e.browser import CHROMIUM_ARGUMENTS, chromium_path


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium_path(), "args": CHROMIUM_ARGUMENTS, "headless": True}
