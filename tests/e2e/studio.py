"""The studio as a hand sees it: a rater with one case, and where on the screen each of its voxels lies."""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.e2e.person import Person
from tests.phantoms import AFFINE, nifti_bytes
from tests.shared_data import zip_of

PATIENCE_MS = 60_000
# Free rim around a fitted slice, in pixels.
RIM = (76, 48)
# Screen directions of each plane as letters of the body: to the right, down, and through the slices.
SCREEN = {"axial": ("L", "P", "S"), "coronal": ("L", "I", "A"), "sagittal": ("P", "I", "L")}
OPPOSITE = dict(zip("LRAPSI", "RLPAIS", strict=True))


@dataclass(frozen=True)
class StudioCase:
    """One rater's case.

    Args:
        focus: the box of the first image's voxels that are not zero, both ends included.
    """

    rater: Person
    organizer: Person
    assignment: Any
    affine: np.ndarray
    shape: tuple[int, int, int]
    focus: tuple[np.ndarray, np.ndarray]

    @property
    def annotation(self) -> str:
        return str(self.assignment["annotation"]["id"])

    @property
    def path(self) -> str:
        return f"/rate/{self.assignment['id']}/studio"

    def labelmap(self) -> np.ndarray:
        """The head, as the API exports it."""
        return np.asarray(self.exported().dataobj).astype(np.uint8)

    def exported(self) -> nib.Nifti1Image:
        data = self.rater.download(f"/annotations/{self.annotation}/labelmap/")
        return nib.Nifti1Image.from_bytes(gzip.decompress(data))

    def log(self) -> list[Any]:
        return list(self.rater.get(f"/annotations/{self.annotation}/edits/?after=0")["edits"])


def build_studio_case(
    address: str, slug: str, *, affine: np.ndarray = AFFINE, shape: tuple[int, int, int] = (64, 64, 64)
) -> StudioCase:
    """A case of bright noise with a brighter ball, assigned to one rater."""
    axes = np.ogrid[tuple(slice(size) for size in shape)]
    centre = [size // 2 for size in shape]
    inside = sum((axis - middle) ** 2 for axis, middle in zip(axes, centre, strict=True)) <= 12**2
    files = []
    for index, sequence in enumerate(("flair", "t1", "t1ce", "t2")):
        noise = np.random.default_rng(index).normal(200, 5, shape) + 400 * inside
        files.append((f"Paint-001/Paint-001_{sequence}.nii.gz", nifti_bytes(noise.astype(np.int16), affine)))
    focus = (np.zeros(3, int), np.array(shape) - 1)
    return assign(address, slug, zip_of(files), affine=affine, shape=shape, focus=focus)


def assign(
    address: str,
    slug: str,
    archive: bytes,
    *,
    affine: np.ndarray,
    shape: tuple[int, int, int],
    focus: tuple[np.ndarray, np.ndarray],
    case: str | None = None,
) -> StudioCase:
    """Import the archive and assign its cases to a new rater; the case of that name, or the first."""
    organizer = Person(address, f"{slug}-organizer")
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug)
    record = organizer.import_archive(dataset["id"], archive)
    assert record["status"] == "inspected", record
    organizer.confirm_import(record["id"])
    rater = Person(address, f"{slug}-rater")
    organizer.send("POST", f"/challenges/{slug}/members/", {"username": rater.username, "role": "rater"})
    organizer.send("POST", f"/datasets/{dataset['id']}/assignments/", {"raters": [rater.user_id]})
    found = next(one for one in rater.rows("/assignments/") if case in (None, one["case"]["name"]))
    return StudioCase(rater, organizer, found, affine, shape, focus)


class StudioPage:
    """A page on which the studio is open."""

    def __init__(self, page: Page, case: StudioCase) -> None:
        self.page = page
        self.case = case
        page.goto(case.path)
        expect(self.pane()).to_have_attribute("role", "slider", timeout=PATIENCE_MS)
        expect(self.page.get_by_role("radio", name="Brush", exact=True)).to_be_visible()
        page.evaluate("window.neverReloaded = true")

    @property
    def was_never_reloaded(self) -> bool:
        return self.page.evaluate("window.neverReloaded") is True

    def pane(self, plane: str = "axial") -> Locator:
        return self.page.locator(f"[data-slice-pane='0-{plane}']")

    def press(self, keys: str) -> None:
        """Keys one after the other, such as `b [ [ 2`."""
        for key in keys.split():
            self.page.keyboard.press(key)

    def go_to_slice(self, voxel: int, plane: str = "axial") -> None:
        """Voxel index along the axis across the plane."""
        axis, flipped = self._axes(plane)[2]
        wanted = (self.case.shape[axis] - 1 - voxel if flipped else voxel) + 1
        self.pane(plane).focus()
        for _ in range(500):
            now = int(self.pane(plane).get_attribute("aria-valuenow") or 0)
            if now == wanted:
                return
            self.page.keyboard.press("ArrowUp" if now < wanted else "ArrowDown")
        raise AssertionError(f"slice {wanted} was not reached")

    def point(self, voxel: tuple[float, float, float], plane: str = "axial") -> tuple[float, float]:
        """Screen position of a place in voxel indices; whole numbers are centres."""
        box = self.pane(plane).bounding_box()
        assert box is not None
        spacing = np.abs(self.case.affine[:3, :3]).max(axis=0)
        low, high = self.case.focus
        size, centre, place = [], [], []
        for axis, flipped in self._axes(plane)[:2]:
            length = self.case.shape[axis]
            first, last = (
                (length - 1 - high[axis], length - 1 - low[axis]) if flipped else (low[axis], high[axis])
            )
            size.append((last - first + 1) * spacing[axis])
            centre.append((first + last + 1) / 2 * spacing[axis])
            index = length - 1 - voxel[axis] if flipped else voxel[axis]
            place.append((index + 0.5) * spacing[axis])
        scale = min((box["width"] - RIM[0]) / size[0], (box["height"] - RIM[1]) / size[1])
        return (
            box["x"] + box["width"] / 2 + (place[0] - centre[0]) * scale,
            box["y"] + box["height"] / 2 + (place[1] - centre[1]) * scale,
        )

    def drag(self, *voxels: tuple[float, float, float], plane: str = "axial") -> None:
        """Down at the first voxel, over the others, and up at the last."""
        self.begin_drag(*voxels, plane=plane)
        self.page.mouse.up()

    def begin_drag(self, *voxels: tuple[float, float, float], plane: str = "axial") -> None:
        first, *others = [self.point(voxel, plane) for voxel in voxels]
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in others:
            self.page.mouse.move(*point, steps=4)

    def wait_until_saved(self) -> None:
        expect(self.page.locator("[data-pending='0'][data-tone='quiet']")).to_be_visible(timeout=PATIENCE_MS)

    def picture(self) -> str:
        """A digest of what the first pane shows, once it is drawn."""
        self.page.bring_to_front()
        self.page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        data = self.pane().locator("canvas").evaluate("canvas => canvas.toDataURL()")
        return hashlib.sha256(base64.b64decode(str(data).partition(",")[2])).hexdigest()

    def _axes(self, plane: str) -> list[tuple[int, bool]]:
        """For right, down and through: the voxel axis, and whether its index falls that way."""
        codes = nib.aff2axcodes(self.case.affine)
        found = []
        for letter in SCREEN[plane]:
            axis = next(i for i, code in enumerate(codes) if code in (letter, OPPOSITE[letter]))
            found.append((axis, codes[axis] != letter))
        return found
