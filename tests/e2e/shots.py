"""`make shots`: pictures of every page of the running demo, in both themes, wide and narrow, into var/shots.

Needs `make up` with its demo beside it. `python -m tests.e2e.shots ADDRESS [WORD …]` takes only the pages whose
name holds one of the words.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

from deploy.local.paths import State
from tests.e2e.browser import CHROMIUM_ARGUMENTS, NARROW, WIDE, chromium_path

SIZES = {"wide": WIDE, "narrow": NARROW}
THEMES = ("light", "dark")
# As `manage.py seed_demo` prints them.
ORGANIZER, RATER, PARTICIPANT, PASSWORD = "organizer", "rater1", "participant", "consilium-demo"
CONSOLE_TABS = ("data", "raters", "consensus", "phases", "members", "settings")


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    user: str | None = None


def main(address: str, words: list[str]) -> int:
    folder = State.default().root / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        for shot in pages(address):
            if words and not any(word in shot.name for word in words):
                continue
            errors = take(browser, address, shot, folder)
            failed += bool(errors)
            print(f"{shot.name:<26} {shot.path}", *errors, sep="\n    " if errors else "  ", flush=True)
        browser.close()
    print(f"pictures in {folder}")
    return 1 if failed else 0


def pages(address: str) -> Iterator[Shot]:
    """Every page, with an example of each thing found through the API."""
    with session(address, ORGANIZER) as api:
        slug = api.get("/api/v1/challenges/").json()["results"][0]["slug"]
        phase = first(api, f"/api/v1/challenges/{slug}/phases/")
        dataset = first(api, f"/api/v1/challenges/{slug}/datasets/")
        case = first(api, f"/api/v1/datasets/{dataset}/cases/")
    with session(address, RATER) as api:
        assignment = first(api, "/api/v1/assignments/")
    with session(address, PARTICIPANT) as api:
        submission = first(api, "/api/v1/submissions/")

    yield Shot("challenges", "/challenges")
    yield Shot("challenge", f"/challenges/{slug}")
    yield Shot("challenge-data", f"/challenges/{slug}/data", PARTICIPANT)
    yield Shot("leaderboard", f"/challenges/{slug}/leaderboard")
    yield Shot("my-submissions", f"/challenges/{slug}/submissions", PARTICIPANT)
    yield Shot("submit", f"/phases/{phase}/submit", PARTICIPANT)
    yield Shot("submissions", "/submissions", PARTICIPANT)
    yield Shot("submission", f"/submissions/{submission}", PARTICIPANT)
    yield Shot("rater-home", "/rate", RATER)
    yield Shot("assignment", f"/rate/{assignment}", RATER)
    yield Shot("viewer", f"/cases/{case}", ORGANIZER)
    yield Shot("organizer-home", "/organize", ORGANIZER)
    for tab in CONSOLE_TABS:
        yield Shot(f"console-{tab}", f"/organize/{slug}/{tab}", ORGANIZER)
    yield Shot("login", "/login")
    yield Shot("register", "/register")
    yield Shot("password-reset", "/password/reset")
    yield Shot("account", "/account", PARTICIPANT)
    yield Shot("not-found", "/no/such/page")


def take(browser: Browser, address: str, shot: Shot, folder: Path) -> list[str]:
    """One picture for each size and theme; returns the errors that the page told."""
    cookies = {} if shot.user is None else session_cookies(address, shot.user)
    errors: list[str] = []
    for size, viewport in SIZES.items():
        for theme in THEMES:
            context = browser.new_context(
                base_url=address, viewport=viewport, color_scheme=theme, reduced_motion="reduce"
            )
            context.add_cookies(
                [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
            )
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(shot.path, wait_until="load")
            page.wait_for_timeout(4000 if shot.name == "viewer" else 1500)
            page.screenshot(path=folder / f"{shot.name}-{size}-{theme}.png")
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
                errors.append(f"{size} {theme}: wider than the window")
            context.close()
    return errors


def first(api: httpx.Client, path: str) -> str:
    answer = api.get(path)
    answer.raise_for_status()
    found = answer.json()
    rows = found["results"] if isinstance(found, dict) else found
    return str(rows[0]["id"])


def session(address: str, username: str) -> httpx.Client:
    """A signed-in client."""
    client = httpx.Client(base_url=address, headers={"Referer": address}, timeout=60)
    client.get("/_allauth/browser/v1/config").raise_for_status()
    client.post(
        "/_allauth/browser/v1/auth/login",
        json={"username": username, "password": PASSWORD},
        headers={"X-CSRFToken": client.cookies["csrftoken"]},
    ).raise_for_status()
    return client


_cookies: dict[str, dict[str, str]] = {}


def session_cookies(address: str, username: str) -> dict[str, str]:
    """The session of each user is opened once."""
    if username not in _cookies:
        with session(address, username) as client:
            _cookies[username] = dict(client.cookies.items())
    return _cookies[username]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000", sys.argv[2:]))
