"""Raters are scored as submissions are, each against the fusion of the others, once per metric set."""

import pytest

from backend.common import jobs
from backend.common.models import Job
from backend.datasets.services import scheme_of
from backend.evaluations import rater_scoring
from backend.evaluations.models import RaterScores
from backend.numerics.catalogue import DEFAULT_METRIC_SET
from backend.numerics.labels import UNSURE
from backend.numerics.metrics import score_case
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference, update_phase
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import set_reference
from tests.jobs import run_due_jobs
from tests.phantoms import tumour
from tests.racing import at_once

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}
OWN = tumour((17, 16, 16))


def annotated_phase() -> Phase:
    """Two cases, each drawn as `OWN` by two raters; the others' fusion is always the truth."""
    phase = PhaseFactory(truths=TRUTHS)
    raters = [make_rater(phase.challenge), make_rater(phase.challenge)]
    for case in phase.dataset_version.cases.all():
        consensus = make_consensus(case, TRUTHS[case.name])
        for rater in raters:
            make_left_out(consensus, rater, others=TRUTHS[case.name], own=OWN)
    refresh_phase_reference(phase_id=phase.pk)
    return phase


def rankings() -> int:
    return Job.objects.filter(name="leaderboards.rank_phase_task", status="queued").count()


def run_all(name: str) -> None:
    for job in Job.objects.filter(name=name, status="queued"):
        jobs.KINDS[name].run(job.subject_id)
        job.delete()


def test_reference_owes_every_raters_scores_and_they_equal_the_numerics() -> None:
    phase = annotated_phase()
    run_due_jobs()
    scheme = scheme_of(phase.dataset_version.dataset.scheme)
    found = RaterScores.objects.select_related("left_out__consensus__case")
    assert len(found) == 4
    for scores in found:
        assert scores.metric_set == DEFAULT_METRIC_SET.name
        truth = TRUTHS[scores.left_out.consensus.case.name]
        expected = {
            (score.region, score.metric): score.value
            for score in score_case(truth, OWN, scheme, (1.0, 1.0, 1.0))
        }
        assert {(r, m): v for r, values in scores.values.items() for m, v in values.items()} == (
            pytest.approx(expected, rel=1e-12)  # surfaces are summed in the order of memory
        )
        assert scores.values["core"]["dice"] == scores.left_out.dice["core"]


def test_changed_set_owes_them_again_and_a_changed_title_nothing() -> None:
    phase = annotated_phase()
    run_due_jobs()
    organizer = phase.challenge.created_by
    update_phase(actor=organizer, phase_id=phase.pk, fields={"title": "Another"})
    assert {job.name for job in run_due_jobs()} & {"evaluations.score_raters_task"} == set()
    update_phase(actor=organizer, phase_id=phase.pk, fields={"lesion_rules": "brats2024"})
    run_due_jobs()
    phase.refresh_from_db()
    assert RaterScores.objects.filter(metric_set=phase.metric_set).count() == 4
    assert RaterScores.objects.count() == 8


def test_new_reference_scores_only_the_raters_of_what_is_new() -> None:
    phase = annotated_phase()
    run_due_jobs()
    kept = set(RaterScores.objects.values_list("pk", flat=True))
    case = phase.dataset_version.cases.get(name="A")
    newer = make_consensus(case, TRUTHS["B"])
    make_left_out(newer, make_rater(phase.challenge), others=TRUTHS["B"], own=OWN)
    refresh_phase_reference(phase_id=phase.pk)
    run_due_jobs()
    added = set(RaterScores.objects.values_list("pk", flat=True)) - kept
    assert len(added) == 1


def test_board_is_ranked_again_after_the_last_rater_and_not_before() -> None:
    phase = annotated_phase()
    rater_scoring.owe_rater_scores(phase_id=phase.pk)
    Job.objects.exclude(name="evaluations.score_raters_task").delete()
    first, second = Job.objects.values_list("subject_id", flat=True)
    rater_scoring.score_raters(consensus_id=first)
    assert rankings() == 0
    rater_scoring.score_raters(consensus_id=second)
    assert rankings() == 1


def test_raters_scored_again_are_written_once_and_the_telling_is_made_up_for() -> None:
    phase = annotated_phase()
    rater_scoring.owe_rater_scores(phase_id=phase.pk)
    run_all("evaluations.score_raters_task")
    before = set(RaterScores.objects.values_list("pk", flat=True))
    Job.objects.all().delete()  # as if the worker had been killed after its rows, before it told
    consensus = phase.dataset_version.cases.get(name="A").consensus_versions.get()
    rater_scoring.score_raters(consensus_id=consensus.pk)
    assert set(RaterScores.objects.values_list("pk", flat=True)) == before
    assert rankings() == 1


@pytest.mark.django_db(transaction=True)
def test_raters_scored_by_two_workers_at_once_are_written_once() -> None:
    phase = annotated_phase()
    ids = [
        version.pk for case in phase.dataset_version.cases.all() for version in case.consensus_versions.all()
    ] * 2
    Job.objects.all().delete()
    at_once(lambda pk: rater_scoring.score_raters(consensus_id=pk), ids)
    assert RaterScores.objects.count() == 4
    assert rankings() == 1


def test_phase_of_imported_references_owes_no_raters() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    set_reference(phase, TRUTHS)
    assert {job.name for job in run_due_jobs()} & {"evaluations.score_raters_task"} == set()


def test_a_rater_is_scored_as_drawn_whether_sure_or_not() -> None:
    phase = PhaseFactory(truths={"A": TRUTHS["A"]})
    doubted = OWN.copy()
    doubted[:16] |= UNSURE
    consensus = make_consensus(phase.dataset_version.cases.get(), TRUTHS["A"])
    for own in (OWN, doubted):
        make_left_out(consensus, make_rater(phase.challenge), others=TRUTHS["A"], own=own)
    refresh_phase_reference(phase_id=phase.pk)
    run_due_jobs()
    sure, unsure = RaterScores.objects.order_by("left_out__rater_id")
    assert sure.values == unsure.values
