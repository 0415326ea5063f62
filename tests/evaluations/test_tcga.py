"""Real predictions against the published fusion: every Dice as two independent tools computed it."""

import pytest

from backend.evaluations.models import CaseScores
from backend.leaderboards.compute import compute_board
from backend.numerics.volumes import read_labelmap
from backend.submissions.models import Submission
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import hand_in, set_reference
from tests.jobs import run_due_jobs
from tests.shared_data import (
    TCGA_ALGORITHMS,
    TCGA_CASES,
    expected_tcga_dice,
    needs_shared_data,
    tcga_fusion,
    tcga_submission_zip,
)


@needs_shared_data
@pytest.mark.django_db
@pytest.mark.shared_data
def test_dice_of_five_algorithms_is_the_expected_one() -> None:
    volumes = {case: read_labelmap(tcga_fusion(case), name="mav.nii.gz") for case in TCGA_CASES}
    truths = {case: volume.array for case, volume in volumes.items()}
    phase = PhaseFactory(truths=truths)
    for case in phase.dataset_version.cases.all():
        case.grid = volumes[case.name].grid.to_json()
        case.save()
    set_reference(phase, truths)
    for algorithm in TCGA_ALGORITHMS:
        hand_in(phase, tcga_submission_zip(algorithm), method=algorithm)
    run_due_jobs()
    assert set(Submission.objects.values_list("status", flat=True)) == {"scored"}
    found = {
        (method, case, region): of_region["dice"]
        for method, case, values in CaseScores.objects.filter(left_out__isnull=True).values_list(
            "case_evaluation__prediction__submission__method_name",
            "case_evaluation__prediction__case__name",
            "values",
        )
        for region, of_region in values.items()
    }
    expected = expected_tcga_dice()
    assert len(expected) == 30
    assert found == pytest.approx(expected, abs=1e-12, rel=0)
    means = {
        algorithm: sum(value for (method, _, _), value in expected.items() if method == algorithm) / 6
        for algorithm in TCGA_ALGORITHMS
    }
    rows = compute_board(phase)["rows"]
    assert [row["method_name"] for row in rows] == sorted(means, key=means.__getitem__, reverse=True)
    assert [row["overall"]["dice"] for row in rows] == pytest.approx(
        sorted(means.values(), reverse=True), abs=1e-12
    )
