"""How the tests drive a real Chromium: the machine's own, headless, in software."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.person import Person

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def chromium_path() -> str:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium on this machine: `make browser` installs it")
    return found


@contextmanager
def window(
    browser: Browser, address: str, person: Person | None = None, **options: object
) -> Iterator[tuple[Page, list[str]]]:
    """A fresh window, signed in as the person; and the errors that its pages told, as they come."""
    context: BrowserContext = browser.new_context(base_url=address, **({"viewport": WIDE} | options))  # type: ignore[arg-type]
    if person is not None:
        context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in person.http.cookies.items()]
        )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    try:
        yield page, errors
    finally:
        context.close()
