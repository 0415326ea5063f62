"""Laying a case before experts: upon what, by whom, and who may be invited."""

import numpy as np
import pytest

from backend.adjudication import errors, selectors, services
from backend.adjudication.logs import read_table
from backend.annotations import submitting
from backend.annotations.models import Annotation
from backend.challenges.models import Role
from backend.common import blobs
from backend.common.errors import NotAllowed, NotFound
from backend.consensus.models import ConsensusVersion
from backend.datasets.selectors import visible_cases
from backend.numerics.labels import UNSURE
from backend.numerics.volumes import read_labelmap
from tests.factories.adjudications import FIRST, FUSED, SECOND, disputed_case, open_room
from tests.factories.annotations import annotate, annotate_case, assign, make_raters
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db


def stored(digest: str) -> np.ndarray:
    return read_labelmap(blobs.read_blob(digest), name="stored.nii.gz").array


def test_it_stands_on_the_head_and_knows_what_is_contested() -> None:
    room = open_room()
    found = room.adjudication
    assert (found.status, found.head, found.base.number, found.base.method) == ("open", 0, 1, "majority")
    np.testing.assert_array_equal(room.labelmap(), FUSED)
    first, second = found.regions
    assert (first["voxels"], second["voxels"]) == (27, 16)
    assert first["box"] == [[2, 5], [2, 5], [2, 5]]
    assert first["labels"]["fused"] == {"0": 27}
    assert sorted(str(first["labels"][key]) for key in "ABC") == ["{'0': 27}", "{'0': 27}", "{'4': 27}"]
    expected = np.zeros_like(FUSED)
    expected[FIRST], expected[SECOND] = 1, 2
    np.testing.assert_array_equal(stored(found.regions_digest), expected)
    # Two of three agree everywhere: 0.918 of log2(3) bits.
    np.testing.assert_array_equal(stored(found.entropy_digest), (expected > 0) * 148)
    for key, labels in room.drawn.items():
        rater = next(item for item in found.raters if item["key"] == key)
        np.testing.assert_array_equal(stored(rater["labelmap_digest"]), labels)
    assert read_table(found.table_digest).sources == ("A", "B", "C", "fused")


def test_keys_follow_the_annotations_and_not_the_people() -> None:
    room = open_room()
    annotations = [item["annotation"] for item in room.adjudication.raters]
    assert annotations == sorted(annotations)
    assert [item["key"] for item in room.adjudication.raters] == ["A", "B", "C"]


def test_marks_of_unsureness_contest_nothing_and_are_not_shown() -> None:
    dataset = make_dataset()
    case = import_cases(dataset, "A").cases.get()
    marked = tumour()
    marked[10:14, 16, 16] |= UNSURE
    annotate_case(case, dict(zip(make_raters(dataset, 3), (tumour(), tumour(), marked), strict=True)))
    run_due_jobs()
    found = services.open_adjudication(case_id=case.pk, user=organizer_of(dataset))
    assert found.regions == []
    for rater in found.raters:
        np.testing.assert_array_equal(stored(rater["labelmap_digest"]), tumour())


def test_a_case_without_two_raters_is_refused_in_words() -> None:
    dataset = make_dataset(raters_required=1)
    case = import_cases(dataset, "A").cases.get()
    organizer = organizer_of(dataset)
    with pytest.raises(errors.NothingToAdjudicate, match="Case A: it has no consensus yet; wait until 2"):
        services.open_adjudication(case_id=case.pk, user=organizer)
    annotate_case(case, dict.fromkeys(make_raters(dataset, 1), tumour()))
    run_due_jobs()
    with pytest.raises(errors.NothingToAdjudicate, match="of one rater, who disagrees with nobody"):
        services.open_adjudication(case_id=case.pk, user=organizer)
    ConsensusVersion.objects.update(method="imported", inputs=[{"file": "x", "digest": "y"}])
    with pytest.raises(errors.NothingToAdjudicate, match="was imported, and its raters are not known"):
        services.open_adjudication(case_id=case.pk, user=organizer)


def test_a_case_has_one_open_adjudication() -> None:
    room = open_room()
    with pytest.raises(errors.AlreadyOpen) as caught:
        services.open_adjudication(case_id=room.case.pk, user=room.organizer)
    assert caught.value.details == {"adjudication": str(room.adjudication.pk)}


def test_only_organizers_open_and_invite() -> None:
    case, raters = disputed_case()
    for user in (raters[0], member(case.dataset.challenge, Role.PARTICIPANT)):
        with pytest.raises(NotAllowed):
            services.open_adjudication(case_id=case.pk, user=user)
    room = open_room(case, raters)
    with pytest.raises(NotAllowed):
        services.set_experts(adjudication_id=room.adjudication.pk, user=room.experts[0], experts=[])


def test_experts_see_it_and_its_images_and_nobody_else_does() -> None:
    room = open_room()
    challenge = room.case.dataset.challenge
    outside = [member(challenge, Role.RATER), member(challenge, Role.PARTICIPANT), room.by["A"]]
    for user in outside:
        assert not selectors.visible_to(user).exists()
    for user in room.experts:
        assert selectors.get_adjudication(user, room.adjudication.pk) == room.adjudication
        assert visible_cases(user).filter(pk=room.case.pk).exists()
    services.set_experts(
        adjudication_id=room.adjudication.pk, user=room.organizer, experts=[room.by["A"].username]
    )
    assert selectors.visible_to(room.by["A"]).exists()
    for user in room.experts:
        with pytest.raises(NotFound):
            selectors.get_adjudication(user, room.adjudication.pk)
        assert not visible_cases(user).filter(pk=room.case.pk).exists()


def test_who_still_draws_the_case_is_not_invited() -> None:
    case, raters = disputed_case()
    (late,) = make_raters(case.dataset, 1)
    (annotation,) = assign(case.dataset, late)
    with pytest.raises(errors.BadExpert, match=f"still being annotated by {late.username}") as caught:
        services.open_adjudication(
            case_id=case.pk, user=organizer_of(case.dataset), experts=[raters[0].username, late.username]
        )
    assert caught.value.details == {"usernames": [late.username]}
    annotate(annotation, tumour())
    assert (
        services.open_adjudication(
            case_id=case.pk, user=organizer_of(case.dataset), experts=[late.username]
        ).experts.get()
        == late
    )


def test_an_expert_whose_annotation_is_reopened_is_blind_again() -> None:
    room = open_room()
    rater = room.by["B"]
    services.set_experts(adjudication_id=room.adjudication.pk, user=room.organizer, experts=[rater.username])
    annotation = Annotation.objects.get(assignment__rater=rater)
    submitting.reopen_annotation(annotation_id=annotation.pk, user=room.organizer, reason="Again")
    with pytest.raises(NotFound):
        selectors.get_adjudication(rater, room.adjudication.pk)


def test_participants_and_strangers_are_no_experts() -> None:
    room = open_room()
    participant = member(room.case.dataset.challenge, Role.PARTICIPANT)
    with pytest.raises(errors.BadExpert, match="No raters of this challenge") as caught:
        services.set_experts(
            adjudication_id=room.adjudication.pk,
            user=room.organizer,
            experts=[participant.username, "nobody", room.experts[0].username],
        )
    assert caught.value.details == {"usernames": sorted([participant.username, "nobody"])}
    assert room.adjudication.experts.count() == 2
