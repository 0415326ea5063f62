"""From a submission to its scores: known answers, once and only once, whatever dies in between."""

import threading
from uuid import UUID

import numpy as np
import pytest
from django.db import connection, transaction

from backend.common import jobs
from backend.common.models import Job
from backend.evaluations import scoring, services
from backend.evaluations.models import CaseEvaluation, CaseScores, Evaluation
from backend.evaluations.services import BATCH
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions.models import Submission
from backend.submissions.services import retry_submission, withdraw_submission
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import SHAPE, tumour
from tests.racing import at_once

pytestmark = pytest.mark.django_db
Status = Submission.Status
SCORE_CASE = "evaluations.score_case_task"
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16)), "C": tumour((18, 15, 16))}


def box(*ranges: tuple[int, int]) -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    if ranges:
        labels[tuple(slice(start, stop) for start, stop in ranges)] = 1
    return labels


CUBE = box((8, 16), (8, 16), (8, 16))
# DOMAIN §3: reference, prediction, Dice
KNOWN = {
    "K1": (CUBE, box((10, 18), (8, 16), (8, 16)), 0.75),
    "K2": (CUBE, box((8, 16), (8, 16), (9, 17)), 0.875),
    "K3": (CUBE, CUBE | box((26, 29), (26, 29), (26, 29)), 1024 / 1051),
    "K4": (box(), box(), 1.0),
    "K5": (CUBE, box(), 0.0),
    "K6": (box(), CUBE, 0.0),
}


def dice_of(submission: Submission) -> dict[tuple[str, str], float | None]:
    rows = CaseScores.objects.filter(
        case_evaluation__evaluations__submission=submission, left_out__isnull=True
    ).values_list("case_evaluation__prediction__case__name", "values")
    return {(case, region): found["dice"] for case, values in rows for region, found in values.items()}


def scored_phase(truths: dict[str, np.ndarray] = TRUTHS) -> Phase:
    phase = PhaseFactory(truths=truths)
    set_reference(phase, truths)
    return phase


def test_known_answers() -> None:
    phase = scored_phase({name: reference for name, (reference, _, _) in KNOWN.items()})
    submission = submit(phase, {name: prediction for name, (_, prediction, _) in KNOWN.items()})
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    found = dice_of(submission)
    for name, (_, _, expected) in KNOWN.items():
        assert found[name, "complete"] == pytest.approx(expected, abs=1e-12)
        assert found[name, "core"] == pytest.approx(expected, abs=1e-12)
        assert found[name, "enhancing"] == 1.0  # empty on both sides
    evaluation = submission.evaluations.get()
    mean = sum(expected for _, _, expected in KNOWN.values()) / 6
    assert evaluation.means["dice"] == pytest.approx(
        {"complete": mean, "core": mean, "enhancing": 1.0}, abs=1e-12
    )
    assert evaluation.overall["dice"] == pytest.approx((2 * mean + 1) / 3, abs=1e-12)
    assert (evaluation.case_count, evaluation.not_defined["dice"]["core"]) == (6, 0)


def test_without_a_reference_it_waits_and_is_scored_as_soon_as_there_is_one() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED
    assert not Evaluation.objects.exists()
    set_reference(phase, TRUTHS)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    assert submission.evaluations.get().overall["dice"] == 1.0


def test_case_delivered_twice_is_scored_once() -> None:
    submission = submit(scored_phase(), TRUTHS)
    run_due_jobs()
    before = set(CaseScores.objects.values_list("pk", flat=True))
    ended = Evaluation.objects.get().scored_at
    for owed in CaseEvaluation.objects.all():
        scoring.score_cases(first_id=owed.pk)
        services.complete_evaluations(case_evaluation_id=owed.pk)
    services.evaluate_submission(submission_id=submission.pk)
    run_due_jobs()
    assert set(CaseScores.objects.values_list("pk", flat=True)) == before
    assert len(before) == 3
    assert Evaluation.objects.get().scored_at == ended


def test_job_scores_the_cases_that_follow_its_own_in_one_go() -> None:
    truths = {f"C{number:02d}": TRUTHS["A"] for number in range(BATCH + 3)}
    submission = submit(scored_phase(truths), truths)
    _run_until_scoring()
    assert Job.objects.filter(name=SCORE_CASE, status="queued").count() == 2
    ended = run_due_jobs()
    assert len([job for job in ended if job.name == SCORE_CASE]) == 2
    assert CaseScores.objects.count() == BATCH + 3
    submission.refresh_from_db()
    assert submission.status == Status.SCORED


def test_job_whose_time_is_over_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "BATCH_S", 0.0)
    submission = submit(scored_phase(), TRUTHS)
    _run_until_scoring()
    ended = run_due_jobs()
    assert len([job for job in ended if job.name == SCORE_CASE]) == 3
    submission.refresh_from_db()
    assert (submission.status, CaseScores.objects.count()) == (Status.SCORED, 3)


