"""An adjudication room as hands see it: a case on which raters disagree, an organizer and an expert at it."""

import base64
import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from backend.numerics.edits import apply_edit, decode_edit
from tests.e2e.browser import window
from tests.e2e.person import Person
from tests.e2e.studio import PATIENCE_MS, StudioPage
from tests.phantoms import AFFINE, nifti_bytes
from tests.shared_data import zip_of

# Far from where the tests paint.
CONTESTED = (slice(2, 8), slice(2, 8), slice(2, 8))
AGREED = (slice(54, 60), slice(54, 60), slice(54, 60))


@dataclass(frozen=True)
class ContestedCase:
    organizer: Person
    expert: Person
    adjudication: str
    labels: list[int]
    shape: tuple[int, int, int]
    affine: np.ndarray

    @property
    def focus(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(3, int), np.array(self.shape) - 1

    def path(self, person: Person) -> str:
        room = "console" if person is self.organizer else "rate"
        return f"/{room}/adjudications/{self.adjudication}"

    def labelmap(self) -> np.ndarray:
        """The head, as the API exports it."""
        return self._file("labelmap/")

    def log(self) -> list[Any]:
        answer = self.organizer.get(f"/adjudications/{self.adjudication}/edits/?after=0")
        assert [edit["number"] for edit in answer["edits"]] == list(range(1, answer["head"] + 1))
        return list(answer["edits"])

    def replayed(self) -> np.ndarray:
        """The labelmap that it began with, and every edit of the log upon it."""
        labels = np.asfortranarray(self._file("labelmap/?revision=0"))
        for edit in self.log():
            apply_edit(labels, decode_edit(base64.b64decode(edit["runs"]), voxels=labels.size))
        return labels

    def _file(self, part: str) -> np.ndarray:
        data = gzip.decompress(self.organizer.download(f"/adjudications/{self.adjudication}/{part}"))
        return np.asarray(nib.Nifti1Image.from_bytes(data).dataobj).astype(np.uint8)


def build_contested_case(
    address: str, slug: str, *, shape: tuple[int, int, int] = (64, 64, 64), affine: np.ndarray = AFFINE
) -> ContestedCase:
    """A case of noise, two raters who disagree in one corner, and an adjudication with one as its expert."""
    files = [
        (
            f"Room-001/Room-001_{sequence}.nii.gz",
            nifti_bytes(np.random.default_rng(index).normal(200, 5, shape).astype(np.int16), affine),
        )
        for index, sequence in enumerate(("flair", "t1", "t1ce", "t2"))
    ]
    organizer = Person(address, f"{slug}-organizer", "Olga Organizer")
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug, raters_required=2)
    record = organizer.import_archive(dataset["id"], zip_of(files))
    assert record["status"] == "inspected", record
    organizer.confirm_import(record["id"])
    raters = [Person(address, f"{slug}-rater-{name}", f"Rita {name}") for name in ("one", "two")]
    for rater in raters:
        organizer.send("POST", f"/challenges/{slug}/members/", {"username": rater.username, "role": "rater"})
    ids = [rater.user_id for rater in raters]
    organizer.send("POST", f"/datasets/{dataset['id']}/assignments/", {"raters": ids})
    for rater, label in zip(raters, (1, 4), strict=True):
        drawn = np.zeros(shape, np.uint8)
        drawn[AGREED], drawn[CONTESTED] = 2, label
        (assignment,) = rater.rows("/assignments/")
        rater.annotate(assignment, nifti_bytes(drawn, affine), filename="drawn.nii.gz")
    (row,) = organizer.wait(
        lambda: organizer.rows(f"/datasets/{dataset['id']}/consensus/"), lambda rows: bool(rows[0]["head"])
    )
    case = row["case"]["id"]
    opened = organizer.send("POST", f"/cases/{case}/adjudications/", {"experts": [raters[0].username]})
    labels = [label["value"] for label in opened["scheme"]["labels"]]
    return ContestedCase(organizer, raters[0], opened["id"], labels, shape, affine)


class RoomPage(StudioPage):
    """A page on which somebody sits in the room, and looks at the whole case."""

    case: ContestedCase  # type: ignore[assignment]  # what is read of a studio's case it has

    def __init__(self, page: Page, case: ContestedCase, person: Person) -> None:
        self.page = page
        self.case = case
        page.goto(case.path(person))
        expect(self.pane()).to_have_attribute("role", "slider", timeout=PATIENCE_MS)
        expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_visible()
        page.evaluate("window.neverReloaded = true")
        self.pane().focus()
        self.press("r x")  # the whole slice, and no crosshair over it

    def expect_company(self, *names: str) -> None:
        """Who else is in the room."""
        here = self.page.get_by_role("list", name=re.compile("other (person|people) here"))
        expect(here.get_by_role("listitem")).to_have_text(list(names), timeout=PATIENCE_MS)

    def rest(self) -> None:
        """Nothing is on its way, and the pointer is over no pane."""
        self.page.mouse.move(0, 0)
        self.wait_until_saved()

    def pixels(self, slices: tuple[int, ...]) -> np.ndarray:
        """What the first pane shows of each slice, (slices, height, width, 3)."""
        found = []
        for voxel in slices:
            self.go_to_slice(voxel)
            self.page.evaluate(
                "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
            )
            data = self.pane().locator("canvas").evaluate("canvas => canvas.toDataURL()")
            image = Image.open(io.BytesIO(base64.b64decode(str(data).partition(",")[2])))
            found.append(np.asarray(image.convert("RGB")).astype(int))
        return np.stack(found)


@contextmanager
def seated(browser: Browser, case: ContestedCase, person: Person) -> Iterator[tuple[RoomPage, list[str]]]:
    """The person in the room, with a window of their own; and the errors that it told."""
    with window(browser, person.address, person) as (page, errors):
        yield RoomPage(page, case, person), errors
