"""A signed adjudication becomes a consensus version; what is scored against it is scored anew."""

import numpy as np
import pytest

from backend.adjudication import errors, services, signing
from backend.adjudication.models import Adjudication
from backend.challenges.models import Role
from backend.common import blobs
from backend.common.errors import NotAllowed
from backend.consensus import services as consensus_services
from backend.consensus.errors import HeadSigned
from backend.consensus.models import ConsensusVersion
from backend.datasets import services as dataset_services
from backend.numerics.volumes import read_labelmap
from backend.phases.services import refresh_phase_reference
from backend.submissions.models import Submission
from tests.factories.adjudications import FIRST, FUSED, SECOND, Room, labels_with, open_room
from tests.factories.annotations import annotate, assign, make_raters
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs

pytestmark = pytest.mark.django_db
BOTH = labels_with((FIRST, 4), (SECOND, 2))


@pytest.fixture
def room() -> Room:
    return open_room()


def sign(room: Room, head: int, note: str = "") -> Adjudication:
    return signing.sign_adjudication(
        adjudication_id=room.adjudication.pk, user=room.organizer, head=head, note=note
    )


def stored(digest: str) -> np.ndarray:
    return read_labelmap(blobs.read_blob(digest), name="stored.nii.gz").array


def heads(room: Room) -> list[tuple[int, str]]:
    return list(room.case.consensus_versions.order_by("number").values_list("number", "method"))


def test_signing_makes_the_next_version(room: Room) -> None:
    room.take(room.experts[0], 1, room.key_of(BOTH))
    signed = sign(room, 1, "Looked at together")
    assert (signed.status, signed.signed_by, signed.note) == ("signed", room.organizer, "Looked at together")
    base, result = room.adjudication.base, signed.result
    assert result is not None
    assert (result.number, result.method) == (2, "adjudicated")
    assert result.parameters == {"adjudication": str(signed.pk), "base": 1, "head": 1}
    assert result.inputs == base.inputs
    np.testing.assert_array_equal(stored(result.labelmap_digest), BOTH)
    volumes = result.agreement["consensus_volumes_ml"]
    assert volumes["enhancing"] == pytest.approx(
        base.agreement["consensus_volumes_ml"]["enhancing"] + 27 / 1000
    )
    assert result.agreement["pairs"] == base.agreement["pairs"]
    # One of three drew what region 1 is now, two what region 2 is.
    agreeing = stored(result.agreement_map_digest)
    assert (set(agreeing[FIRST].ravel()), set(agreeing[SECOND].ravel())) == ({33}, {67})
    assert agreeing[0, 0, 0] == 100
    provenance = result.agreement["provenance"]
    codes = stored(provenance["map_digest"])
    assert np.count_nonzero(codes) == 27
    taken = next(entry for entry in provenance["legend"] if entry["code"] == codes[FIRST][0, 0, 0])
    assert (taken["source"], taken["person"]) == (room.key_of(BOTH), room.by[room.key_of(BOTH)].pk)


def test_each_rater_is_judged_as_before(room: Room) -> None:
    signed = sign(room, 0)
    assert signed.result is not None
    rows = {
        version.number: {
            (row.rater_id, row.labelmap_digest, str(row.dice)) for row in version.leave_one_out.all()
        }
        for version in room.case.consensus_versions.all()
    }
    assert rows[1] == rows[2]
    assert len(rows[1]) == 3


def test_what_somebody_painted_since_is_looked_at_first(room: Room) -> None:
    room.take(room.experts[0], 1, "A")
    with pytest.raises(errors.AdjudicationMoved) as caught:
        sign(room, 0)
    assert caught.value.details == {"head": 1}
    assert heads(room) == [(1, "majority")]


def test_only_organizers_sign_and_withdraw_and_once(room: Room) -> None:
    for step in (
        lambda user: signing.sign_adjudication(adjudication_id=room.adjudication.pk, user=user, head=0),
        lambda user: signing.withdraw_adjudication(adjudication_id=room.adjudication.pk, user=user),
    ):
        with pytest.raises(NotAllowed):
            step(room.experts[0])
    sign(room, 0)
    with pytest.raises(errors.AdjudicationClosed):
        sign(room, 0)


