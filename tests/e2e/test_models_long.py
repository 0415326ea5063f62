"""What people do with models, in a real browser and with a real worker: comparing, uploading, competing.

The participant's model is the one that is shipped with the demo: it learned from other phantoms, and how good
it is says nothing here.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from backend.demo.shipped_model import FOLDER as DEMO_MODEL
from tests.e2e.browser import NARROW, window
from tests.e2e.models import (
    create_model,
    demo_package,
    package_of,
    ready_model,
    run_on_phase,
    train_briefly,
    upload_version,
)
from tests.e2e.person import Person
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge, join
from tests.e2e.test_accessibility import SIZES, assert_accessible, heading
from tests.e2e.test_models import PATIENCE_MS
from tests.shared_data import zip_of
from tests.stack import Stack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "models-long", cases=4)


@pytest.fixture(scope="module")
def hidden(challenge: PhantomChallenge) -> Any:
    """A phase over the same cases whose images participants do not get."""
    phase = {
        "slug": "hidden",
        "title": "Hidden",
        "dataset_version": challenge.phase["dataset_version"]["id"],
        "images_shared": False,
    }
    return challenge.organizer.send("POST", f"/challenges/{challenge.slug}/phases/", phase)


@pytest.fixture(scope="module")
def trained(challenge: PhantomChallenge, model_worker: str) -> Any:
    """A model of the organizers that learned here, and fills missing sequences with zeros."""
    version = challenge.phase["dataset_version"]["id"]
    return train_briefly(challenge.organizer, challenge.slug, version, name="Small U-Net")


@pytest.fixture(scope="module")
def baseline(challenge: PhantomChallenge, trained: Any) -> Any:
    version = trained["versions"][0]["id"]
    run = run_on_phase(challenge.organizer, challenge.phase["id"], version, purpose="baseline")
    assert run["status"] == "done", run
    challenge.organizer.wait_for_submission(run["submission"])
    return run


def model_path(challenge: PhantomChallenge, model: Any) -> str:
    return f"/challenges/{challenge.slug}/models/{model['id']}"


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def make_model(page: Page, challenge: PhantomChallenge, name: str) -> None:
    page.goto(f"/challenges/{challenge.slug}/models")
    page.get_by_role("button", name="New model").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_run_without_a_sequence_comes_live_into_the_table_of_subsets(
    stack: Stack, challenge: PhantomChallenge, trained: Any, baseline: Any, browser: Browser
) -> None:
    organizer = challenge.organizer
    with (
        window(browser, stack.address, organizer) as (comparison, _),
        window(browser, stack.address, organizer) as (page, errors),
    ):
        comparison.goto(f"/challenges/{challenge.slug}/models?view=comparison")
        expect(comparison.get_by_role("img", name=re.compile("Small U-Net v1 on Test: 0"))).to_be_visible()
        expect(comparison.get_by_text("trained on cases of the phase").first).to_be_visible()
        page.goto(model_path(challenge, trained))
        page.get_by_role("button", name="Run on a phase…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("checkbox").first.uncheck()
        dialog.get_by_role("button", name="Run it").click()
        expect(page.get_by_role("region", name="Done")).to_be_visible(timeout=PATIENCE_MS)
        table = comparison.get_by_role("table", name=re.compile("by the sequences that it was given"))
        expect(table.get_by_role("link")).not_to_have_count(0, timeout=PATIENCE_MS)
        assert errors == []


def test_a_participant_s_package_goes_all_the_way_to_the_board(
    stack: Stack, challenge: PhantomChallenge, model_worker: str, browser: Browser
) -> None:
    person = join(stack.address, challenge, "competes")
    with window(browser, stack.address, person) as (page, errors):
        make_model(page, challenge, "SegNet of ours")
        page.get_by_role("button", name="Upload a version…").click()
        upload(page, "model.zip", demo_package())
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Uploaded")).to_be_visible()
        dialog.get_by_label("Trained on").fill("Other phantoms")
        dialog.get_by_role("button", name="Hand it in").click()
        expect(page.get_by_text("Needs a trial", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        path = page.url
        page.get_by_role("button", name="Try it on one case").click()
        expect(page.get_by_role("region", name="Done")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("table", name="Cases of the run")).to_contain_text("Tiny-001")
        expect(page.get_by_role("list", name="What the worker said")).not_to_be_empty()
        page.goto(path)
        expect(page.get_by_text("Ready", exact=True).first).to_be_visible()
        expect(page.get_by_role("list", name="What the worker said")).to_be_visible()
        page.get_by_role("button", name="Run on a phase…").click()
        page.get_by_role("dialog").get_by_role("button", name="Run it").click()
        expect(page.get_by_role("region", name="Done")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_role("link", name="Open the submission").click()
        expect(page.get_by_text("Scored", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
        page.goto(f"/challenges/{challenge.slug}/leaderboard")
        expect(page.get_by_role("row", name=re.compile("SegNet of ours"))).to_contain_text("yours")
        assert errors == []


def test_a_run_over_hidden_cases_tells_a_participant_nothing_of_them(
    stack: Stack, challenge: PhantomChallenge, hidden: Any, model_worker: str, browser: Browser
) -> None:
    person = join(stack.address, challenge, "curious")
    version = ready_model(person, challenge.slug, "Curious", demo_package())
    started = person.send("POST", f"/phases/{hidden['id']}/runs/", {"version": version["id"]})
    told: list[str] = []

    def listen(answer: Response) -> None:
        if "/api/v1/runs/" in answer.url:
            told.append(answer.text())

    with window(browser, stack.address, person) as (page, errors):
        page.on("response", listen)
        page.goto(f"/runs/{started['id']}")
        expect(page.get_by_role("region", name="Done")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_text("The cases of this phase are hidden")).to_be_visible()
        table = page.get_by_role("table", name="Cases of the run")
        expect(table.get_by_role("row")).to_have_count(5)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", name="Log")).to_have_count(0)
        expect(page.get_by_role("link", name=re.compile("Download"))).to_have_count(0)
        for said in (page.content(), *told):
            assert "Tiny-" not in said
        assert told
        assert errors == []
    with window(browser, stack.address, challenge.organizer) as (page, _):
        page.goto(f"/runs/{started['id']}")
        expect(page.get_by_role("table", name="Cases of the run")).to_contain_text("Tiny-001")
        expect(page.get_by_role("heading", name="Log")).to_be_visible()


def test_a_participant_is_told_what_is_wrong_with_a_package(
    stack: Stack, challenge: PhantomChallenge, browser: Browser
) -> None:
    person = join(stack.address, challenge, "uploads")
    with window(browser, stack.address, person, viewport=NARROW) as (page, _):
        make_model(page, challenge, "Mine")
        page.get_by_role("button", name="Upload a version…").click()
        dialog = page.get_by_role("dialog")
        upload(page, "model.pt", b"a pickle")
        expect(dialog.get_by_text("This is not a .zip")).to_be_visible()
        upload(page, "model.zip", zip_of([("config.json", b"{}"), ("model.safetensors", b"short")]))
        expect(dialog.get_by_text("Uploaded")).to_be_visible()
        dialog.get_by_role("button", name="Hand it in").click()
        alert = page.get_by_role("main").get_by_role("alert")
        expect(alert).to_contain_text("config.json", timeout=PATIENCE_MS)
        expect(page.get_by_text("Refused", exact=True).first).to_be_visible()


def test_a_trial_that_fails_says_what_to_mend(
    stack: Stack, challenge: PhantomChallenge, model_worker: str, browser: Browser
) -> None:
    """The weights are whole, and of another network than the config says."""
    person = join(stack.address, challenge, "mends")
    config = json.loads((DEMO_MODEL / "config.json").read_text())
    config["settings"]["widths"] = [16, 48, 64]
    package = package_of(json.dumps(config).encode(), DEMO_MODEL / "model.safetensors")
    model = create_model(person, challenge.slug, "Mixed up")
    upload_version(person, model["id"], package)
    with window(browser, stack.address, person) as (page, errors):
        page.goto(model_path(challenge, model))
        page.get_by_role("button", name="Try it on one case").click()
        expect(page.get_by_role("region", name="Failed")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("bad_weights")
        page.goto(model_path(challenge, model))
        expect(page.get_by_text("Needs a trial", exact=True)).to_be_visible()
        assert errors == []


def test_a_participant_sees_no_run_of_the_organizers(
    stack: Stack, challenge: PhantomChallenge, trained: Any, baseline: Any, browser: Browser
) -> None:
    person: Person = join(stack.address, challenge, "looks")
    assert person.rows(f"/challenges/{challenge.slug}/runs/") == []
    with window(browser, stack.address, person) as (page, _):
        page.goto(model_path(challenge, trained))
        expect(page.get_by_role("region", name="What it takes and gives")).to_be_visible()
        expect(page.get_by_role("button", name="Run on a phase…")).to_have_count(0)
        expect(page.get_by_role("img", name=re.compile("^Loss by step"))).to_have_count(0)
        page.goto(f"/runs/{baseline['id']}")
        expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_models_are_accessible(
    stack: Stack, challenge: PhantomChallenge, trained: Any, baseline: Any, browser: Browser, size: str
) -> None:
    models = f"/challenges/{challenge.slug}/models"
    training = trained["versions"][0]["training"]
    paths = [models, f"{models}?view=comparison", f"{models}?view=runs", f"{models}?view=trainings"]
    paths += [model_path(challenge, trained), f"/runs/{baseline['id']}", f"/trainings/{training}"]
    for path in paths:
        assert_accessible(browser, stack, challenge.organizer, size, path, heading)


@pytest.mark.parametrize("dialog", ["Run on a phase…", "Train…", "Upload a version…"])
def test_the_dialogs_of_a_model_are_accessible(
    stack: Stack, challenge: PhantomChallenge, trained: Any, browser: Browser, dialog: str
) -> None:
    def opened(page: Page) -> None:
        page.get_by_role("button", name=dialog).click()
        expect(page.get_by_role("dialog").get_by_role("button", name="Close").first).to_be_visible()

    assert_accessible(browser, stack, challenge.organizer, "narrow", model_path(challenge, trained), opened)


def test_a_model_is_made_with_the_keyboard_alone(
    stack: Stack, challenge: PhantomChallenge, browser: Browser
) -> None:
    with window(browser, stack.address, challenge.organizer) as (page, errors):
        page.goto(f"/challenges/{challenge.slug}/models")
        button = page.get_by_role("button", name="New model")
        expect(button).to_be_visible()
        press_until_focused(page, button)
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label("Name"))
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        press_until_focused(page, page.get_by_label("Name"))
        page.keyboard.type("By keyboard")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
        press_until_focused(page, page.get_by_role("button", name="Upload a version…"))
        assert errors == []


def press_until_focused(page: Page, wanted: Locator, *, most: int = 60) -> None:
    """Tab, until the element has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(most):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not lead to {wanted}")
