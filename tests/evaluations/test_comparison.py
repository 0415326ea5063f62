"""A submission and the raters before the same judges."""

import numpy as np
import pytest

from backend.challenges.models import Role
from backend.common.errors import Invalid, NotFound
from backend.datasets.services import scheme_of
from backend.evaluations.comparison import Comparison, compare_with_raters
from backend.evaluations.models import RaterScores
from backend.numerics.comparison import FEWEST_CASES, Verdict
from backend.numerics.metrics import dice_by_region
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions.models import Submission
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db


def moved(truth: np.ndarray, by: int) -> np.ndarray:
    return np.roll(truth, by, axis=0)


def build(cases: int, *, rater_shifts: tuple[int, ...]) -> tuple[Phase, dict[str, np.ndarray]]:
    """Each rater drew the truth moved by their shift; the fusion of the others is always the truth."""
    truths = {f"Case-{i}": tumour((14 + i % 3, 16, 15 + i % 2)) for i in range(cases)}
    phase = PhaseFactory(truths=truths)
    raters = [make_rater(phase.challenge, alias=f"Reader {chr(65 + i)}") for i in range(len(rater_shifts))]
    for case in phase.dataset_version.cases.all():
        consensus = make_consensus(case, truths[case.name])
        for rater, shift in zip(raters, rater_shifts, strict=True):
            truth = truths[case.name]
            make_left_out(consensus, rater, others=truth, own=moved(truth, shift))
    refresh_phase_reference(phase_id=phase.pk)
    return phase, truths


def compare(phase: Phase, truths: dict[str, np.ndarray], *, shift: int, metric: str = "dice") -> Comparison:
    submission = submit(phase, {name: moved(truth, shift) for name, truth in truths.items()})
    run_due_jobs()
    return compare_with_raters(submission_id=submission.pk, viewer=submission.participant, metric=metric)


def test_both_means_are_against_the_same_left_out_references() -> None:
    phase, truths = build(FEWEST_CASES, rater_shifts=(2,))
    found = compare(phase, truths, shift=1)
    assert [region.region for region in found.regions] == ["complete", "core", "enhancing", "overall"]
    scheme = scheme_of(phase.dataset_version.dataset.scheme)
    ours = np.mean([dice_by_region(t, moved(t, 1), scheme)["complete"] for t in truths.values()])
    theirs = np.mean([dice_by_region(t, moved(t, 2), scheme)["complete"] for t in truths.values()])
    (rater,) = found.regions[0].raters
    assert rater.rater == "Reader A"
    assert (rater.submission_mean, rater.rater_mean) == pytest.approx((ours, theirs), abs=1e-12)
    assert rater.difference.mean == pytest.approx(ours - theirs, abs=1e-12)
    assert rater.difference.cases == FEWEST_CASES


@pytest.mark.parametrize(("shift", "verdict"), [(0, Verdict.ABOVE), (2, Verdict.WITHIN), (6, Verdict.BELOW)])
def test_verdict_against_all_raters(shift: int, verdict: Verdict) -> None:
    phase, truths = build(FEWEST_CASES, rater_shifts=(1, 3))
    found = compare(phase, truths, shift=shift)
    assert {region.verdict for region in found.regions} == {verdict}


@pytest.mark.parametrize(("shift", "verdict"), [(0, Verdict.ABOVE), (6, Verdict.BELOW)])
def test_shorter_distance_is_the_better_one(shift: int, verdict: Verdict) -> None:
    phase, truths = build(FEWEST_CASES, rater_shifts=(1, 3))
    found = compare(phase, truths, shift=shift, metric="hd95_pooled")
    assert (found.metric, found.higher_is_better) == ("hd95_pooled", False)
    for region in found.regions:
        assert region.verdict is verdict
        for rater in region.raters:
            assert rater.difference.mean == pytest.approx(rater.rater_mean - rater.submission_mean, abs=1e-12)


@pytest.mark.parametrize("metric", ["volume_ml", "nsd_3mm", "nothing"])
def test_metric_without_a_direction_or_that_is_not_computed_is_refused(metric: str) -> None:
    phase, truths = build(2, rater_shifts=(1,))
    with pytest.raises(Invalid, match="choose one of dice, sensitivity"):
        compare(phase, truths, shift=0, metric=metric)


def test_raters_that_are_still_to_be_scored_are_said_to_be_missing() -> None:
    phase, truths = build(2, rater_shifts=(1,))
    found = compare(phase, truths, shift=0)
    assert found.raters_complete
    RaterScores.objects.all().delete()  # as before their job has run
    later = compare_with_raters(submission_id=found.submission_id, viewer=phase.challenge.created_by)
    assert not later.raters_complete
    assert all(region.raters == () and region.verdict is None for region in later.regions)


def test_too_few_cases_give_no_verdict() -> None:
    phase, truths = build(FEWEST_CASES - 1, rater_shifts=(1,))
    found = compare(phase, truths, shift=4)
    assert {region.verdict for region in found.regions} == {None}
    assert found.regions[0].raters[0].difference.verdict is Verdict.TOO_FEW_CASES


def test_without_raters_there_is_nothing_to_compare() -> None:
    phase, truths = build(2, rater_shifts=())
    found = compare(phase, truths, shift=0)
    assert all(region.raters == () and region.verdict is None for region in found.regions)


def test_scores_that_are_not_to_be_seen_are_not_compared() -> None:
    phase, truths = build(2, rater_shifts=(1,))
    submission = submit(phase, truths)
    run_due_jobs()
    with pytest.raises(NotFound):
        compare_with_raters(submission_id=submission.pk, viewer=member(phase.challenge, Role.PARTICIPANT))
    phase.score_visibility = Phase.ScoreVisibility.HIDDEN
    phase.save()
    submission = Submission.objects.get()
    with pytest.raises(NotFound):
        compare_with_raters(submission_id=submission.pk, viewer=submission.participant)
    assert compare_with_raters(submission_id=submission.pk, viewer=phase.challenge.created_by).regions
