"""Other fusions of the same raters, tried without a trace."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.adjudication import signing
from backend.consensus.models import ConsensusVersion
from backend.numerics.volumes import read_labelmap
from tests.factories.adjudications import FIRST, FUSED, SECOND, Room, labels_with, open_room

pytestmark = pytest.mark.django_db
BOTH, CORE = labels_with((FIRST, 4), (SECOND, 2)), labels_with((SECOND, 1))


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def room() -> Room:
    return open_room()


def ask(room: Room, user: User, **question: object) -> tuple[int, dict[str, object]]:
    client = APIClient()
    client.force_login(user)
    response = client.post(f"/api/v1/cases/{room.case.pk}/what-if/", question, format="json")
    return response.status_code, response.json()


def labelmap_at(user: User, url: object) -> np.ndarray:
    client = APIClient()
    client.force_login(user)
    response = client.get(str(url))
    assert response.status_code == 200
    return read_labelmap(b"".join(response.streaming_content), name="tried.nii.gz").array  # type: ignore[attr-defined]


def test_the_same_method_changes_nothing(room: Room) -> None:
    status, told = ask(room, room.organizer, method="majority")
    assert (status, told["changed_voxels"]) == (200, 0)
    assert told["dice_to_head"] == {"complete": 1.0, "core": 1.0, "enhancing": 1.0}
    np.testing.assert_array_equal(labelmap_at(room.organizer, told["labelmap"]), FUSED)


def test_a_weight_carries_the_vote(room: Room) -> None:
    key = room.key_of(BOTH)
    status, told = ask(room, room.organizer, method="majority", weights={key: 2.5})
    assert (status, told["changed_voxels"]) == (200, 27)
    np.testing.assert_array_equal(labelmap_at(room.organizer, told["labelmap"]), BOTH)
    assert told["volumes_ml"]["enhancing"] == pytest.approx(np.count_nonzero(BOTH == 4) / 1000)
    before = 2 * np.count_nonzero(FUSED == 4)
    assert told["dice_to_head"]["enhancing"] == pytest.approx(before / (before + 27))
    rows = {row["key"]: row for row in told["agreement"]}
    assert {name: row["weight"] for name, row in rows.items()} == {
        name: 2.5 if name == key else 1.0 for name in "ABC"
    }
    assert rows[key]["dice"] == {"complete": 1.0, "core": 1.0, "enhancing": 1.0}
    assert rows[key]["name"] == room.by[key].shown_name


def test_a_rater_is_left_out(room: Room) -> None:
    key = room.key_of(BOTH)
    others = [name for name in "ABC" if name != key]
    status, told = ask(room, room.organizer, method="plurality", left_out=[key])
    assert status == 200
    assert {row["key"]: row["weight"] for row in told["agreement"]} == {
        key: 0.0,
        others[0]: None,
        others[1]: None,
    }
    expected = labels_with((SECOND, 1))  # one for edema, one for core: the lower label
    np.testing.assert_array_equal(labelmap_at(room.organizer, told["labelmap"]), expected)


def test_every_method_with_its_parameters(room: Room) -> None:
    status, told = ask(room, room.organizer, method="simple", parameters={"spread": 2.0})
    assert (status, told["changed_voxels"]) == (200, 0)
    status, told = ask(room, room.organizer, method="simple", parameters={"spread": 200})
    assert (status, told["code"]) == (422, "bad_what_if")
    assert "Case A: spread 200 is out of range" in told["detail"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"method": "magic"}, "there is no fusion method 'magic'"),
        ({"method": "staple", "weights": {"A": 2}}, "staple finds its own weights"),
        ({"method": "majority", "weights": {"D": 2}}, "There is no rater D; this case has A, B, C."),
        ({"method": "majority", "left_out": ["A", "B", "C"]}, "Every rater is left out"),
        ({"method": "majority", "weights": {"A": 0, "B": 0, "C": 0}}, "no rater has a weight above 0"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_words(
    room: Room, question: dict[str, object], words: str
) -> None:
    status, told = ask(room, room.organizer, **question)
    assert (status, told["code"]) == (422, "bad_what_if")
    assert words in str(told["detail"])


def test_experts_try_while_it_is_open_and_learn_no_names(room: Room) -> None:
    expert = room.experts[0]
    status, told = ask(room, expert, method="plurality")
    assert (status, [row["name"] for row in told["agreement"]]) == (200, [None, None, None])
    assert labelmap_at(expert, told["labelmap"]).shape == FUSED.shape
    assert ask(room, room.by["A"], method="plurality")[0] == 404
    signing.sign_adjudication(adjudication_id=room.adjudication.pk, user=room.organizer, head=0)
    assert ask(room, expert, method="plurality")[0] == 404
    assert ask(room, room.organizer, method="plurality")[0] == 200


def test_nothing_is_stored_and_the_same_question_is_not_computed_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, told = ask(room, room.organizer, method="plurality")
    assert ConsensusVersion.objects.count() == 1
    monkeypatch.setattr("backend.adjudication.what_if.fuse", lambda *args, **kwargs: pytest.fail("again"))
    assert ask(room, room.organizer, method="plurality") == (200, told)
    cache.clear()
    client = APIClient()
    client.force_login(room.organizer)
    gone = client.get(str(told["labelmap"]))
    assert gone.status_code == 404
    assert "try it again" in gone.json()["detail"]
