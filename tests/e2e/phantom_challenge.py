"""A challenge of tiny cases whose reference was imported: what the fault and browser tests play on."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.e2e.person import Person
from tests.phantoms import case_files, nifti_bytes, tumour
from tests.shared_data import zip_of


@dataclass(frozen=True)
class PhantomChallenge:
    slug: str
    organizer: Person
    dataset_id: str
    phase: Any
    truths: dict[str, np.ndarray]


def build_phantom_challenge(address: str, slug: str, *, cases: int = 2, **phase: object) -> PhantomChallenge:
    organizer = Person(address, f"{slug}-organizer")
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug)
    truths = {f"Tiny-{index:03}": tumour((14 + index % 4, 16, 16)) for index in range(1, cases + 1)}
    files = [file for name in truths for file in case_files(name)]
    files += [(f"{name}/{name}_seg.nii.gz", nifti_bytes(labels)) for name, labels in truths.items()]
    record = organizer.import_archive(dataset["id"], zip_of(files))
    assert record["status"] == "inspected", record
    stored = organizer.confirm_import(record["id"])
    made = organizer.send(
        "POST",
        f"/challenges/{slug}/phases/",
        {
            "slug": "test",
            "title": "Test",
            "dataset_version": stored["version"],
            "attempts_per_day": 100,
            "attempts_total": 1000,
        }
        | phase,
    )
    organizer.wait(
        lambda: organizer.get(f"/phases/{made['id']}/"),
        lambda found: found["reference_state"]["number"] is not None,
    )
    return PhantomChallenge(slug, organizer, dataset["id"], made, truths)


def predictions_zip(challenge: PhantomChallenge, *, shift: int = 0) -> bytes:
    """The truth, moved by `shift` voxels: the farther, the worse."""
    return zip_of(
        (f"{name}.nii.gz", nifti_bytes(np.roll(truth, shift, axis=0)))
        for name, truth in challenge.truths.items()
    )


def join(address: str, challenge: PhantomChallenge, name: str) -> Person:
    person = Person(address, f"{challenge.slug}-{name}", name=f"Team {name}")
    person.send("POST", f"/challenges/{challenge.slug}/join/", {})
    return person
