"""`make shots`: every page of the demo, light and dark, wide and narrow, as PNG files under var/shots.

Pictures are to be looked at, so pytest does not collect this file by name. It fails where a page tells an
error. `SHOTS_ADDRESS` names a platform that runs already; otherwise one is started and seeded.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.demo import seed, texts
from tests.e2e import browser as chromium
from tests.e2e.models import train_briefly
from tests.e2e.person import Person
from tests.stack import started_stack

FOLDER = Path(__file__).resolve().parents[2] / "var" / "shots"
SIZES = {"wide": chromium.WIDE, "narrow": chromium.NARROW}
VIEWERS = {"viewer", "studio", "adjudication"}
CONSOLE = ("settings", "data", "raters", "consensus", "phases", "members")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    running = os.environ.get("SHOTS_ADDRESS")
    if running:
        yield running
        return
    with started_stack() as stack:
        stack.start_model_worker()
        stack.manage("seed_demo", timeout_s=900)
        train_a_model(stack.address)
        yield stack.address


def train_a_model(address: str) -> None:
    """A short training, so that there is a page of one."""
    organizer = Person(address, seed.ORGANIZER, password=seed.PASSWORD)
    phase = organizer.rows(f"/challenges/{texts.SLUG}/phases/")[0]
    version = phase["dataset_version"]["id"]
    train_briefly(organizer, texts.SLUG, version, name="Small U-Net", extent=48, steps=60)


def pages(address: str) -> dict[str, tuple[str | None, str]]:
    """Name → (who looks, path)."""
    participant = Person(address, seed.PARTICIPANTS[0], password=seed.PASSWORD)
    rater = Person(address, seed.RATERS[0], password=seed.PASSWORD)
    challenge = f"/challenges/{texts.SLUG}"
    phase = participant.rows(f"{challenge}/phases/")[0]
    submission = participant.rows("/submissions/")[0]
    case = participant.rows(f"/phases/{phase['id']}/cases/")[0]
    assignment = rater.rows("/assignments/?status=assigned")[0]
    organizer = Person(address, seed.ORGANIZER, password=seed.PASSWORD)
    adjudication = organizer.rows("/adjudications/?status=open")[0]
    run = organizer.rows(f"{challenge}/runs/")[0]
    model = run["version"]["algorithm"]["id"]
    found: dict[str, tuple[str | None, str]] = {
        "challenges": (None, "/"),
        "overview": (None, challenge),
        "leaderboard": (seed.PARTICIPANTS[0], f"{challenge}/leaderboard"),
        "data": (seed.PARTICIPANTS[0], f"{challenge}/data"),
        "my-submissions": (seed.PARTICIPANTS[0], f"{challenge}/submissions"),
        "submit": (seed.PARTICIPANTS[0], f"/phases/{phase['id']}/submit"),
        "submission": (seed.PARTICIPANTS[0], f"/submissions/{submission['id']}"),
        "submissions": (seed.PARTICIPANTS[0], "/submissions"),
        "viewer": (seed.ORGANIZER, f"/cases/{case['id']}?submission={submission['id']}"),
        "models": (seed.PARTICIPANTS[0], f"{challenge}/models"),
        "models-comparison": (seed.ORGANIZER, f"{challenge}/models?view=comparison"),
        "models-runs": (seed.ORGANIZER, f"{challenge}/models?view=runs"),
        "model": (seed.ORGANIZER, f"{challenge}/models/{model}"),
        "model-run": (seed.ORGANIZER, f"/runs/{run['id']}"),
        "account": (seed.PARTICIPANTS[0], "/account"),
        "login": (None, "/login"),
        "register": (None, "/register"),
        "rater": (seed.RATERS[0], "/rate"),
        "assignment": (seed.RATERS[0], f"/rate/{assignment['id']}"),
        "studio": (seed.RATERS[0], f"/rate/{assignment['id']}/studio"),
        "adjudication": (seed.ORGANIZER, f"/console/adjudications/{adjudication['id']}"),
        "organize": (seed.ORGANIZER, "/organize"),
        "not-found": (None, "/nowhere"),
    }
    for training in organizer.rows(f"{challenge}/trainings/")[
        :1
    ]:  # a platform that runs already may have none
        found["training"] = (seed.ORGANIZER, f"/trainings/{training['id']}")
    return found | {f"console-{tab}": (seed.ORGANIZER, f"/organize/{texts.SLUG}/{tab}") for tab in CONSOLE}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pictures(address: str, browser: Browser, size: str, theme: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in os.environ.get("SHOTS_ONLY", "").split(",") if name]
    told: list[str] = []
    for name, (who, path) in pages(address).items():
        if wanted and name not in wanted:
            continue
        person = Person(address, who, password=seed.PASSWORD) if who else None
        with chromium.window(browser, address, person, viewport=SIZES[size], color_scheme=theme) as (
            page,
            errors,
        ):
            page.goto(path)
            settle(page)
            page.screenshot(path=FOLDER / f"{name}-{size}-{theme}.png", full_page=name not in VIEWERS)
            told += [f"{name} {size} {theme}: {error}" for error in errors]
    assert told == []


def settle(page: Page) -> None:
    """Until nothing is fetched, loading or moving any more."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(600)