@pytest.mark.django_db(transaction=True)
def test_cases_that_another_worker_holds_are_left_to_it_and_freed_when_it_dies() -> None:
    submission = submit(scored_phase(), TRUTHS)
    _run_until_scoring()
    first = CaseEvaluation.objects.order_by("prediction__case__name")[0]
    with transaction.atomic():  # the other worker
        assert len(CaseEvaluation.objects.select_for_update(no_key=True)) == 3
        meanwhile = threading.Thread(target=_score_elsewhere, args=(first.pk,))
        meanwhile.start()
        meanwhile.join(timeout=60)
        assert not CaseScores.objects.exists()
        transaction.set_rollback(True)  # SIGKILL
    run_due_jobs()
    submission.refresh_from_db()
    assert (submission.status, CaseScores.objects.count()) == (Status.SCORED, 3)


def _score_elsewhere(first_id: UUID) -> None:
    try:
        scoring.score_cases(first_id=first_id)
    finally:
        connection.close()


def test_killed_between_writing_and_completing_is_completed_by_the_next_run() -> None:
    submission = submit(scored_phase(), TRUTHS)
    _run_until_scoring()
    for owed in CaseEvaluation.objects.all():
        scoring.score_batch(first_id=owed.pk)  # and then SIGKILL
    assert Evaluation.objects.get().status == Evaluation.Status.SCORING
    run_due_jobs()  # the jobs whose workers died, run again
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    assert CaseScores.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_last_two_cases_scored_at_once_complete_the_evaluation_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "BATCH_S", 600.0)  # on a busy machine nothing is left to a further job
    submit(scored_phase(), TRUTHS)
    _run_until_scoring()
    Job.objects.all().delete()
    ids = list(CaseEvaluation.objects.values_list("pk", flat=True)) * 2
    at_once(lambda pk: scoring.score_cases(first_id=pk), ids)
    run_due_jobs()  # a thread that looks whether a case is left holds it for a moment, and then asks for it
    assert CaseScores.objects.count() == 3
    assert Evaluation.objects.get().status == Evaluation.Status.SCORED
    assert Submission.objects.get().status == Status.SCORED
    assert Job.objects.filter(name="leaderboards.rank_phase_task").count() == 1


def test_case_that_cannot_be_scored_fails_without_an_attempt_and_is_retried() -> None:
    phase = scored_phase()
    submission = submit(phase, TRUTHS)
    _run_until_scoring()
    owed = CaseEvaluation.objects.get(prediction__case__name="B")
    digest = owed.prediction.labelmap_digest
    owed.prediction.labelmap_digest = "0" * 64  # a storage that lost the blob
    owed.prediction.save()
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.filter(status="queued").update(not_before=submission.created_at)
        run_due_jobs(failures=True)
    submission.refresh_from_db()
    owed.refresh_from_db()
    assert submission.status == Status.FAILED
    assert submission.reason_code == "internal_error"
    assert "0000" not in submission.reason
    assert (owed.status, Evaluation.objects.get().status) == ("failed", "failed")
    assert not phase.submissions.counted().exists()
    owed.prediction.labelmap_digest = digest
    owed.prediction.save()
    retry_submission(submission_id=submission.pk, actor=phase.challenge.created_by)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    assert submission.evaluations.get().overall["dice"] == 1.0
    assert CaseScores.objects.count() == 3


def test_each_left_out_rater_has_scores_of_the_same_submission() -> None:
    truth = {"A": TRUTHS["A"]}
    phase = PhaseFactory(truths=truth)
    case = phase.dataset_version.cases.get()
    consensus = make_consensus(case, truth["A"])
    first, second = make_rater(phase.challenge), make_rater(phase.challenge)
    make_left_out(consensus, first, others=TRUTHS["B"], own=TRUTHS["A"])
    make_left_out(consensus, second, others=TRUTHS["A"], own=TRUTHS["B"])
    refresh_phase_reference(phase_id=phase.pk)
    submit(phase, truth)
    run_due_jobs()
    by_rater = {
        (scores.left_out.rater_id if scores.left_out else None, region): found["dice"]
        for scores in CaseScores.objects.select_related("left_out")
        for region, found in scores.values.items()
    }
    assert by_rater[None, "complete"] == 1.0
    assert by_rater[second.pk, "complete"] == 1.0
    overlap = np.count_nonzero((TRUTHS["A"] > 0) & (TRUTHS["B"] > 0))
    total = np.count_nonzero(TRUTHS["A"]) + np.count_nonzero(TRUTHS["B"])
    assert by_rater[first.pk, "complete"] == pytest.approx(2 * overlap / total, abs=1e-12)
    assert len(by_rater) == 9


def test_withdrawn_while_being_scored_stays_withdrawn() -> None:
    submission = submit(scored_phase(), TRUTHS)
    _run_until_scoring()
    withdraw_submission(submission_id=submission.pk, actor=submission.participant)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.WITHDRAWN


def _run_until_scoring() -> None:
    """Run jobs until the cases are asked for, and none is scored yet."""
    while not CaseEvaluation.objects.exists():
        for queue in ("cpu", "io"):
            if (job := jobs.claim(queue)) is not None:
                jobs.execute(job)
