"""A case on which three raters differ in two places, fused, with a phase and a scored submission over it."""

import gzip
from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np

from tests.e2e.person import Person
from tests.phantoms import AFFINE, SHAPE, case_files, nifti_bytes, tumour
from tests.shared_data import zip_of

CASE = "Tiny-001"
EDEMA, CORE = 2, 1
# Two cubes outside of the tumour; core is costlier to confuse with background than edema, so it ranks first.
OF_BOB = (slice(20, 23), slice(4, 7), slice(16, 19))
OF_CAROL = (slice(6, 9), slice(20, 23), slice(10, 13))


@dataclass(frozen=True)
class AdjudicatedCase:
    """What `StudioPage` needs of a case, and the people around it.

    Args:
        base: the labels that two of three raters agree on, and so the fusion's.
        path: of the page; empty until an adjudication is opened.
    """

    organizer: Person
    alice: Person
    bob: Person
    carol: Person
    dataset_id: str
    case_id: str
    phase: Any
    base: np.ndarray
    path: str = ""

    @property
    def affine(self) -> np.ndarray:
        return AFFINE

    @property
    def shape(self) -> tuple[int, int, int]:
        return SHAPE

    @property
    def focus(self) -> tuple[np.ndarray, np.ndarray]:
        """Around the phantom's ball of tissue."""
        return np.full(3, 2), np.full(3, 30)

    @property
    def slug(self) -> str:
        return self.organizer.username.removesuffix("-organizer")

    def adjudication(self) -> Any:
        (found,) = self.organizer.rows(f"/cases/{self.case_id}/adjudications/")
        return self.organizer.get(f"/adjudications/{found['id']}/")

    def key_of(self, rater: Person) -> str:
        """Under which letter the experts know the rater: chance decides."""
        raters = self.adjudication()["raters"]
        return str(next(one["key"] for one in raters if one["name"] == rater.username))

    def labelmap(self) -> np.ndarray:
        """The head, as the API exports it."""
        adjudication = self.adjudication()
        return labels_of(self.organizer, f"/adjudications/{adjudication['id']}/labelmap/")

    def with_bobs_cube(self) -> np.ndarray:
        labels = self.base.copy()
        labels[OF_BOB] = EDEMA
        return labels


def labels_of(person: Person, path: str) -> np.ndarray:
    image = nib.Nifti1Image.from_bytes(gzip.decompress(person.download(path)))
    return np.asarray(image.dataobj).astype(np.uint8)


def build_contested_case(address: str, slug: str) -> AdjudicatedCase:
    organizer = Person(address, f"{slug}-organizer")
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug, raters_required=3, fusion_method="majority")
    record = organizer.import_archive(dataset["id"], zip_of(case_files(CASE)))
    assert record["status"] == "inspected", record
    stored = organizer.confirm_import(record["id"])
    raters = {name: Person(address, f"{slug}-{name}") for name in ("alice", "bob", "carol")}
    for rater in raters.values():
        organizer.send("POST", f"/challenges/{slug}/members/", {"username": rater.username, "role": "rater"})
    organizer.send(
        "POST",
        f"/datasets/{dataset['id']}/assignments/",
        {"raters": [rater.user_id for rater in raters.values()]},
    )
    base = tumour()
    drawn = {name: base.copy() for name in raters}
    drawn["bob"][OF_BOB] = EDEMA
    drawn["carol"][OF_CAROL] = CORE
    for name, rater in raters.items():
        (assignment,) = rater.rows("/assignments/")
        rater.annotate(assignment, nifti_bytes(drawn[name]), filename=f"{CASE}.nii.gz")
    organizer.wait(
        lambda: organizer.rows(f"/datasets/{dataset['id']}/consensus/"), lambda rows: bool(rows[0]["head"])
    )
    phase = organizer.send(
        "POST",
        f"/challenges/{slug}/phases/",
        {
            "slug": "test",
            "title": "Test",
            "dataset_version": stored["version"],
            "attempts_per_day": 100,
            "attempts_total": 1000,
        },
    )
    organizer.wait(
        lambda: organizer.get(f"/phases/{phase['id']}/"),
        lambda found: found["reference_state"]["number"] is not None,
    )
    (row,) = organizer.rows(f"/datasets/{dataset['id']}/consensus/")
    return AdjudicatedCase(
        organizer=organizer,
        alice=raters["alice"],
        bob=raters["bob"],
        carol=raters["carol"],
        dataset_id=dataset["id"],
        case_id=row["case"]["id"],
        phase=phase,
        base=base,
    )


def submit_base(address: str, case: AdjudicatedCase) -> tuple[Person, str]:
    """A participant whose prediction is what the raters agree on: perfect, until the truth gets more."""
    person = Person(address, f"{case.slug}-team")
    person.send("POST", f"/challenges/{case.slug}/join/", {})
    made = person.submit(
        case.phase["id"], zip_of([(f"{CASE}.nii.gz", nifti_bytes(case.base))]), method="agreed"
    )
    person.wait_for_submission(made["id"])
    return person, str(made["id"])
