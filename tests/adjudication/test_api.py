"""Adjudications over HTTP: what organizers and experts are shown, and the log as a client reads it."""

import uuid
from base64 import b64decode, b64encode

import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.numerics.edits import decode_edit
from backend.numerics.volumes import read_labelmap
from tests.factories.adjudications import (
    FIRST,
    FUSED,
    SECOND,
    VOXELS,
    Room,
    disputed_case,
    labels_with,
    open_room,
    stroke,
)
from tests.factories.annotations import make_raters

pytestmark = pytest.mark.django_db
BESIDE = (slice(20, 24), slice(20, 22), slice(9, 10))
BOTH = labels_with((FIRST, 4), (SECOND, 2))


@pytest.fixture
def room() -> Room:
    return open_room()


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def address(room: Room, below: str = "") -> str:
    return f"/api/v1/adjudications/{room.adjudication.pk}/{below}"


def posted(new: object) -> dict[str, object]:
    return {
        "edit_id": str(new.edit_id),  # type: ignore[attr-defined]
        "tool": new.tool,  # type: ignore[attr-defined]
        "label": new.label,  # type: ignore[attr-defined]
        "runs": b64encode(new.runs).decode(),  # type: ignore[attr-defined]
        "undoes": str(new.undoes) if new.undoes else None,  # type: ignore[attr-defined]
    }


def array_of(response: object) -> np.ndarray:
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return read_labelmap(data, name="answer.nii.gz").array


