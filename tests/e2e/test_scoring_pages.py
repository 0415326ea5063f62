"""How people choose metrics, look at their scores, and have them computed anew: in a real browser."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import NARROW, window
from tests.e2e.person import Person
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge, join, predictions_zip
from tests.phantoms import case_files, nifti_bytes, tumour
from tests.shared_data import zip_of
from tests.stack import Stack

PATIENCE_MS = 90_000


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "scoring-pages", cases=3)


@pytest.fixture(scope="module")
def team(stack: Stack, challenge: PhantomChallenge) -> Person:
    return join(stack.address, challenge, "near")


@pytest.fixture(scope="module")
def submission(challenge: PhantomChallenge, team: Person) -> Any:
    made = team.submit(challenge.phase["id"], predictions_zip(challenge, shift=1), method="One voxel off")
    return team.wait_for_submission(made["id"])


@pytest.fixture(scope="module")
def rival(stack: Stack, challenge: PhantomChallenge) -> Any:
    """Exact but for a block far off: a better Dice than the team's, and a worse HD95."""
    person = join(stack.address, challenge, "blocks")
    made = person.submit(challenge.phase["id"], with_far_blocks(challenge), method="Far blocks")
    return person.wait_for_submission(made["id"])


@pytest.fixture(scope="module")
def rated(stack: Stack, challenge: PhantomChallenge) -> str:
    """Another dataset of the challenge, whose two cases three raters drew: its id."""
    organizer = challenge.organizer
    dataset = organizer.create_dataset(challenge.slug, name="Rated", raters_required=3)
    cases = [file for name in ("Rated-1", "Rated-2") for file in case_files(name)]
    organizer.confirm_import(organizer.import_archive(dataset["id"], zip_of(cases))["id"])
    raters = [Person(stack.address, f"{challenge.slug}-rater-{shift}") for shift in range(3)]
    for shift, rater in enumerate(raters):
        member = {"username": rater.username, "role": "rater", "alias": f"Drawer {shift}"}
        organizer.send("POST", f"/challenges/{challenge.slug}/members/", member)
    organizer.send(
        "POST", f"/datasets/{dataset['id']}/assignments/", {"raters": [rater.user_id for rater in raters]}
    )
    for shift, rater in enumerate(raters):
        labels = nifti_bytes(tumour((15 + shift, 16, 16)))
        for assignment in rater.rows("/assignments/"):
            rater.annotate(assignment, labels, filename="labels.nii.gz")
    organizer.wait(
        lambda: organizer.rows(f"/datasets/{dataset['id']}/consensus/"),
        lambda rows: len(rows) == 2 and all(row["head"] for row in rows),
    )
    return str(dataset["id"])


def with_far_blocks(challenge: PhantomChallenge) -> bytes:
    predictions = []
    for name, truth in challenge.truths.items():
        labels = truth.copy()
        labels[:4, :4, :4] = 4
        predictions.append((f"{name}.nii.gz", nifti_bytes(labels)))
    return zip_of(predictions)


def assert_is_svg(path: Path) -> None:
    assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def rows_in_order(page: Page) -> Locator:
    """The rows of the board, the best first."""
    return page.get_by_role("table", name="Leaderboard of Test").locator("tbody tr")


def row_of(page: Page, metric: str) -> Locator:
    table = page.get_by_role("table", name="Means of every metric by region")
    return table.get_by_role("row").filter(has=page.get_by_role("button", name=metric, exact=True))


def test_any_metric_is_looked_at_closely(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, team: Person, submission: Any
) -> None:
    with window(browser, stack.address, team, viewport=NARROW) as (page, errors):
        page.goto(f"/submissions/{submission['id']}")
        expect(row_of(page, "Dice")).to_contain_text("ranks")
        row_of(page, "HD95, pooled (mm)").get_by_role("button").click()
        expect(page).to_have_url(re.compile(r"metric=hd95_pooled"))
        cases = page.get_by_role("table", name="HD95, pooled (mm) per case and region")
        expect(cases.locator("tbody tr")).to_have_count(len(challenge.truths))
        worst_first = [
            float(value) for value in cases.locator("tbody td:nth-last-child(1)").all_inner_texts()
        ]
        assert worst_first == sorted(worst_first, reverse=True)
        expect(page.get_by_role("button", name=re.compile("Picture of"))).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        assert errors == []


def test_an_organizer_sees_the_error_drawn(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, submission: Any
) -> None:
    with window(browser, stack.address, challenge.organizer) as (page, errors):
        page.goto(f"/submissions/{submission['id']}")
        page.get_by_role("button", name=re.compile("Picture of")).first.click()
        picture = page.get_by_role("img", name=re.compile("outlines of reference and prediction"))
        expect(picture).to_be_visible(timeout=PATIENCE_MS)
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        assert errors == []


def test_the_board_says_how_stable_its_order_is(
    stack: Stack,
    browser: Browser,
    team: Person,
    challenge: PhantomChallenge,
    submission: Any,
    rival: Any,
    tmp_path: Path,
) -> None:
    with window(browser, stack.address, team) as (page, errors):
        page.goto(f"/challenges/{challenge.slug}/leaderboard")
        stability = page.get_by_role("region", name="How stable is this ranking?")
        expect(stability).to_contain_text("Kendall’s τ = 1.00", timeout=PATIENCE_MS)
        # Three cases have eight permutations: no difference can be significant, however clear it looks.
        expect(stability).to_contain_text("The two methods cannot be told apart.")
        expect(stability).to_contain_text("all 8 permutations")
        places = stability.get_by_role("img", name=re.compile("how often it took each place"))
        expect(places.locator("circle")).to_have_count(2)
        stability.get_by_role("button", name="Download").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="Places (SVG)").click()
        download.value.save_as(tmp_path / "places.svg")
        assert_is_svg(tmp_path / "places.svg")
        assert errors == []


