"""Consensus as organizers see it, and as participants do where a phase shares its reference."""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.datasets.models import Case, Dataset
from backend.numerics.volumes import read_labelmap
from backend.phases.models import Phase
from tests.factories.annotations import annotate_case, make_raters
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, inspect, make_dataset, organizer_of, store
from tests.jobs import run_due_jobs
from tests.phantoms import case_files, nifti_bytes, tumour

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


def test_methods_carry_their_parameters() -> None:
    methods = client_of(organizer_of(make_dataset())).get(f"{API}/fusion-methods/").json()
    parameters = {method["key"]: method["parameters"] for method in methods}
    assert parameters["majority"] == []
    assert [parameter["name"] for parameter in parameters["shape_average"]] == ["limit_mm"]
    (limit,) = parameters["shape_average"]
    assert limit.pop("description")
    assert limit == {
        "name": "limit_mm", "kind": "number", "default": 20.0, "choices": [], "minimum": 0.1, "maximum": 1000,
    }  # fmt: skip
    model = parameters["staple"][0]
    assert (model["kind"], model["default"], model["minimum"]) == ("choice", "multi_label", None)
    assert model["choices"] == ["multi_label", "per_region", "per_label"]


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


def test_other_parameters_make_a_further_version(dataset: Dataset, case: Case) -> None:
    organizer = client_of(organizer_of(dataset))
    url = f"{API}/datasets/{dataset.pk}/"
    changed = organizer.patch(url, {"fusion_method": "simple", "fusion_parameters": {"spread": 2}})
    assert changed.status_code == 200
    defaults = {"keep_at_least": 3, "smallest_lag": 0.01, "max_iterations": 100}
    assert changed.json()["fusion_parameters"] == {"spread": 2} | defaults
    run_due_jobs()
    # what is given replaces what was set; defaults in words are no change
    organizer.patch(url, {"fusion_parameters": {"max_iterations": 7}})
    run_due_jobs()
    organizer.patch(url, {"fusion_parameters": {"max_iterations": 7} | {"keep_at_least": 3}})
    run_due_jobs()
    # another method keeps what it takes: here the largest number of iterations
    organizer.patch(url, {"fusion_method": "staple"})
    run_due_jobs()
    rows = organizer.get(f"{API}/cases/{case.pk}/consensus/").json()["results"]
    assert [(row["method"], row["parameters"].get("max_iterations")) for row in rows] == [
        ("staple", 7), ("simple", 7), ("simple", 100), ("majority", None),
    ]  # fmt: skip
    assert [row["parameters"].get("spread") for row in rows] == [None, 1.0, 2, None]


