"""One browser for all tests below this folder."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import CHROMIUM_ARGUMENTS, chromium_path

expect.set_options(timeout=30_000)  # a page, its data and an event, on a busy machine


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium_path(), "args": CHROMIUM_ARGUMENTS, "headless": True}
