"""Datasets, cases and imports as the browser and programs meet them."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Challenge, Role
from backend.datasets.models import Dataset, LabelScheme
from backend.phases.models import Phase
from backend.uploads.models import Upload
from tests.factories.accounts import UserFactory
from tests.factories.annotations import annotate_case, assign, make_raters
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.datasets import ensure_scheme, import_cases, inspect, make_dataset, organizer_of
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.phantoms import case_files, tumour
from tests.shared_data import zip_of

pytestmark = pytest.mark.django_db

API = "/api/v1"


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def organizer(dataset: Dataset) -> APIClient:
    return client_of(organizer_of(dataset))


def share(dataset: Dataset, **fields: object) -> Phase:
    return Phase.objects.create(
        challenge=dataset.challenge,
        slug="test",
        title="Test",
        dataset_version=dataset.versions.get(),
        **fields,
    )


def test_schemes_of_the_public_challenges_are_there() -> None:
    schemes = APIClient().get(f"{API}/label-schemes/").data
    by_slug = {scheme["slug"]: scheme for scheme in schemes}
    assert {"brats2015", "brats2017", "brats2023", "msd_task01", "wmh2017"} <= set(by_slug)
    assert [region["key"] for region in by_slug["brats2017"]["regions"]] == ["complete", "core", "enhancing"]
    assert by_slug["wmh2017"]["excluded"] == [2]


SCHEME = {
    "slug": "article",
    "name": "Background article",
    "labels": [
        {"value": 2, "name": "edema", "color": "#2e9e6b"},
        {"value": 5, "name": "enhancing", "color": "#edae49"},
    ],
    "regions": [{"key": "complete", "name": "Complete", "labels": [2, 5]}],
}


def test_own_scheme_is_defined_once() -> None:
    client = client_of(UserFactory())
    assert client.post(f"{API}/label-schemes/", SCHEME).status_code == 201
    assert LabelScheme.objects.get(slug="article").labels[1]["tissues"] == ["enhancing"]
    again = client.post(f"{API}/label-schemes/", SCHEME)
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    "change",
    [
        {"regions": [{"key": "core", "name": "Core", "labels": [7]}]},
        {"labels": [SCHEME["labels"][0], SCHEME["labels"][0]]},
        {"excluded": [9]},
        {"labels": []},
    ],
    ids=["undefined label", "label twice", "undefined excluded", "no labels"],
)
def test_scheme_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    answer = client_of(UserFactory()).post(f"{API}/label-schemes/", SCHEME | change)
    assert answer.status_code in {400, 422}
    assert not LabelScheme.objects.filter(slug="article").exists()


def test_dataset_is_made_with_the_usual_sequences() -> None:
    challenge = ChallengeFactory()
    ensure_scheme("brats2017")
    client = client_of(challenge.created_by)
    answer = client.post(
        f"{API}/challenges/{challenge.slug}/datasets/", {"name": "Gliomas", "scheme": "brats2017"}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert [sequence["key"] for sequence in made["sequences"]] == ["flair", "t1", "t1c", "t2"]
    assert (made["case_count"], made["latest_version_number"]) == (0, None)
    assert made["challenge"]["slug"] == challenge.slug
    listed = client.get(f"{API}/challenges/{challenge.slug}/datasets/").json()["results"]
    assert [row["id"] for row in listed] == [made["id"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scheme": "no-such"}, "unknown_scheme"),
        ({"fusion_method": "coin"}, "unknown_method"),
        ({"fusion_method": "simple", "fusion_parameters": {"spread": "wide"}}, "bad_fusion_parameters"),
        ({"sequences": [{"key": "swi!", "name": "SWI"}]}, "bad_sequences"),
        ({"sequences": [{"key": "t1ce", "name": "T1c"}]}, "bad_sequences"),
    ],
)
def test_dataset_of_unknown_parts_is_refused(
    dataset: Dataset, organizer: APIClient, change: dict[str, object], code: str
) -> None:
    wanted = {"name": "Other", "scheme": "brats2017"} | change
    answer = organizer.post(f"{API}/challenges/{dataset.challenge.slug}/datasets/", wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_dataset_is_made_with_parameters_of_its_method(dataset: Dataset, organizer: APIClient) -> None:
    wanted = {
        "name": "Other",
        "scheme": "brats2017",
        "fusion_method": "shape_average",
        "fusion_parameters": {"limit_mm": 5},
    }
    answer = organizer.post(f"{API}/challenges/{dataset.challenge.slug}/datasets/", wanted)
    assert (answer.status_code, answer.json()["fusion_parameters"]) == (201, {"limit_mm": 5})
    assert organizer.get(f"{API}/datasets/{dataset.pk}/").json()["fusion_parameters"] == {}


def test_second_dataset_of_a_name_is_refused(dataset: Dataset, organizer: APIClient) -> None:
    answer = organizer.post(
        f"{API}/challenges/{dataset.challenge.slug}/datasets/",
        {"name": dataset.name, "scheme": "brats2017"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


def test_hierarchical_vote_needs_nested_regions(organizer: APIClient, dataset: Dataset) -> None:
    organizer.post(f"{API}/label-schemes/", SCHEME | {
        "regions": [{"key": "a", "name": "A", "labels": [2]}, {"key": "b", "name": "B", "labels": [5]}],
    })  # fmt: skip
    answer = organizer.post(
        f"{API}/challenges/{dataset.challenge.slug}/datasets/",
        {"name": "Other", "scheme": "article", "fusion_method": "brats_hierarchical"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_method")


def test_import_over_http(dataset: Dataset, organizer: APIClient) -> None:
    upload = whole_upload(
        owner=organizer_of(dataset),
        data=zip_of(case_files("A")),
        filename="cases.zip",
        purpose=Upload.Purpose.DATASET,
    )
    made = organizer.post(f"{API}/datasets/{dataset.pk}/imports/", {"upload": str(upload.pk)})
    assert (made.status_code, made.json()["status"], made.json()["preview"]) == (201, "received", None)
    run_due_jobs()
    seen = organizer.get(f"{API}/imports/{made.json()['id']}/").json()
    assert (seen["status"], seen["preview"]["counts"]["storable"]) == ("inspected", 1)
    assert {row["severity"] for row in seen["report"]} <= {"info", "warning"}
    confirmed = organizer.post(f"{API}/imports/{seen['id']}/confirm/", {})
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    run_due_jobs()
    stored = organizer.get(f"{API}/imports/{seen['id']}/").json()
    assert (stored["status"], stored["version_number"]) == ("stored", 1)
    assert stored["version"] == str(dataset.versions.get().pk)
    versions = organizer.get(f"{API}/datasets/{dataset.pk}/versions/").json()["results"]
    assert [(row["number"], row["case_count"]) for row in versions] == [(1, 1)]
    listed = organizer.get(f"{API}/datasets/{dataset.pk}/imports/").json()["results"]
    assert [row["id"] for row in listed] == [seen["id"]]


def test_case_table_tells_progress_and_consensus(dataset: Dataset, organizer: APIClient) -> None:
    case = import_cases(dataset, "A", "B").cases.get(name="A")
    annotate_case(case, dict.fromkeys(make_raters(dataset, 3), tumour()))
    run_due_jobs()
    first, second = organizer.get(f"{API}/datasets/{dataset.pk}/cases/").json()["results"]
    assert first["annotation"] == {"required": 3, "assigned": 3, "submitted": 3}
    assert second["annotation"] == {"required": 3, "assigned": 3, "submitted": 0}
    assert first["consensus"] == {
        "id": str(case.consensus_versions.get().pk),
        "number": 1,
        "method": "majority",
    }
    assert second["consensus"] is None
    assert first["grid"] == {"shape": [32, 32, 32], "spacing_mm": [1.0, 1.0, 1.0], "orientation": "LPS"}
    assert {file["sequence"] for file in first["files"]} == {"flair", "t1", "t1c", "t2"}
    assert organizer.get(first["thumbnail_url"]).getvalue().startswith(b"\x89PNG")


def test_older_version_is_listed_by_number(dataset: Dataset, organizer: APIClient) -> None:
    import_cases(dataset, "A")
    import_cases(dataset, "B")
    url = f"{API}/datasets/{dataset.pk}/cases/"
    assert [row["name"] for row in organizer.get(url).json()["results"]] == ["A", "B"]
    assert [row["name"] for row in organizer.get(f"{url}?version=1").json()["results"]] == ["A"]
    assert organizer.get(f"{url}?version=9").status_code == 404
    assert organizer.get(f"{url}?version=x").status_code == 422


def test_case_table_asks_no_more_queries_for_more_cases(dataset: Dataset, organizer: APIClient) -> None:
    url = f"{API}/datasets/{dataset.pk}/cases/"
    import_cases(dataset, "A")
    with CaptureQueriesContext(connection) as few:
        organizer.get(url)
    import_cases(dataset, "B", "C", "D")
    with CaptureQueriesContext(connection) as many:
        assert len(organizer.get(url).json()["results"]) == 4
    assert len(many) == len(few)


def test_viewer_gets_images_and_what_is_missing(dataset: Dataset, organizer: APIClient) -> None:
    found = inspect(dataset, case_files("A", sequences=("flair", "t1")))
    organizer.post(f"{API}/imports/{found.pk}/confirm/", {})
    run_due_jobs()
    case = dataset.versions.get().cases.get()
    seen = organizer.get(f"{API}/cases/{case.pk}/").json()
    assert [image["sequence"] for image in seen["images"]] == ["flair", "t1"]
    assert seen["missing"] == [{"key": "t1c", "name": "T1c"}, {"key": "t2", "name": "T2"}]
    assert seen["scheme"]["slug"] == "brats2017"
    image = organizer.get(seen["images"][0]["url"])
    assert image["Content-Type"] == "application/gzip"
    assert gzip.decompress(image.getvalue())[344:347] == b"n+1"
    assert organizer.get(f"{API}/cases/{case.pk}/images/t2/").status_code == 404


@pytest.mark.parametrize(
    ("role", "images_shared", "status"),
    [
        (Role.PARTICIPANT, True, 200),
        (Role.PARTICIPANT, False, 404),
        (Role.RATER, True, 404),
        (None, True, 404),
    ],
)
def test_images_are_shared_with_participants_of_a_phase(
    dataset: Dataset, role: Role | None, images_shared: bool, status: int
) -> None:
    case = import_cases(dataset, "A").cases.get()
    share(dataset, images_shared=images_shared)
    user = member(dataset.challenge, role) if role else UserFactory()
    for part in ("", "images/flair/", "thumbnail/"):
        assert client_of(user).get(f"{API}/cases/{case.pk}/{part}").status_code == status


def test_raters_get_the_images_of_their_assignments_and_no_case_by_its_id(dataset: Dataset) -> None:
    case = import_cases(dataset, "A").cases.get()
    assigned, other = make_raters(dataset, 2)
    assign(dataset, assigned)
    url = f"{API}/assignments/{case.assignments.get().pk}/images/t1/"
    assert client_of(assigned).get(url).status_code == 200
    assert client_of(other).get(url).status_code == 404
    assert client_of(assigned).get(f"{API}/cases/{case.pk}/images/t1/").status_code == 404


@pytest.mark.parametrize("by", ["case", "assignment"])
def test_an_image_that_the_browser_has_is_not_sent_again(dataset: Dataset, by: str) -> None:
    case = import_cases(dataset, "A").cases.get()
    (assigned,) = make_raters(dataset, 1)
    assign(dataset, assigned)
    who, subject = {
        "case": (organizer_of(dataset), f"cases/{case.pk}"),
        "assignment": (assigned, f"assignments/{case.assignments.get().pk}"),
    }[by]
    url = f"{API}/{subject}/images/t1/"
    first = client_of(who).get(url)
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    again = client_of(who).get(url, **known)
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == "private, no-cache"
    assert client_of(UserFactory()).get(url, **known).status_code == 404
    assert client_of(who).get(url, HTTP_IF_NONE_MATCH='"another"').status_code == 200


def test_phase_of_another_challenge_shares_with_its_own_participants(dataset: Dataset) -> None:
    case = import_cases(dataset, "A").cases.get()
    other: Challenge = ChallengeFactory(created_by=organizer_of(dataset))
    phase = share(dataset, images_shared=True)
    Phase.objects.filter(pk=phase.pk).update(challenge=other)
    there, here = member(other, Role.PARTICIPANT), member(dataset.challenge, Role.PARTICIPANT)
    assert client_of(there).get(f"{API}/cases/{case.pk}/").status_code == 200
    assert client_of(here).get(f"{API}/cases/{case.pk}/").status_code == 404
