"""An evaluation's pictures, and the overlay of a case: by whom it is seen, and that workers draw it."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
from django.core.files.storage import storages
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.common import blobs, jobs
from backend.common.models import Job
from backend.evaluations import overlay_pictures, pictures
from backend.evaluations.models import OverlayPicture
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from backend.phases.models import Phase
from backend.pictures import draw
from backend.pictures.slices import overlay_chart
from backend.submissions.models import Submission
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, make_dataset
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import set_reference, submit
from tests.jobs import let_delays_pass, run_due_jobs
from tests.phantoms import AFFINE, SEQUENCES, SHAPE, image, tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}


@pytest.fixture
def submission() -> Submission:
    """Scored; of case B it marks the tumour of A. Its phase shares images, not the reference."""
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    made = submit(phase, {"A": TRUTHS["A"], "B": TRUTHS["A"]}, method="Net & co")
    run_due_jobs()
    return made


def get(user: User, address: str, *, accept: str = "image/svg+xml") -> HttpResponse:
    client = APIClient()
    client.force_login(user)
    return client.get(f"/api/v1{address}", headers={"Accept": accept})


def overlay(submission: Submission, user: User, case: str = "B") -> HttpResponse:
    found = submission.phase.dataset_version.cases.get(name=case)
    return get(user, f"/submissions/{submission.pk}/predictions/{found.pk}/overlay.svg")


def texts(response: HttpResponse) -> list[str]:
    assert response.status_code == 200, response.content
    root = ET.fromstring(response.content.decode())
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def organizer_of(submission: Submission) -> User:
    organizer: User = submission.phase.challenge.created_by
    return organizer


def test_scores_are_drawn_by_region(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    address = f"/evaluations/{evaluation.pk}/pictures/scores.svg"
    found = texts(get(submission.participant, address))
    assert {"Net & co: Dice", "Complete tumour", "Tumour core", "Enhancing tumour"} <= set(found)
    assert "Surface Dice at 1 mm" in texts(get(submission.participant, f"{address}?metric=nsd_1mm"))
    refused = get(submission.participant, f"{address}?metric=no", accept="*/*")
    assert refused.status_code == 422
    assert "choose one of dice, sensitivity" in refused.json()["detail"]


def test_volumes_compare_prediction_and_reference(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    chart = pictures.volumes_chart(evaluation=evaluation)
    case = submission.phase.dataset_version.cases.get(name="B")
    voxel_ml = Grid.from_json(case.grid).voxel_volume_ml
    second = chart.panels[0].pairs[1]
    assert second.expected_ml == pytest.approx(np.count_nonzero(TRUTHS["B"]) * voxel_ml)
    assert second.found_ml == pytest.approx(np.count_nonzero(TRUTHS["A"]) * voxel_ml)
    found = texts(get(submission.participant, f"/evaluations/{evaluation.pk}/pictures/volumes.svg"))
    assert "Bland–Altman: prediction − reference against the mean of both" in found


def test_overlay_is_drawn_by_a_worker_and_asked_for_once(submission: Submission) -> None:
    organizer = organizer_of(submission)
    for _ in range(2):
        waiting = overlay(submission, organizer)
        assert (waiting.status_code, waiting["Retry-After"]) == (202, "2")
    assert Job.objects.filter(status=Job.Status.QUEUED).count() == 1
    run_due_jobs()
    drawn = overlay(submission, organizer)
    assert "B · Net & co" in texts(drawn)
    assert drawn["Content-Security-Policy"].startswith("default-src 'none'")
    assert drawn["X-Content-Type-Options"] == "nosniff"
    assert overlay(submission, organizer).content == drawn.content
    assert not Job.objects.filter(status=Job.Status.QUEUED).exists()


def test_overlay_tells_what_the_scores_tell(submission: Submission) -> None:
    overlay(submission, organizer_of(submission))
    run_due_jobs()
    evaluation = submission.evaluations.get()
    scores = evaluation.case_evaluations.get(prediction__case__name="B").scores.get()
    summaries = [text for text in texts(overlay(submission, organizer_of(submission))) if "missed" in text]
    assert summaries[0].startswith(f"Dice {scores.values['complete']['dice']:.3f} ")


def test_overlay_lies_over_the_contrast_image_of_the_case() -> None:
    """The phantom's images differ in noise only: the picture is the one over T1c."""
    dataset = make_dataset()
    version = import_cases(dataset, "A")
    phase = PhaseFactory(challenge=dataset.challenge, dataset_version=version)
    set_reference(phase, {"A": TRUTHS["A"]})
    made = submit(phase, {"A": TRUTHS["B"]}, method="Net")
    run_due_jobs()
    overlay(made, organizer_of(made), "A")
    run_due_jobs()
    expected = overlay_chart(
        TRUTHS["A"],
        TRUTHS["B"],
        grid=Grid(SHAPE, AFFINE),
        scheme=SCHEMES["brats2017"],
        title="A · Net",
        image=image(SEQUENCES.index("t1ce")),
    )
    assert overlay(made, organizer_of(made), "A").content.decode() == draw(expected)


def test_author_sees_the_overlay_only_where_the_phase_shares_reference_and_images(
    submission: Submission,
) -> None:
    author = submission.participant
    assert overlay(submission, author).status_code == 404
    Phase.objects.update(reference_shared=True)
    assert overlay(submission, author).status_code == 202
    Phase.objects.update(images_shared=False)
    assert overlay(submission, author).status_code == 404
    Phase.objects.update(images_shared=True, score_visibility="hidden")
    assert overlay(submission, author).status_code == 404
    assert overlay(submission, organizer_of(submission)).status_code == 202


def test_a_reference_shared_by_another_phase_opens_no_overlay_of_this_one(submission: Submission) -> None:
    phase = submission.phase
    PhaseFactory(
        challenge=phase.challenge, dataset_version=phase.dataset_version, slug="other", reference_shared=True
    )
    assert overlay(submission, submission.participant).status_code == 404


def test_others_are_told_of_no_submission(submission: Submission) -> None:
    Phase.objects.update(reference_shared=True)
    for role in (Role.PARTICIPANT, Role.RATER):
        assert overlay(submission, member(submission.phase.challenge, role)).status_code == 404


def test_case_without_scores_has_no_overlay() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    made = submit(phase, TRUTHS)
    run_due_jobs()
    assert overlay(made, organizer_of(made)).status_code == 404


def test_what_cannot_be_drawn_says_so_and_is_tried_again_later(submission: Submission) -> None:
    organizer = organizer_of(submission)
    overlay(submission, organizer)
    digest = submission.predictions.get(case__name="B").labelmap_digest
    kept = blobs.read_blob(digest)
    storages["blobs"].delete(blobs.name_of(digest))
    for _ in range(jobs.MAX_ATTEMPTS):
        run_due_jobs(failures=True)
        let_delays_pass()
    assert overlay(submission, organizer).json()["code"] == "picture_failed"
    blobs.put_bytes(kept)
    assert overlay(submission, organizer).status_code == 409
    OverlayPicture.objects.update(failed_at=timezone.now() - overlay_pictures.TRY_AGAIN_AFTER)
    assert overlay(submission, organizer).status_code == 202
    run_due_jobs()
    assert overlay(submission, organizer).status_code == 200
