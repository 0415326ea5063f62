"""The main job on real input up to an open phase: two patients, five algorithms as raters, fused."""

from dataclasses import dataclass
from typing import Any

from tests.e2e.person import Person
from tests.shared_data import TCGA_ALGORITHMS, tcga_dataset_zip, tcga_mask


@dataclass(frozen=True)
class TcgaChallenge:
    slug: str
    organizer: Person
    dataset_id: str
    version_id: str
    phase: Any
    raters: dict[str, Person]


def import_tcga(organizer: Person, slug: str) -> tuple[str, str]:
    """A public challenge whose dataset holds the two patients; returns the dataset's and the version's id."""
    organizer.create_challenge(slug)
    dataset = organizer.create_dataset(slug, raters_required=5, fusion_method="majority")
    record = organizer.import_archive(dataset["id"], tcga_dataset_zip())
    assert record["status"] == "inspected", record
    stored = organizer.confirm_import(record["id"])
    return dataset["id"], stored["version"]


def annotate_as_five_raters(address: str, organizer: Person, slug: str, dataset_id: str) -> dict[str, Person]:
    """Each algorithm is one rater, who sees only their own queue, uploads their masks and submits."""
    raters = {}
    for algorithm in TCGA_ALGORITHMS:
        rater = Person(address, f"{slug}-{algorithm}")
        organizer.send(
            "POST",
            f"/challenges/{slug}/members/",
            {"username": rater.username, "role": "rater", "alias": algorithm},
        )
        raters[algorithm] = rater
    organizer.send(
        "POST",
        f"/datasets/{dataset_id}/assignments/",
        {"raters": [rater.user_id for rater in raters.values()]},
    )
    for algorithm, rater in raters.items():
        queue = rater.rows("/assignments/")
        assert len(queue) == 2
        for assignment in queue:
            mask = tcga_mask(assignment["case"]["name"], algorithm)
            rater.annotate(assignment, mask.read_bytes(), filename=mask.name)
    return raters


def wait_for_consensus(organizer: Person, dataset_id: str) -> list[Any]:
    """The dataset's rows of consensus, once every case has one."""
    return organizer.wait(
        lambda: organizer.rows(f"/datasets/{dataset_id}/consensus/"),
        lambda rows: len(rows) == 2 and all(row["head"] for row in rows),
    )


def build_tcga_challenge(address: str, slug: str, **phase: object) -> TcgaChallenge:
    organizer = Person(address, f"{slug}-organizer")
    dataset_id, version_id = import_tcga(organizer, slug)
    raters = annotate_as_five_raters(address, organizer, slug, dataset_id)
    wait_for_consensus(organizer, dataset_id)
    made = organizer.send(
        "POST",
        f"/challenges/{slug}/phases/",
        {
            "slug": "test",
            "title": "Test",
            "dataset_version": version_id,
            "attempts_per_day": 100,
            "attempts_total": 1000,
        }
        | phase,
    )
    organizer.wait(
        lambda: organizer.get(f"/phases/{made['id']}/"),
        lambda found: found["reference_state"]["number"] is not None,
    )
    return TcgaChallenge(slug, organizer, dataset_id, version_id, made, raters)


def participant(address: str, challenge: TcgaChallenge, name: str) -> Person:
    person = Person(address, f"{challenge.slug}-team-{name}", name=f"Team {name}")
    person.send("POST", f"/challenges/{challenge.slug}/join/", {})
    return person
