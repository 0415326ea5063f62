"""A phase's metric set changes: old scores stay and say so, and are computed anew when asked for."""

import pytest
from rest_framework.test import APIClient

from backend.common import jobs
from backend.common.errors import Conflict
from backend.common.models import Job
from backend.evaluations import rescoring, services
from backend.evaluations.metric_sets import OutdatedMetricSet, in_order, metric_set_named
from backend.evaluations.models import CaseEvaluation, CaseScores, Evaluation
from backend.evaluations.rescoring import EvaluationCounts, OlderSet
from backend.evaluations.selectors import latest_evaluation
from backend.numerics.catalogue import DEFAULT_METRIC_SET, METRIC_NAMES, metric_set
from backend.phases.models import Phase
from backend.phases.services import update_phase
from backend.submissions.models import Submission
from backend.submissions.services import retry_submission
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}
TODAY = metric_set("brats2023", [2]).name


def scored_phase(submissions: int = 1) -> Phase:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    for _ in range(submissions):
        submit(phase, {"A": TRUTHS["B"], "B": TRUTHS["B"]})
    run_due_jobs()
    return phase


def change_set(phase: Phase) -> None:
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"nsd_tolerances_mm": [2]})
    run_due_jobs()
    phase.refresh_from_db()


def counts(phase: Phase) -> tuple[int, int, int, int]:
    found = rescoring.scoring_of(phase_id=phase.pk, viewer=phase.challenge.created_by).evaluations
    return found.current, found.older, found.scoring, found.failed


@pytest.mark.parametrize("tolerances", [(1,), (0.1, 2.5, 50), (0.125, 33.333)])
@pytest.mark.parametrize("rules", ["brats2023", "brats2024_ped"])
def test_set_is_found_by_its_name(rules: str, tolerances: tuple[float, ...]) -> None:
    asked = metric_set(rules, tolerances)
    assert metric_set_named(asked.name) == asked


@pytest.mark.parametrize(
    "name", ["1", "0 brats2023 nsd 1", DEFAULT_METRIC_SET.name.replace("brats2023", "x")]
)
def test_set_that_the_code_no_longer_computes_is_refused(name: str) -> None:
    with pytest.raises(OutdatedMetricSet, match="rescore the phase"):
        metric_set_named(name)


def test_metrics_come_in_the_order_of_the_catalogue() -> None:
    asked = metric_set("brats2023", [0.5, 10, 2])
    assert in_order(sorted(asked.metrics)) == list(asked.metrics)


def test_every_metric_of_the_phases_set_is_scored() -> None:
    phase = PhaseFactory(truths=TRUTHS, nsd_tolerances_mm=[1, 2.5])
    set_reference(phase, TRUTHS)
    submit(phase, TRUTHS)
    run_due_jobs()
    wanted = {*METRIC_NAMES, "nsd_2.5mm"}
    for scores in CaseScores.objects.all():
        assert set(scores.values) == {"complete", "core", "enhancing"}
        assert all(set(of_region) == wanted for of_region in scores.values.values())
    evaluation = Evaluation.objects.get()
    assert set(evaluation.means) == set(evaluation.not_defined) == set(evaluation.overall) == wanted
    assert evaluation.overall["nsd_2.5mm"] == evaluation.overall["dice"] == 1.0
    assert evaluation.overall["hd95_pooled"] == 0.0


def test_changed_set_scores_nothing_by_itself_and_makes_evaluations_older() -> None:
    phase = scored_phase(submissions=2)
    before = set(CaseScores.objects.values_list("pk", flat=True))
    assert counts(phase) == (2, 0, 0, 0)
    change_set(phase)
    assert set(CaseScores.objects.values_list("pk", flat=True)) == before
    state = rescoring.scoring_of(phase_id=phase.pk, viewer=phase.challenge.created_by)
    assert state.metric_set == TODAY
    assert state.evaluations == EvaluationCounts(current=0, older=2, scoring=0, failed=0)
    assert state.older_sets == (OlderSet(DEFAULT_METRIC_SET.name, 2),)
    author = APIClient()
    author.force_login(Submission.objects.all()[0].participant)
    (row,) = author.get("/api/v1/submissions/").json()["results"]
    assert (row["evaluations"][0]["is_current_set"], row["is_rescoring"]) == (False, False)