def test_another_rule_ranks_the_board_anew(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, team: Person, submission: Any, rival: Any
) -> None:
    with (
        window(browser, stack.address, challenge.organizer) as (page, errors),
        window(browser, stack.address, team) as (theirs, their_errors),
    ):
        theirs.goto(f"/challenges/{challenge.slug}/leaderboard")
        expect(rows_in_order(theirs)).to_contain_text(["Far blocks", "One voxel off"])
        page.goto(f"/organize/{challenge.slug}/phases")
        page.get_by_role("button", name="Edit Test").click()
        rule = page.get_by_role("status", name="How places are given")
        expect(rule).to_contain_text("the highest comes first")
        metrics = page.get_by_role("textbox", name="Rank by")
        metrics.press("Backspace")
        expect(rule).to_have_text("Choose at least one metric to rank by.")
        metrics.press_sequentially("HD95, pooled")
        page.get_by_role("option", name="HD95, pooled (mm)").click()
        page.get_by_role("button", name="From scores to places").click()
        page.get_by_role("radio", name="Rank, then aggregate (BraTS)").check()
        expect(rule).to_contain_text("In every case methods are ranked by HD95 (pooled)")
        expect(rule).to_contain_text("A missing value counts as 374 mm.")
        page.get_by_role("button", name="Save", exact=True).click()
        # Nobody reloads: the board that was open all the time follows, and says by which rule.
        expect(rows_in_order(theirs)).to_contain_text(["One voxel off", "Far blocks"], timeout=PATIENCE_MS)
        expect(theirs.get_by_text("In every case methods are ranked by HD95 (pooled)")).to_be_visible()
        assert errors == their_errors == []


def test_an_organizer_sees_agreement_and_chooses_another_fusion(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, rated: str, tmp_path: Path
) -> None:
    with window(browser, stack.address, challenge.organizer) as (page, errors):
        page.goto(f"/organize/{challenge.slug}/consensus?dataset={rated}")
        expect(page.get_by_text("2 of 2 cases fused from two raters or more.")).to_be_visible()
        figures = page.locator("dl", has_text="Fleiss’ κ, labelled voxels")
        expect(figures.locator("dd", has_text="2 cases")).to_have_count(6)
        raters = page.get_by_role("table", name="Each rater in region Complete tumour")
        expect(raters.locator("tbody tr")).to_contain_text(["Drawer 0", "Drawer 1", "Drawer 2"])
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as SVG: Rater against rater: Dice").click()
        download.value.save_as(tmp_path / "agreement.svg")
        assert_is_svg(tmp_path / "agreement.svg")

        page.get_by_role("button", name="Change method").click()
        page.get_by_role("radio", name=re.compile("^STAPLE")).click()
        iterations = page.get_by_role("textbox", name="Max iterations")
        iterations.fill("0")
        expect(page.get_by_role("button", name="Fuse anew")).to_be_disabled()
        iterations.fill("200")
        expect(page.get_by_text("2 cases are fused anew")).to_be_visible()
        page.get_by_role("button", name="Fuse anew").click()
        cases = page.get_by_role("table", name="Consensus of the cases")
        expect(cases.locator("tbody tr")).to_contain_text(
            ["Max iterations 200", "Max iterations 200"], timeout=PATIENCE_MS
        )
        cases.get_by_role("button", name="Versions of the consensus of Rated-1").click()
        versions = page.get_by_role("dialog").get_by_role("row")
        expect(versions).to_contain_text([re.compile("v2.*STAPLE"), re.compile("v1.*Majority")])
        assert errors == []


def test_other_tolerances_make_scores_older_and_rescoring_mends_it(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, team: Person, submission: Any, rival: Any
) -> None:
    with window(browser, stack.address, challenge.organizer) as (page, errors):
        page.goto(f"/organize/{challenge.slug}/phases")
        page.get_by_role("button", name="Edit Test").click()
        page.get_by_text("How it is measured").click()
        tolerances = page.get_by_role("textbox", name="Tolerances of the surface Dice")
        tolerances.fill("2.5")
        tolerances.press("Enter")
        expect(page.get_by_text("2 evaluations become older ones")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        state = page.get_by_role("region", name="Scores")
        expect(state).to_contain_text("2 older metrics")
        with window(browser, stack.address, team) as (theirs, _):
            theirs.goto(f"/submissions/{submission['id']}")
            expect(theirs.get_by_text("Scored by an older metric set")).to_be_visible()
            state.get_by_role("button", name="Rescore 2 submissions").click()
            page.get_by_role("button", name="Rescore", exact=True).click()
            expect(state).to_contain_text("2 current", timeout=PATIENCE_MS)
            expect(row_of(theirs, "Surface Dice at 2.5 mm")).to_be_visible(timeout=PATIENCE_MS)
            expect(theirs.get_by_text("Scored by an older metric set")).to_have_count(0)
        assert errors == []