def test_submissions_are_rescored_against_what_was_signed(room: Room) -> None:
    phase = PhaseFactory(
        challenge=room.case.dataset.challenge, dataset_version=room.case.dataset.versions.get()
    )
    refresh_phase_reference(phase_id=phase.pk)
    exact = submit(phase, {"A": BOTH}, participant=member(phase.challenge, Role.PARTICIPANT))
    run_due_jobs()
    before = exact.evaluations.get()
    assert before.means["dice"]["enhancing"] < 1
    room.take(room.experts[0], 1, room.key_of(BOTH))
    signed = sign(room, 1)
    ran = [job.name for job in run_due_jobs()]
    assert ran[0] == "phases.refresh_case_references_task"
    exact.refresh_from_db()
    assert exact.status == Submission.Status.SCORED
    after = exact.evaluations.exclude(pk=before.pk).get()
    assert after.reference.consensus_versions.get() == signed.result
    assert (after.status, after.means["dice"]["enhancing"]) == ("scored", 1.0)


def test_a_signed_truth_is_not_silently_replaced(room: Room) -> None:
    sign(room, 0)
    (late,) = make_raters(room.case.dataset, 1)
    (annotation,) = assign(room.case.dataset, late)
    annotate(annotation, BOTH)
    dataset_services.update_dataset(
        dataset_id=room.case.dataset_id,
        user=room.organizer,
        changes=dataset_services.DatasetChanges(fusion_method="plurality"),
    )
    run_due_jobs()
    assert heads(room) == [(1, "majority"), (2, "adjudicated")]
    with pytest.raises(HeadSigned, match="version 2 was adjudicated and signed"):
        consensus_services.request_fusion(case_id=room.case.pk, user=room.organizer)


def test_signing_beats_a_fusion_that_was_under_way(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    (late,) = make_raters(room.case.dataset, 1)
    (annotation,) = assign(room.case.dataset, late)
    annotate(annotation, BOTH)
    fuse_inputs = consensus_services.fusing.fuse_inputs

    def signed_meanwhile(*args: object, **kwargs: object) -> object:
        fused = fuse_inputs(*args, **kwargs)  # type: ignore[arg-type]
        sign(room, 0)
        return fused

    with monkeypatch.context() as patched:
        patched.setattr(consensus_services.fusing, "fuse_inputs", signed_meanwhile)
        consensus_services.fuse_case(case_id=room.case.pk)
    assert heads(room) == [(1, "majority"), (2, "adjudicated")]


def test_withdrawing_a_signed_one_fuses_the_case_anew(room: Room) -> None:
    room.take(room.experts[0], 1, room.key_of(BOTH))
    sign(room, 1)
    withdrawn = signing.withdraw_adjudication(adjudication_id=room.adjudication.pk, user=room.organizer)
    assert withdrawn.status == "withdrawn"
    run_due_jobs()
    assert heads(room) == [(1, "majority"), (2, "adjudicated"), (3, "majority")]
    np.testing.assert_array_equal(
        stored(ConsensusVersion.objects.get(case=room.case, number=3).labelmap_digest), FUSED
    )
    with pytest.raises(errors.AdjudicationClosed):
        signing.withdraw_adjudication(adjudication_id=room.adjudication.pk, user=room.organizer)


def test_withdrawing_an_open_one_makes_no_version(room: Room) -> None:
    signing.withdraw_adjudication(adjudication_id=room.adjudication.pk, user=room.organizer)
    run_due_jobs()
    assert heads(room) == [(1, "majority")]
    again = services.open_adjudication(case_id=room.case.pk, user=room.organizer)
    assert again != room.adjudication


def test_what_was_signed_can_be_adjudicated_again(room: Room) -> None:
    room.take(room.experts[0], 1, room.key_of(BOTH))
    sign(room, 1)
    again = services.open_adjudication(case_id=room.case.pk, user=room.organizer)
    assert (again.base.number, again.base.method) == (2, "adjudicated")
    assert again.regions[0]["labels"]["fused"] == {"4": 27}
    assert again.raters == room.adjudication.raters
