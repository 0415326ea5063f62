"""Consensus as organizers see it, and as participants do where a phase shares its reference."""

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.datasets.models import Case, Dataset
from backend.phases.models import Phase
from tests.factories.annotations import annotate_case, make_raters
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db

API = "/api/v1"
REGIONS = ("complete", "core", "enhancing")


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset(raters_required=3)


@pytest.fixture
def case(dataset: Dataset) -> Case:
    """Fused of three raters who agree; a second case, B, waits."""
    case = import_cases(dataset, "A", "B").cases.get(name="A")
    annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    run_due_jobs()
    return case


def test_methods_are_described_with_their_tie_rules() -> None:
    methods = client_of(organizer_of(make_dataset())).get(f"{API}/fusion-methods/").json()
    by_key = {method["key"]: method for method in methods}
    assert {"majority", "brats_hierarchical"} <= set(by_key)
    assert all(method["tie_rule"] for method in methods)


def test_dataset_overview_has_a_row_per_case(dataset: Dataset, case: Case) -> None:
    organizer = client_of(organizer_of(dataset))
    first, second = organizer.get(f"{API}/datasets/{dataset.pk}/consensus/").json()["results"]
    assert (first["case"]["name"], second["case"]["name"]) == ("A", "B")
    assert second["head"] is None
    assert second["annotation"] == {"required": 3, "assigned": 3, "submitted": 0}
    head = first["head"]
    assert (head["number"], head["method"], first["refusal"]) == (1, "majority", None)
    assert head["provenance"]["agreement"]["mean_pairwise_dice"] == dict.fromkeys(REGIONS, 1.0)
    assert len(head["provenance"]["raters"]) == 3
    assert [row["dice"] for row in head["provenance"]["leave_one_out"]] == [dict.fromkeys(REGIONS, 1.0)] * 3
    assert organizer.get(head["thumbnail_url"]).getvalue().startswith(b"\x89PNG")


def test_version_tells_what_went_in(dataset: Dataset, case: Case) -> None:
    consensus = case.consensus_versions.get()
    seen = client_of(organizer_of(dataset)).get(f"{API}/consensus/{consensus.pk}/").json()
    assert {item["rater"] for item in seen["provenance"]["inputs"]} == set(
        case.assignments.values_list("rater_id", flat=True)
    )
    assert {item["revision"] for item in seen["provenance"]["inputs"]} == {1}
    assert seen["voxel_digest"] == consensus.voxel_digest


def test_participants_see_a_shared_reference_and_not_its_raters(dataset: Dataset, case: Case) -> None:
    participant = client_of(member(dataset.challenge, Role.PARTICIPANT))
    consensus = case.consensus_versions.get()
    phase = Phase.objects.create(
        challenge=dataset.challenge, slug="train", title="Train", dataset_version=dataset.versions.get()
    )
    assert participant.get(f"{API}/consensus/{consensus.pk}/").status_code == 404
    assert participant.get(f"{API}/consensus/{consensus.pk}/labelmap/").status_code == 404
    assert participant.get(f"{API}/cases/{case.pk}/consensus/").status_code == 403
    Phase.objects.filter(pk=phase.pk).update(reference_shared=True)
    seen = participant.get(f"{API}/consensus/{consensus.pk}/").json()
    assert seen["provenance"] is None
    assert participant.get(f"{API}/consensus/{consensus.pk}/labelmap/").status_code == 200
    (row,) = participant.get(f"{API}/cases/{case.pk}/consensus/").json()["results"]
    assert row["provenance"] is None


def test_fusion_is_asked_for_and_refused_where_too_few_have_submitted(dataset: Dataset, case: Case) -> None:
    organizer = client_of(organizer_of(dataset))
    assert organizer.post(f"{API}/cases/{case.pk}/fuse/").status_code == 202
    waiting = dataset.versions.get().cases.get(name="B")
    answer = organizer.post(f"{API}/cases/{waiting.pk}/fuse/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_raters")
    run_due_jobs()
    assert case.consensus_versions.count() == 1


def test_another_method_makes_a_further_version(dataset: Dataset, case: Case) -> None:
    organizer = client_of(organizer_of(dataset))
    changed = organizer.patch(f"{API}/datasets/{dataset.pk}/", {"fusion_method": "brats_hierarchical"})
    assert (changed.status_code, changed.json()["fusion_method"]) == (200, "brats_hierarchical")
    run_due_jobs()
    rows = organizer.get(f"{API}/cases/{case.pk}/consensus/").json()["results"]
    assert [(row["number"], row["method"]) for row in rows] == [(2, "brats_hierarchical"), (1, "majority")]
