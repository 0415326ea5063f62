"""A phase's pictures: of the board that the person sees, and nothing beyond it."""

import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.leaderboards import pictures
from backend.leaderboards.models import Snapshot
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16)), "C": tumour((16, 14, 16))}
KINDS = ("scores", "stability", "significance")


@pytest.fixture
def phase() -> Phase:
    """A rater's row, and two scored submissions called the same."""
    made: Phase = PhaseFactory(truths=TRUTHS)
    rater = make_rater(made.challenge)
    for case in made.dataset_version.cases.all():
        consensus = make_consensus(case, TRUTHS[case.name])
        make_left_out(consensus, rater, others=TRUTHS[case.name], own=np.roll(TRUTHS[case.name], 1, axis=1))
    refresh_phase_reference(phase_id=made.pk)
    for by in (0, 3):
        submit(made, {name: np.roll(truth, by, axis=0) for name, truth in TRUTHS.items()}, method="Net <b>")
    run_due_jobs()
    return made


def picture(phase: Phase, kind: str, user: User | None = None, query: str = "") -> HttpResponse:
    client = APIClient()
    if user:
        client.force_login(user)
    return client.get(f"/api/v1/phases/{phase.pk}/pictures/{kind}.svg{query}", headers={"Accept": "image/*"})


def texts(response: HttpResponse) -> list[str]:
    assert response.status_code == 200, response.content
    root = ET.fromstring(response.content.decode())
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_come_under_a_policy_of_their_own(phase: Phase, kind: str) -> None:
    response = picture(phase, kind)
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"<b>" not in response.content
    assert response.content == picture(phase, kind).content


def test_scores_show_methods_by_participant_and_raters_by_alias(phase: Phase) -> None:
    found = texts(picture(phase, "scores"))
    for participant in Submission.objects.values_list("participant__username", flat=True):
        assert any(text.startswith(f"{participant}: Net"[:20]) for text in found)
    assert "Rater 1" in found
    assert {"Complete tumour", "Tumour core", "Enhancing tumour"} <= set(found)


def test_values_are_those_of_the_evaluations(phase: Phase) -> None:
    chart = pictures.scores_chart(phase_id=phase.pk, viewer=phase.challenge.created_by)
    first, second, rater = chart.entrants
    assert first.values[0] == (1.0, 1.0, 1.0)
    moved = Submission.objects.order_by("created_at").last().evaluations.get()  # type: ignore[union-attr]
    assert math.fsum(second.values[0]) / 3 == pytest.approx(moved.means["dice"]["complete"])  # type: ignore[arg-type]
    assert rater.is_human
    assert 0.5 < rater.values[0][0] < 1  # type: ignore[operator]


def test_another_metric_can_be_asked_for(phase: Phase) -> None:
    assert "HD95, pooled, mm" in texts(picture(phase, "scores", query="?metric=hd95_pooled"))
    refused = picture(phase, "scores", query="?metric=nothing")
    assert refused.status_code == 422
    assert "choose one of dice" in refused.json()["detail"]


def test_who_sees_own_scores_gets_a_picture_of_these(phase: Phase) -> None:
    Phase.objects.update(score_visibility="own")
    mine = Submission.objects.order_by("created_at").last()
    assert mine is not None
    chart = pictures.scores_chart(phase_id=phase.pk, viewer=mine.participant)
    assert [entrant.name for entrant in chart.entrants] == ["Net <b>"]
    assert chart.entrants[0].values[0][0] < 1  # type: ignore[operator]
    other = member(phase.challenge, Role.PARTICIPANT)
    assert "There are no scores to show yet." in texts(picture(phase, "scores", other))
    assert picture(phase, "stability", mine.participant).status_code == 403
    assert picture(phase, "significance", mine.participant).status_code == 403
    assert picture(phase, "scores", UserFactory()).status_code == 403


def test_hidden_scores_have_no_pictures(phase: Phase) -> None:
    Phase.objects.update(score_visibility="hidden")
    for kind in KINDS:
        refused = picture(phase, kind, member(phase.challenge, Role.PARTICIPANT))
        assert (refused.status_code, refused.json()["code"]) == (403, "scores_hidden")
        texts(picture(phase, kind, phase.challenge.created_by))


def test_stability_and_significance_show_the_analysis(phase: Phase) -> None:
    stability = pictures.stability_chart(phase_id=phase.pk, viewer=phase.challenge.created_by)
    assert [entrant.frequencies for entrant in stability.entrants] == [(1.0, 0.0), (0.0, 1.0)]
    assert "Places over 1,000 resamples" in " ".join(texts(picture(phase, "stability")))
    significance = pictures.significance_chart(phase_id=phase.pk, viewer=phase.challenge.created_by)
    assert significance.p_values[0][1] == 0.25  # 2 of the 8 sign flips of three cases
    assert texts(picture(phase, "significance")).count(".25") == 2


def test_pictures_before_the_first_board_say_so() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    assert "There are no scores to show yet." in texts(picture(phase, "scores"))
    assert "It takes two ranked entrants to compare." in texts(picture(phase, "stability"))


def test_while_the_analysis_is_computed_pictures_say_so(phase: Phase) -> None:
    Snapshot.objects.update(analysis=None)
    assert "The analysis is being computed: look again in a moment." in texts(picture(phase, "significance"))
