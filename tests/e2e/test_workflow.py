"""A rater's day in a real Chromium: queue, studio, findings, handing in, the next case."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import NARROW, window
from tests.e2e.person import Person
from tests.e2e.studio import StudioCase, StudioPage
from tests.phantoms import AFFINE, nifti_bytes
from tests.shared_data import zip_of
from tests.stack import Stack

SHAPE = (64, 64, 64)
NAMES = ("Glioma-001", "Glioma-002", "Glioma-003")


@dataclass(frozen=True)
class Study:
    """A dataset of three cases with one rater, to whom all are assigned."""

    slug: str
    dataset: str
    organizer: Person
    rater: Person

    def assignment(self, name: str) -> Any:
        """As the organizer sees the first reading of a case."""
        rows = self.organizer.rows(f"/assignments/?dataset={self.dataset}")
        return next(row for row in rows if row["case"]["name"] == name and row["reading"]["round"] == 1)

    def case(self, name: str) -> StudioCase:
        focus = (np.zeros(3, int), np.array(SHAPE) - 1)
        return StudioCase(self.rater, self.organizer, self.assignment(name), AFFINE, SHAPE, focus)

    @property
    def console(self) -> str:
        return f"/organize/{self.slug}/raters"


def build_study(address: str, slug: str) -> Study:
    organizer = Person(address, f"{slug}-organizer")
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug, raters_required=1)
    noise = np.random.default_rng(0).normal(300, 20, SHAPE).astype(np.int16)
    files = [(f"{name}/{name}_{key}.nii.gz", nifti_bytes(noise)) for name in NAMES for key in ("flair", "t1")]
    record = organizer.import_archive(dataset["id"], zip_of(files))
    organizer.confirm_import(record["id"])
    rater = Person(address, f"{slug}-rater", "Rita Rater")
    organizer.send("POST", f"/challenges/{slug}/members/", {"username": rater.username, "role": "rater"})
    organizer.send("POST", f"/datasets/{dataset['id']}/assignments/", {"raters": [rater.user_id]})
    return Study(slug, dataset["id"], organizer, rater)


def box(low: int, high: int, label: int = 2) -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    labels[low:high, low:high, low:high] = label
    return labels


def test_from_the_queue_through_the_studio_to_the_next_case(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "day")
    second = study.assignment("Glioma-002")
    study.organizer.send(
        "POST",
        f"/datasets/{study.dataset}/assignments/",
        {
            "raters": [study.rater.user_id],
            "cases": [second["case"]["id"]],
            "due_at": "2026-01-01T00:00:00Z",
            "moves_due": True,
        },
    )
    with window(browser, stack.address, study.rater) as (page, errors):
        page.goto("/rate")
        expect(page.get_by_text("0 of 3 submitted")).to_be_visible()
        expect(page.get_by_text("1 overdue")).to_be_visible()
        assert queued(page) == ["Glioma-002", "Glioma-001", "Glioma-003"]
        expect(page.get_by_role("link", name="Next case: Glioma-002")).to_be_visible()
        page.keyboard.press("n")
        page.wait_for_url(f"**/rate/{second['id']}/studio")
        studio = StudioPage(page, study.case("Glioma-002"))
        studio.go_to_slice(40)
        studio.press("b d")
        studio.drag((20, 20, 40))  # a ball
        studio.press("d [ [ [")
        studio.go_to_slice(12)
        studio.drag((50, 50, 12))  # a speck
        studio.go_to_slice(30)
        page.keyboard.press("Control+Enter")
        dialog = page.get_by_role("dialog", name="Submit Glioma-002?")
        expect(dialog.get_by_text("1 separate speck below 0.05 mL")).to_be_visible()
        dialog.get_by_role("button", name="Show it").click()
        expect(dialog).to_be_hidden()
        expect(studio.pane()).to_have_attribute("aria-valuenow", "13")
        page.keyboard.press("Control+Enter")
        expect(dialog.get_by_role("button", name="Submit")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Glioma-002 is submitted")).to_be_visible()
        expect(page.get_by_role("link", name="Next case: Glioma-001", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/rate/{study.assignment('Glioma-001')['id']}/studio")
        page.goto("/rate")
        expect(page.get_by_text("1 of 3 submitted")).to_be_visible()
        assert queued(page) == ["Glioma-001", "Glioma-003"]
        assert errors == []
    annotation = study.assignment("Glioma-002")["annotation"]
    assert annotation["status"] == "submitted"
    assert [finding["code"] for finding in annotation["findings"]] == ["specks", "unused_labels"]
    assert annotation["active_ms"] > 0
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(study.console)
        page.get_by_role("button", name="Glioma-002: Submitted").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("1 separate speck below 0.05 mL")).to_be_visible()
        place = dialog.get_by_role("link", name=re.compile(r"^At \d+, \d+, 12$"))  # the speck's slice
        place.click()
        viewer = page.get_by_role("region", name="Case viewer: Glioma-002")
        expect(viewer.locator("[data-slice-pane]").first).to_have_attribute("aria-valuenow", "13")
        assert errors == []


def queued(page: Page) -> list[str]:
    expect(page.get_by_role("table")).to_be_visible()
    return page.get_by_role("table").get_by_role("link", name=re.compile("^Glioma-")).all_inner_texts()


def test_the_last_case_says_that_all_is_done(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "last")
    for name in NAMES[:2]:
        study.rater.annotate(study.assignment(name), nifti_bytes(box(20, 40)), filename="mine.nii.gz")
    last = study.assignment("Glioma-003")
    with window(browser, stack.address, study.rater, viewport=NARROW) as (page, errors):
        page.goto(f"/rate/{last['id']}")
        page.get_by_label("Drop your labelmap here").set_input_files(
            {"name": "empty.nii.gz", "mimeType": "application/gzip", "buffer": nifti_bytes(box(0, 0))}
        )
        page.get_by_role("button", name="Submit").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("No voxel is labelled")).to_be_visible()
        expect(dialog.get_by_role("button", name="Submit")).to_be_disabled()
        dialog.get_by_label("There is nothing to label in this case").check()
        dialog.get_by_role("button", name="Submit").click()
        expect(dialog.get_by_text("Everything is submitted. Thank you.")).to_be_visible()
        dialog.get_by_role("link", name="To my cases").click()
        expect(page.get_by_text("3 of 3 submitted")).to_be_visible()
        assert errors == []


def test_a_reopened_case_tells_its_rater_why(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "reopen")
    study.rater.annotate(study.assignment("Glioma-001"), nifti_bytes(box(20, 40)), filename="mine.nii.gz")
    with (
        window(browser, stack.address, study.rater) as (home, home_errors),
        window(browser, stack.address, study.organizer) as (console, errors),
    ):
        home.goto("/rate")
        expect(home.get_by_text("1 of 3 submitted")).to_be_visible()
        console.goto(study.console)
        console.get_by_role("button", name="Glioma-001: Submitted").click()
        console.get_by_label("Reason, for the rater").fill("The necrosis is missing in slices 20 to 24")
        console.get_by_role("button", name="Reopen", exact=True).click()
        expect(
            home.get_by_text("The necrosis is missing in slices 20 to 24").filter(visible=True)
        ).to_be_visible()  # told live
        expect(home.get_by_text("0 of 3 submitted")).to_be_visible()
        home.get_by_role("link", name="Annotate Glioma-001").click()
        note = home.get_by_role("note")
        expect(note).to_contain_text("The organizer reopened this case")
        expect(note).to_contain_text("The necrosis is missing in slices 20 to 24")
        assert errors == home_errors == []


def test_a_rater_starts_from_what_the_organizer_offers(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "offer")
    offered = box(24, 40)
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(study.console)
        form = page.locator("section").filter(has=page.get_by_role("heading", name="Offer a labelmap"))
        form.locator("input[type=file]").set_input_files(
            [
                {"name": name, "mimeType": "application/gzip", "buffer": nifti_bytes(offered)}
                for name in ("Glioma-003_model.nii.gz", "Another.nii.gz")
            ]
        )
        expect(form.get_by_text("No case of this dataset: Another.nii.gz")).to_be_visible()
        form.get_by_label("Whose it is").fill("nnU-Net of May")
        form.get_by_role("button", name="Offer", exact=True).click()
        expect(page.get_by_text("Offered to 1 assignment")).to_be_visible()
        assert errors == []
    case = study.case("Glioma-003")
    with window(browser, stack.address, study.rater) as (page, errors):
        studio = StudioPage(page, case)
        expect(page.get_by_text("You may start from nnU-Net of May")).to_be_visible()
        page.get_by_role("button", name="Start from the suggestion").click()
        expect(page.get_by_text("Started from nnU-Net of May")).to_be_visible()
        assert studio.was_never_reloaded
        np.testing.assert_array_equal(case.labelmap(), offered)
        studio.press("b [ [ [ 1")
        studio.go_to_slice(10)
        studio.drag((50, 50, 10))
        studio.wait_until_saved()
        corrected = case.labelmap()
        assert corrected[50, 50, 10] == 1
        np.testing.assert_array_equal(corrected[:, :, 11:], offered[:, :, 11:])
        page.keyboard.press("Control+z")
        studio.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), offered)
        page.get_by_role("button", name="Submit").click()
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Glioma-003 is submitted")).to_be_visible()
        assert errors == []
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(study.console)
        page.get_by_role("button", name="Glioma-003: Submitted").click()
        expect(page.get_by_role("dialog").get_by_text("nnU-Net of May")).to_be_visible()
        page.keyboard.press("Escape")
        row = page.get_by_role("row", name=re.compile("Glioma-003.*nnU-Net of May.*Rita Rater"))
        expect(row).to_be_visible()
        expect(row.get_by_role("button", name=re.compile("^Withdraw"))).to_have_count(0)  # nobody waits
        assert errors == []
    consensus = study.organizer.wait(
        lambda: study.organizer.rows(f"/cases/{case.assignment['case']['id']}/consensus/"), bool
    )
    assert [item["pre_annotation"] for item in consensus[0]["provenance"]["inputs"]] == ["nnU-Net of May"]


def test_an_offer_is_withdrawn_from_who_has_not_begun(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "withdraw")
    case = study.assignment("Glioma-001")["case"]["id"]
    answer = study.organizer.write(
        "POST",
        f"/api/v1/cases/{case}/pre-annotations/",
        files={"file": ("model.nii.gz", nifti_bytes(box(24, 40)))},
        data={"source": "nnU-Net of May"},
    )
    assert answer.status_code == 200, answer.text
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(study.console)
        page.get_by_role("button", name="Withdraw the offer for Glioma-001").click()
        dialog = page.get_by_role("dialog", name="Withdraw the offer for Glioma-001?")
        expect(dialog.get_by_text("Rita Rater can no longer start from nnU-Net of May.")).to_be_visible()
        dialog.get_by_role("button", name="Withdraw", exact=True).click()
        expect(page.get_by_text("The offer for Glioma-001 is withdrawn")).to_be_visible()
        expect(page.get_by_role("heading", name="Labelmaps on offer")).to_have_count(0)
        assert errors == []
    assert study.assignment("Glioma-001")["pre_annotation_source"] == ""


def test_a_reread_comes_as_any_other_case(stack: Stack, browser: Browser) -> None:
    study = build_study(stack.address, "again")
    for name in NAMES:
        study.rater.annotate(study.assignment(name), nifti_bytes(box(20, 40)), filename="mine.nii.gz")
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(study.console)
        page.get_by_label("Cases per rater").fill("1")
        page.get_by_label("Days after submitting").fill("0")
        page.get_by_role("button", name="Ask for re-reads").click()
        expect(page.get_by_text("1 re-read asked for")).to_be_visible()
        assert errors == []
    rows = study.organizer.rows(f"/assignments/?dataset={study.dataset}")
    again = next(row for row in rows if row["reading"]["round"] == 2)
    shown, true_name = again["reading"]["shown_name"], again["case"]["name"]
    assert shown not in NAMES
    with window(browser, stack.address, study.rater) as (page, errors):
        page.goto("/rate")
        page.get_by_text("All", exact=True).click()
        assert set(queued(page)) == {shown, *NAMES} - {true_name}
        page.get_by_role("link", name=f"Next case: {shown}").click()
        expect(page.get_by_role("heading", name=shown)).to_be_visible()
        expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_visible()
        seen = page.content().lower()
        assert not [word for word in (true_name.lower(), "re-read", "reread") if word in seen]
        assert page.title().startswith(shown)
        page.goto(f"/rate/{again['id']}/view")
        expect(page.get_by_role("region", name=f"Case viewer: {shown}")).to_be_visible()
        assert true_name not in page.content()
        assert again["case"]["id"] not in page.content()
        assert errors == []
    (own,) = [row for row in study.rater.rows("/assignments/") if row["id"] == again["id"]]
    assert (own["case"], own["reading"]) == ({"id": None, "name": shown, "thumbnail_url": None}, None)
    study.rater.annotate(own, nifti_bytes(box(22, 42)), filename="mine.nii.gz")
    overlap, size = 18**3, 20**3
    (row,) = study.organizer.wait(
        lambda: study.organizer.get(f"/datasets/{study.dataset}/agreement/")["rereads"], bool
    )
    assert row["dice"]["complete"] == pytest.approx(overlap / size)
    with window(browser, stack.address, study.organizer) as (page, errors):
        page.goto(f"/organize/{study.slug}/consensus")
        expect(page.get_by_role("heading", name="Raters with themselves")).to_be_visible()
        expect(page.get_by_role("cell", name="0.729").first).to_be_visible()
        assert errors == []
