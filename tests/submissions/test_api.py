"""Submissions over HTTP: from the upload to the findings, and what each person may do."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.phases.models import Phase
from backend.submissions.models import Submission
from backend.uploads.models import Upload
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus
from tests.factories.submissions import archive_of, hand_in, set_reference, submit
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.phantoms import nifti_bytes, tumour
from tests.shared_data import zip_of

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}


@pytest.fixture
def phase() -> Phase:
    made: Phase = PhaseFactory(truths=TRUTHS)
    return made


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def detail(submission: Submission, user: User | None = None) -> dict[str, Any]:
    answer = client_of(user or submission.participant).get(f"/api/v1/submissions/{submission.pk}/")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_upload_handed_in_over_http_is_scored(phase: Phase) -> None:
    set_reference(phase, TRUTHS)
    participant = member(phase.challenge, Role.PARTICIPANT)
    upload = whole_upload(
        owner=participant,
        data=archive_of(phase, TRUTHS),
        filename="my predictions.zip",
        purpose=Upload.Purpose.SUBMISSION,
    )
    client = client_of(participant)
    made = client.post(
        f"/api/v1/phases/{phase.pk}/submissions/",
        {"upload": str(upload.pk), "method_name": "U-Net", "method_description": "five folds"},
    )
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["status"], body["archive_name"], body["findings"]) == ("received", "my predictions.zip", [])
    run_due_jobs()
    body = client.get(f"/api/v1/submissions/{body['id']}/").json()
    assert body["status"] == "scored"
    assert body["evaluations"][0]["overall"]["dice"] == 1.0
    assert body["method_description"] == "five folds"


def test_findings_are_in_the_answer_with_file_case_and_remedy(phase: Phase) -> None:
    submission = hand_in(phase, zip_of([("A.nii.gz", nifti_bytes(TRUTHS["A"]))]))
    run_due_jobs()
    body = detail(submission)
    assert (body["status"], body["reason_code"]) == ("rejected", "preflight")
    (finding,) = body["findings"]
    assert finding == {
        "file": None,
        "case": "B",
        "code": "missing_case",
        "severity": "error",
        "sentence": "case B: has no prediction in the archive; add it as B.nii.gz",
        "remedy": "Add B.nii.gz.",
    }


def test_waiting_for_the_consensus_says_for_how_many_cases(phase: Phase) -> None:
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    body = detail(submission)
    assert body["status"] == "accepted"
    assert body["reason"].startswith("Waiting for the consensus of 2 of 2 cases")
    make_consensus(phase.dataset_version.cases.get(name="A"), TRUTHS["A"])
    assert "1 of 2 cases" in detail(submission)["reason"]


def test_organizer_sees_all_of_the_phase_and_participants_their_own(phase: Phase) -> None:
    first, second = submit(phase, TRUTHS), submit(phase, TRUTHS)
    address = f"/api/v1/phases/{phase.pk}/submissions/"
    seen = client_of(phase.challenge.created_by).get(address).json()["results"]
    assert [row["id"] for row in seen] == [str(second.pk), str(first.pk)]
    own = client_of(first.participant).get(address).json()["results"]
    assert [row["id"] for row in own] == [str(first.pk)]


def test_refusals_have_a_code_and_a_sentence(phase: Phase) -> None:
    Phase.objects.update(attempts_per_day=1)
    submission = submit(phase, TRUTHS)
    upload = whole_upload(
        owner=submission.participant, data=b"x", filename="a.zip", purpose=Upload.Purpose.SUBMISSION
    )
    answer = client_of(submission.participant).post(
        f"/api/v1/phases/{phase.pk}/submissions/", {"upload": str(upload.pk), "method_name": "M"}
    )
    assert answer.status_code == 429
    assert answer.json()["code"] == "attempts_used_up"
    assert "being checked" in answer.json()["detail"]
    upload.refresh_from_db()
    assert upload.taken_at is None


def test_what_each_may_do_is_told(phase: Phase) -> None:
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    organizer = phase.challenge.created_by
    assert (detail(submission)["may_withdraw"], detail(submission)["may_retry"]) == (True, False)
    assert detail(submission, organizer)["may_withdraw"] is False
    Submission.objects.update(status=Submission.Status.FAILED)
    assert (detail(submission)["may_withdraw"], detail(submission)["may_retry"]) == (False, False)
    assert detail(submission, organizer)["may_retry"] is True


def test_withdrawn_over_http(phase: Phase) -> None:
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    client = client_of(submission.participant)
    answer = client.post(f"/api/v1/submissions/{submission.pk}/withdraw/")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    again = client.post(f"/api/v1/submissions/{submission.pk}/withdraw/")
    assert (again.status_code, again.json()["code"]) == (409, "not_withdrawable")
