"""A new consensus: every submission is scored anew, old evaluations stay, unchanged cases are not computed
again."""

import pytest

from backend.common import jobs
from backend.common.models import Job
from backend.evaluations.models import CaseEvaluation, CaseScores, Evaluation
from backend.submissions.models import Submission
from backend.submissions.selectors import visible_to
from backend.submissions.services import retry_submission
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}
OTHER = {"A": tumour((17, 16, 16))}
Status = Submission.Status


def test_old_evaluation_stays_and_the_new_one_differs() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    first = set_reference(phase, TRUTHS)
    submissions = [submit(phase, TRUTHS), submit(phase, TRUTHS | OTHER)]
    run_due_jobs()
    before = {x.pk: (x.overall, x.means, x.scored_at) for x in Evaluation.objects.all()}
    second = set_reference(phase, OTHER)
    run_due_jobs()
    for submission in submissions:
        submission.refresh_from_db()
        assert submission.status == Status.SCORED
        found = {x.reference_id: x for x in submission.evaluations.all()}
        assert set(found) == {first.pk, second.pk}
        assert (found[first.pk].overall, found[first.pk].means, found[first.pk].scored_at) == before[
            found[first.pk].pk
        ]
        assert found[first.pk].overall != found[second.pk].overall
    assert submissions[1].evaluations.get(reference=second).overall["dice"] == 1.0


def test_case_whose_consensus_stays_keeps_its_scores() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submit(phase, TRUTHS)
    run_due_jobs()
    kept = CaseEvaluation.objects.get(prediction__case__name="B")
    set_reference(phase, OTHER)
    run_due_jobs()
    assert CaseEvaluation.objects.count() == 3  # A twice, B once
    assert kept.evaluations.count() == 2
    assert CaseScores.objects.count() == 3
    # `scored_at` says that it was not computed again
    assert CaseEvaluation.objects.get(pk=kept.pk).scored_at == kept.scored_at


def test_submission_stays_scored_while_it_is_rescored() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    set_reference(phase, OTHER)
    _run_only("evaluations.evaluate_phase_task")
    found = visible_to(submission.participant).get(pk=submission.pk)
    assert found.status == Status.SCORED
    assert (found.cases_done, found.cases_total) == (1, 2)
    assert found.evaluations.filter(status="scored").count() == 1
    run_due_jobs()
    found = visible_to(submission.participant).get(pk=submission.pk)
    assert (found.cases_total, found.evaluations.filter(status="scored").count()) == (0, 2)


def test_rescoring_that_fails_leaves_the_old_scores_and_can_be_retried() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    second = set_reference(phase, OTHER)
    consensus = second.consensus_versions.get(case__name="A")
    digest = consensus.labelmap_digest
    consensus.labelmap_digest = "0" * 64
    consensus.save()
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.filter(status="queued").update(not_before=submission.created_at)
        run_due_jobs(failures=True)
    submission.refresh_from_db()
    assert (submission.status, submission.reason_code) == (Status.SCORED, "rescoring_failed")
    assert submission.evaluations.get(reference=second).status == Evaluation.Status.FAILED
    consensus.labelmap_digest = digest
    consensus.save()
    retry_submission(submission_id=submission.pk, actor=phase.challenge.created_by)
    run_due_jobs()
    submission.refresh_from_db()
    assert (submission.status, submission.reason_code) == (Status.SCORED, "")
    assert submission.evaluations.get(reference=second).status == Evaluation.Status.SCORED


def test_reference_replaced_while_scoring_completes_both_and_ends_scored() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    while not CaseEvaluation.objects.exists():
        _run_one()
    set_reference(phase, OTHER)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    assert [x.status for x in submission.evaluations.all()] == ["scored", "scored"]


def test_refused_and_withdrawn_ones_are_not_rescored() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    Submission.objects.update(status=Status.WITHDRAWN)
    set_reference(phase, OTHER)
    run_due_jobs()
    assert submission.evaluations.count() == 1


def _run_one() -> None:
    for queue in ("cpu", "io"):
        if (job := jobs.claim(queue)) is not None:
            jobs.execute(job)


def _run_only(name: str) -> None:
    job = Job.objects.get(name=name, status="queued")
    jobs.KINDS[name].run(job.subject_id)