def test_an_organizer_opens_one_and_it_is_described() -> None:
    case, raters = disputed_case()
    (expert,) = make_raters(case.dataset, 1)
    client = client_of(case.dataset.challenge.created_by)
    response = client.post(f"/api/v1/cases/{case.pk}/adjudications/", {"experts": [expert.username]})
    assert response.status_code == 201
    told = response.json()
    assert (told["status"], told["head"], told["may_manage"]) == ("open", 0, True)
    assert told["base"] == {"number": 1, "method": "majority", "is_head": True}
    assert told["topic"] == f"adjudication:{told['id']}"
    assert [rater["key"] for rater in told["raters"]] == ["A", "B", "C"]
    assert {rater["name"] for rater in told["raters"]} == {rater.shown_name for rater in raters}
    assert [person["username"] for person in told["experts"]] == [expert.username]
    assert [(region["number"], region["voxels"], region["state"]) for region in told["regions"]] == [
        (1, 27, "open"),
        (2, 16, "open"),
    ]
    assert told["progress"] == {"regions": 2, "decided": 0}
    assert told["case"]["images"][0]["url"].startswith(f"/api/v1/cases/{case.pk}/images/")
    assert [label["value"] for label in told["scheme"]["labels"]] == [1, 2, 4]
    again = client.post(f"/api/v1/cases/{case.pk}/adjudications/", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_open")


def test_experts_know_raters_by_letter_only(room: Room) -> None:
    client = client_of(room.experts[0])
    told = client.get(address(room)).json()
    assert told["raters"] == [{"key": key, "name": None} for key in "ABC"]
    assert told["may_manage"] is False
    room.take(room.experts[0], 1, "B")
    legend = client.get(address(room, "provenance/legend/")).json()
    assert [(entry["source"], entry["person"]) for entry in legend] == [("base", None), ("B", None)]
    for answer in (told, legend, client.get(address(room, "edits/")).json()):
        for rater in room.by.values():
            assert rater.username not in str(answer)
            assert rater.shown_name not in str(answer)
    image = client.get(told["case"]["images"][0]["url"])
    assert image.status_code == 200


def test_a_rater_who_is_no_expert_finds_nothing(room: Room) -> None:
    client = client_of(room.by["A"])
    assert client.get(address(room)).status_code == 404
    assert client.get(f"/api/v1/cases/{room.case.pk}/adjudications/").status_code == 404
    assert client.get("/api/v1/adjudications/").json()["count"] == 0
    edits = {"edits": [posted(stroke(FUSED, BESIDE, 4))]}
    assert client.post(address(room, "edits/"), edits, format="json").status_code == 404


def test_lists_are_filtered_by_dataset_and_state(room: Room) -> None:
    client = client_of(room.experts[0])
    (row,) = client.get("/api/v1/adjudications/", {"status": "open"}).json()["results"]
    assert (row["id"], row["case"]["name"], row["progress"]) == (
        str(room.adjudication.pk),
        "A",
        {"regions": 2, "decided": 0},
    )
    assert client.get("/api/v1/adjudications/", {"status": "signed"}).json()["count"] == 0
    assert client.get("/api/v1/adjudications/", {"dataset": str(room.case.dataset_id)}).json()["count"] == 1
    assert client.get("/api/v1/adjudications/", {"dataset": str(uuid.uuid4())}).json()["count"] == 0


def test_strokes_are_answered_with_what_came_of_them(room: Room) -> None:
    first, second = (client_of(expert) for expert in room.experts)
    mine, theirs = stroke(FUSED, BESIDE, 4), stroke(FUSED, BESIDE, 1)
    assert first.post(address(room, "edits/"), {"edits": [posted(mine)]}, format="json").status_code == 201
    response = second.post(address(room, "edits/"), {"edits": [posted(theirs)]}, format="json")
    told = response.json()
    assert (response.status_code, told["head"], told["edits"][0]["number"]) == (201, 2, 2)
    record = decode_edit(b64decode(told["edits"][0]["runs"]), voxels=VOXELS)
    assert (set(record.old.tolist()), set(record.new.tolist())) == ({4}, {1})
    assert told["edits"][0]["author"]["username"] == room.experts[1].username
    again = second.post(address(room, "edits/"), {"edits": [posted(theirs)]}, format="json")
    assert (again.status_code, again.json()) == (200, told)
    log = first.get(address(room, "edits/"), {"after": 1}).json()
    assert (log["head"], log["edits"]) == (2, told["edits"])
    np.testing.assert_array_equal(
        array_of(first.get(address(room, "labelmap/"))), labels_with((SECOND, 2), (BESIDE, 1))
    )
    np.testing.assert_array_equal(array_of(first.get(address(room, "labelmap/"), {"revision": 0})), FUSED)
    assert first.get(address(room, "labelmap/"), {"revision": 3}).status_code == 404


def test_a_take_shows_in_regions_and_provenance(room: Room) -> None:
    client = client_of(room.experts[0])
    key = room.key_of(BOTH)
    take = {"edit_id": str(uuid.uuid4()), "region": 1, "source": key}
    response = client.post(address(room, "takes/"), take, format="json")
    (edit,) = response.json()["edits"]
    assert (response.status_code, edit["tool"], edit["source"], edit["region"]) == (201, "take", key, 1)
    assert client.post(address(room, "takes/"), take, format="json").status_code == 200
    told = client.get(address(room)).json()
    assert [region["state"] for region in told["regions"]] == ["taken", "open"]
    assert told["progress"]["decided"] == 1
    codes = array_of(client.get(address(room, "provenance/")))
    assert np.count_nonzero(codes) == 27
    legend = client.get(address(room, "provenance/legend/")).json()
    assert legend[1] == {
        "code": int(codes[FIRST][0, 0, 0]),
        "source": key,
        "person": None,
        "voxels": 27,
        "volume_ml": pytest.approx(0.027),
    }
    named = client_of(room.organizer).get(address(room, "provenance/legend/")).json()
    assert named[1]["person"]["username"] == room.by[key].username


def test_every_source_and_map_is_served(room: Room) -> None:
    client = client_of(room.experts[0])
    for key, labels in {**room.drawn, "fused": FUSED}.items():
        np.testing.assert_array_equal(array_of(client.get(address(room, f"sources/{key}/"))), labels)
    regions = array_of(client.get(address(room, "sources/regions/")))
    entropy = array_of(client.get(address(room, "sources/entropy/")))
    assert (int(regions.max()), int(entropy.max())) == (2, 148)
    np.testing.assert_array_equal(regions > 0, entropy > 0)
    missing = client.get(address(room, "sources/D/"))
    assert missing.status_code == 404
    assert "ask for A, B, C, fused, regions, entropy" in missing.json()["detail"]


def test_signing_names_what_came_of_it(room: Room) -> None:
    room.take(room.experts[0], 1, room.key_of(BOTH))
    client = client_of(room.organizer)
    moved = client.post(address(room, "sign/"), {"head": 0}, format="json")
    assert (moved.status_code, moved.json()["code"]) == (412, "adjudication_moved")
    told = client.post(address(room, "sign/"), {"head": 1, "note": "Agreed"}, format="json").json()
    assert (told["status"], told["note"], told["result"]["number"]) == ("signed", "Agreed", 2)
    assert told["signed_by"]["username"] == room.organizer.username
    version = client.get(f"/api/v1/consensus/{told['result']['id']}/").json()
    assert (version["method"], version["parameters"]["base"]) == ("adjudicated", 1)
    assert len(version["provenance"]["raters"]) == 3
    listed = client.get(f"/api/v1/cases/{room.case.pk}/adjudications/").json()["results"]
    assert [row["result"]["number"] for row in listed] == [2]
    withdrawn = client.post(address(room, "withdraw/")).json()
    assert withdrawn["status"] == "withdrawn"
    closed = client_of(room.experts[0]).post(
        address(room, "takes/"), {"edit_id": str(uuid.uuid4()), "region": 1, "source": "A"}, format="json"
    )
    assert (closed.status_code, closed.json()["code"]) == (409, "adjudication_closed")


def test_regions_say_between_which_labels_to_choose(room: Room) -> None:
    api = client_of(room.organizer)
    asked = [region["question"] for region in api.get(address(room)).json()["regions"]]
    assert asked == [[0, 4], [1, 2]]
    # Those of before stored no question.
    room.adjudication.regions = [
        {key: value for key, value in region.items() if key != "question"}
        for region in room.adjudication.regions
    ]
    room.adjudication.save(update_fields=["regions"])
    assert [region["question"] for region in api.get(address(room)).json()["regions"]] == asked
