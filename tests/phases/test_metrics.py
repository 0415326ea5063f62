"""What a phase may be scored and ranked by."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.common.errors import Invalid
from backend.common.models import Job
from backend.numerics.catalogue import DEFAULT_METRIC_SET, METRIC_NAMES, VERSION
from backend.phases.metrics import metric_set_of
from backend.phases.models import Phase
from backend.phases.services import update_phase
from tests.factories.phases import PhaseFactory

pytestmark = pytest.mark.django_db


def update(phase: Phase, **fields: Any) -> Phase:
    return update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields=fields)


def test_new_phase_asks_for_the_default_set_and_ranks_by_mean_dice() -> None:
    phase = PhaseFactory()
    assert phase.metric_set == DEFAULT_METRIC_SET.name
    assert phase.ranking_metrics == ["dice"]
    assert (phase.ranking_regions, phase.ranking_method) == ("mean", "aggregate_then_rank")


def test_rules_and_tolerances_make_the_metric_set_and_the_ranking_does_not() -> None:
    phase = update(PhaseFactory(), lesion_rules="brats2024", nsd_tolerances_mm=[2.5, 1])
    assert phase.metric_set == f"{VERSION} brats2024 nsd 1 2.5"
    assert phase.nsd_tolerances_mm == [1, 2.5]
    assert {"nsd_1mm", "nsd_2.5mm"} < set(metric_set_of(phase).metrics)
    ranked = update(phase, ranking_metrics=["nsd_2.5mm", "lesionwise_hd95"], ranking_method="test_based")
    assert ranked.metric_set == phase.metric_set


def test_change_of_the_ranking_ranks_again_and_scores_nothing() -> None:
    update(PhaseFactory(), ranking_metrics=["hd95_pooled", "dice"], ranking_regions="each")
    queued = set(Job.objects.values_list("name", flat=True))
    assert "leaderboards.rank_phase_task" in queued
    assert not {"evaluations.evaluate_phase_task", "evaluations.score_case_task"} & queued


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ranking_metrics": []}, "at least one metric"),
        ({"ranking_metrics": ["dise"]}, "No metric is called 'dise'"),
        ({"ranking_metrics": ["dice", "volume_ml"]}, "volume_ml) cannot rank"),
        ({"ranking_metrics": ["lesion_fp"]}, "cannot rank"),
        ({"ranking_metrics": ["dice", "dice"]}, "names dice twice"),
        ({"ranking_metrics": ["nsd_2mm"]}, "computed at 1 mm"),
        ({"ranking_metrics": ["nsd_1mm"], "nsd_tolerances_mm": [2]}, "computed at 2 mm"),
        ({"nsd_tolerances_mm": []}, "one to 4 different tolerances"),
        ({"nsd_tolerances_mm": [1, 2, 3, 4, 5]}, "one to 4 different tolerances"),
        ({"nsd_tolerances_mm": [1, 1]}, "one to 4 different tolerances"),
        ({"nsd_tolerances_mm": [0.05]}, "0.05 mm is outside 0.1 to 50 mm"),
        ({"nsd_tolerances_mm": [51]}, "51 mm is outside"),
        ({"nsd_tolerances_mm": [float("nan")]}, "outside"),
        ({"nsd_tolerances_mm": [1.00005]}, "finer than 0.001 mm"),
        ({"lesion_rules": "brats1999"}, "No lesion rules are called 'brats1999'"),
    ],
)
def test_what_cannot_be_scored_or_ranked_is_refused_with_a_remedy(
    fields: dict[str, Any], sentence: str
) -> None:
    phase = PhaseFactory()
    with pytest.raises(Invalid, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        update(phase, **fields)
    phase.refresh_from_db()
    assert phase.metric_set == DEFAULT_METRIC_SET.name
    assert phase.ranking_metrics == ["dice"]


def test_organizer_sets_metrics_and_ranking_over_http() -> None:
    phase = PhaseFactory()
    client = APIClient()
    client.force_login(phase.challenge.created_by)
    wanted = {
        "lesion_rules": "brats2023_met",
        "nsd_tolerances_mm": [1, 2],
        "ranking_metrics": ["lesionwise_dice", "nsd_2mm"],
        "ranking_regions": "each",
        "ranking_method": "rank_then_aggregate",
        "ranking_statistic": "median",
        "ties": "average",
    }
    answer = client.patch(f"/api/v1/phases/{phase.pk}/", wanted, format="json")
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert {key: body[key] for key in wanted} == wanted
    assert body["metric_set"] == f"{VERSION} brats2023_met nsd 1 2"
    for wrong, status in (
        ({"ranking_metrics": ["x"]}, 422),
        ({"ranking_method": "dice"}, 400),
        ({"nsd_tolerances_mm": ["a"]}, 400),
    ):
        assert client.patch(f"/api/v1/phases/{phase.pk}/", wrong, format="json").status_code == status


def test_catalogue_of_metrics_is_open_to_anyone() -> None:
    body = APIClient().get("/api/v1/metrics/").json()
    assert [metric["key"] for metric in body["metrics"]] == list(METRIC_NAMES)
    dice, volume = body["metrics"][0], body["metrics"][METRIC_NAMES.index("volume_ml")]
    assert (dice["higher_is_better"], dice["worst"], dice["unit"]) == (True, 0.0, "")
    assert (volume["higher_is_better"], volume["worst"], volume["unit"]) == (None, None, "mL")
    assert "brats2023" in [rules["key"] for rules in body["lesion_rules"]]
    assert all(rules["description"] for rules in body["lesion_rules"])