def test_rescoring_scores_all_under_todays_set_and_keeps_the_older_ones() -> None:
    phase = scored_phase(submissions=2)
    old = dict(Evaluation.objects.values_list("pk", "scored_at"))
    change_set(phase)
    rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
    jobs.KINDS["evaluations.evaluate_phase_task"].run(phase.pk)
    assert counts(phase) == (0, 0, 2, 0)
    assert {submission.status for submission in Submission.objects.all()} == {"scored"}
    run_due_jobs()
    assert counts(phase) == (2, 0, 0, 0)
    assert dict(Evaluation.objects.filter(pk__in=old).values_list("pk", "scored_at")) == old
    for submission in Submission.objects.all():
        standing = latest_evaluation(submission)
        assert standing is not None
        assert standing.metric_set == TODAY
        assert "nsd_2mm" in standing.means


def test_rescoring_twice_scores_once() -> None:
    phase = scored_phase()
    change_set(phase)
    for _ in range(2):
        rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
        run_due_jobs()
    assert Evaluation.objects.count() == 2
    assert CaseScores.objects.count() == 2 * 2


def test_set_changed_back_finds_its_scores_again() -> None:
    phase = scored_phase()
    change_set(phase)
    rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
    run_due_jobs()
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"nsd_tolerances_mm": [1]})
    assert counts(phase) == (1, 0, 0, 0)
    standing = latest_evaluation(Submission.objects.get())
    assert standing is not None
    assert standing.metric_set == DEFAULT_METRIC_SET.name


def test_set_changed_while_scoring_ends_under_the_old_one() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    _run_until_scoring()
    Job.objects.filter(name="evaluations.evaluate_phase_task").delete()  # the new reference's, still waiting
    change_set(phase)
    submission.refresh_from_db()
    assert submission.status == Submission.Status.SCORED
    assert counts(phase) == (0, 1, 0, 0)


def test_old_set_that_fails_does_not_fail_a_submission_scored_under_todays() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    submission = submit(phase, TRUTHS)
    _run_until_scoring()
    lost = CaseEvaluation.objects.get(prediction__case__name="A")
    CaseEvaluation.objects.filter(pk=lost.pk).update(metric_set="1")  # as after an upgrade of the code
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"nsd_tolerances_mm": [2]})
    rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.filter(status="queued").update(not_before=submission.created_at)
        run_due_jobs(failures=True)
    submission.refresh_from_db()
    assert (submission.status, submission.reason_code) == (Submission.Status.SCORED, "")
    assert counts(phase) == (1, 0, 0, 0)


def _fail_under_todays_set(phase: Phase) -> None:
    """Today's set is another one, and its scoring fails for good."""
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"nsd_tolerances_mm": [2]})
    rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
    jobs.KINDS["evaluations.evaluate_phase_task"].run(phase.pk)
    for owed in CaseEvaluation.objects.filter(metric_set=TODAY):
        services.give_up_scoring(owed.pk, "internal_error", "broken")
    Job.objects.all().delete()


def test_set_changed_back_forgets_the_rescoring_that_failed() -> None:
    phase = scored_phase()
    _fail_under_todays_set(phase)
    assert Submission.objects.get().reason_code == "rescoring_failed"
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"nsd_tolerances_mm": [1]})
    rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)
    run_due_jobs()
    submission = Submission.objects.get()
    assert (submission.status, submission.reason_code, submission.reason) == ("scored", "", "")


def test_failed_submission_whose_scores_came_under_the_set_changed_back_is_scored_when_retried() -> None:
    phase = scored_phase()
    Submission.objects.update(
        status=Submission.Status.FAILED
    )  # a later set's scoring failed before they came
    retry_submission(submission_id=Submission.objects.get().pk, actor=phase.challenge.created_by)
    run_due_jobs()
    assert Submission.objects.get().status == Submission.Status.SCORED
    assert Evaluation.objects.count() == 1


def test_rescoring_needs_a_reference() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    with pytest.raises(Conflict, match="has no reference yet"):
        rescoring.rescore(phase_id=phase.pk, actor=phase.challenge.created_by)


def _run_until_scoring() -> None:
    while not CaseEvaluation.objects.exists():
        for queue in ("cpu", "io"):
            if (job := jobs.claim(queue)) is not None:
                jobs.execute(job)