@pytest.mark.parametrize(
    ("method", "parameters", "sentence"),
    [
        ("majority", {"spread": 1}, "Majority vote takes no parameters, but spread was given"),
        ("simple", {"spred": 1}, "takes only spread, keep_at_least, smallest_lag, max_iterations, but spred"),
        ("simple", {"spread": 11}, "spread 11 is out of range; it lies between 0 and 10"),
        ("simple", {"keep_at_least": 2.5}, "keep_at_least takes an integer, not 2.5"),
        ("staple", {"model": "binary"}, "model is one of multi_label, per_region, per_label, not 'binary'"),
    ],
)
def test_parameters_that_the_method_does_not_take_are_refused(
    dataset: Dataset, method: str, parameters: dict[str, object], sentence: str
) -> None:
    answer = client_of(organizer_of(dataset)).patch(
        f"{API}/datasets/{dataset.pk}/",
        {"name": "Renamed", "fusion_method": method, "fusion_parameters": parameters},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_fusion_parameters")
    assert sentence in answer.json()["detail"]
    before = dataset.name
    dataset.refresh_from_db()
    assert (dataset.fusion_method, dataset.fusion_parameters, dataset.name) == ("majority", {}, before)


def test_version_carries_all_agreement(dataset: Dataset, case: Case) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(fusion_method="staple")
    organizer = client_of(organizer_of(dataset))
    organizer.post(f"{API}/cases/{case.pk}/fuse/")
    run_due_jobs()
    head = organizer.get(f"{API}/cases/{case.pk}/consensus/").json()["results"][0]
    raters = {item["rater"] for item in head["provenance"]["inputs"]}
    agreement = head["provenance"]["agreement"]
    ones = dict.fromkeys(REGIONS, 1.0)
    assert [pair["kappa"] for pair in agreement["pairs"]] == [ones] * 3
    assert (agreement["fleiss_kappa"], agreement["fleiss_kappa_labelled"]) == (1, 1)
    assert agreement["conformity_index"] == ones
    assert {row["rater"]: row["sensitivity"] for row in agreement["performance"]} == dict.fromkeys(
        raters, ones
    )
    assert [row["specificity"] for row in agreement["performance"]] == [ones] * 3
    fusion = agreement["fusion"]
    assert fusion["parameters"] == head["parameters"]
    assert fusion["parameters"]["model"] == "multi_label"
    assert fusion["convergence"]["converged"] is True
    assert fusion["field_of_view"] == [[0, 32]] * 3
    assert {row["rater"] for row in fusion["raters"]} == raters
    assert fusion["labels"] == [0, 1, 2, 4]
    assert len(fusion["raters"][0]["confusion"]) == 4


def test_version_of_earlier_code_has_null_for_what_it_did_not_measure(dataset: Dataset, case: Case) -> None:
    consensus = case.consensus_versions.get()
    new = {"fleiss_kappa", "fleiss_kappa_labelled", "conformity_index", "performance", "fusion"}
    consensus.agreement = {key: value for key, value in consensus.agreement.items() if key not in new}
    for pair in consensus.agreement["pairs"]:
        del pair["kappa"]
    consensus.save()
    organizer = client_of(organizer_of(dataset))
    agreement = organizer.get(f"{API}/consensus/{consensus.pk}/").json()["provenance"]["agreement"]
    assert {key: agreement[key] for key in new} == dict.fromkeys(new) | {"performance": []}
    assert [pair["kappa"] for pair in agreement["pairs"]] == [None] * 3
    summary = organizer.get(f"{API}/datasets/{dataset.pk}/agreement/").json()
    assert summary["older"] == 1
    assert summary["regions"][0]["pairwise_dice"] == {"value": 1.0, "cases": 1}
    assert summary["regions"][0]["cohen_kappa"] == {"value": None, "cases": 0}


def test_agreement_map_is_percent_of_the_raters(dataset: Dataset, case: Case) -> None:
    annotate_case(case, {make_raters(dataset, 1)[0]: tumour() * 0})
    run_due_jobs()
    organizer = client_of(organizer_of(dataset))
    head = organizer.get(f"{API}/cases/{case.pk}/consensus/").json()["results"][0]
    data = organizer.get(head["agreement_map_url"]).getvalue()
    percent = read_labelmap(data, name="agreement.nii.gz").array
    assert set(percent[tumour() > 0]) == {75}
    assert set(percent[tumour() == 0]) == {100}


def test_imported_reference_has_no_agreement_map(dataset: Dataset) -> None:
    files = [*case_files("A"), ("A/A_seg.nii.gz", nifti_bytes(tumour()))]
    consensus = store(inspect(dataset, files)).version.cases.get().consensus_versions.get()
    organizer = client_of(organizer_of(dataset))
    assert organizer.get(f"{API}/consensus/{consensus.pk}/").json()["agreement_map_url"] is None
    answer = organizer.get(f"{API}/consensus/{consensus.pk}/agreement-map/")
    assert (answer.status_code, "was imported" in answer.json()["detail"]) == (404, True)
    summary = organizer.get(f"{API}/datasets/{dataset.pk}/agreement/").json()
    assert (summary["case_count"], summary["imported"], summary["cases"]) == (1, 1, [])


def test_shared_reference_does_not_share_the_agreement_map(dataset: Dataset, case: Case) -> None:
    Phase.objects.create(
        challenge=dataset.challenge, slug="train", title="Train", dataset_version=dataset.versions.get(),
        reference_shared=True,
    )  # fmt: skip
    participant = client_of(member(dataset.challenge, Role.PARTICIPANT))
    consensus = case.consensus_versions.get()
    assert participant.get(f"{API}/consensus/{consensus.pk}/").json()["agreement_map_url"] is None
    assert participant.get(f"{API}/consensus/{consensus.pk}/agreement-map/").status_code == 403
    assert participant.get(f"{API}/datasets/{dataset.pk}/agreement/").status_code == 403


def test_dataset_agreement_is_over_the_cases_of_the_latest_version(
    dataset: Dataset, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases = {case.name: case for case in import_cases(dataset, "A", "B", "C").cases.all()}
    raters = make_raters(dataset, 3)
    annotate_case(cases["A"], dict(zip(raters, [tumour()] * 3, strict=True)))
    annotate_case(cases["B"], dict(zip(raters, [tumour(), tumour(), tumour() * 0], strict=True)))
    run_due_jobs()
    organizer = client_of(organizer_of(dataset))
    with django_assert_max_num_queries(12):
        found = organizer.get(f"{API}/datasets/{dataset.pk}/agreement/").json()
    assert (found["case_count"], found["imported"], found["single_rater"], found["older"]) == (3, 0, 0, 0)
    complete = found["regions"][0]
    assert complete["region"] == "complete"
    assert complete["pairwise_dice"] == {"value": pytest.approx((1 + 1 / 3) / 2), "cases": 2}
    assert complete["cohen_kappa"]["value"] == pytest.approx((1 + 1 / 3) / 2)
    assert complete["conformity_index"]["value"] == pytest.approx((1 + 1 / 5 * 5 / 3) / 2)
    assert found["fleiss_kappa"]["cases"] == 2
    dice = {(pair["first"], pair["second"]): pair["dice"]["core"]["value"] for pair in found["pairs"]}
    first, second, third = (rater.pk for rater in raters)
    assert dice == {(first, second): 1, (first, third): 0.5, (second, third): 0.5}
    alone = found["raters"][2]
    assert (alone["rater"]["id"], alone["cases"], alone["weight"]) == (third, 2, {"value": None, "cases": 0})
    assert alone["leave_one_out_dice"]["complete"] == {"value": 0.5, "cases": 2}
    assert alone["sensitivity"]["complete"]["value"] == pytest.approx(0.5, abs=0.01)
    last = found["cases"][1]
    assert last["name"] == "B"
    assert [row["volumes_ml"]["complete"] > 0 for row in last["raters"]] == [True, True, False]
    assert last["consensus_volumes_ml"] == last["raters"][0]["volumes_ml"]


def test_dataset_without_cases_has_an_empty_agreement() -> None:
    dataset = make_dataset()
    found = client_of(organizer_of(dataset)).get(f"{API}/datasets/{dataset.pk}/agreement/").json()
    assert (found["case_count"], found["cases"], found["pairs"], found["raters"]) == (0, [], [], [])
    assert found["fleiss_kappa"] == {"value": None, "cases": 0}
