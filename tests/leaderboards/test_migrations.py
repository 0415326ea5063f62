"""Boards that were kept before metrics had names are read as every other, and ranked again."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from rest_framework.test import APIClient

from backend.common.models import Job
from backend.leaderboards.models import Snapshot
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import set_reference
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
MIGRATION = import_module("backend.leaderboards.migrations.0002_analysis")
TRUTH = {"A": tumour()}


def test_a_board_of_one_metric_becomes_a_board_of_named_metrics() -> None:
    phase = PhaseFactory(truths=TRUTH)
    reference = set_reference(phase, TRUTH)
    means = {"complete": 0.9, "core": None, "enhancing": 0.7}
    row = {
        "rank": 1.0,
        "submission_id": str(uuid.uuid4()),
        "participant": {"id": 7, "username": "ada", "name": "Ada"},
        "method_name": "Net",
        "submitted_at": "2026-01-01T00:00:00+00:00",
        "means": means,
        "not_defined": {"complete": 0, "core": 1, "enhancing": 0},
        "overall": 0.8,
        "cases": 1,
        "outdated": False,
    }
    old = {
        "phase": {"id": str(phase.pk), "slug": phase.slug, "title": phase.title},
        "reference": {"id": str(reference.pk), "number": 1},
        "regions": [{"key": "complete", "name": "Complete"}],
        "metric": "dice",
        "ties": "average",
        "rows": [row],
        "human_rows": [
            {"rater": {"alias": "R"}, "means": means, "overall": 0.8, "cases": 1, "would_rank": 1.5}
        ],
    }
    snapshot = Snapshot.objects.create(phase=phase, reference=reference, number=1, digest="0" * 64, board=old)
    Job.objects.all().delete()

    with connection.schema_editor() as editor:
        MIGRATION.name_the_metric(apps, editor)
        MIGRATION.rank_again(apps, editor)

    found = APIClient().get(f"/api/v1/snapshots/{snapshot.pk}/").json()
    (shown,) = found["rows"]
    assert (shown["rank"], shown["value"], shown["means"], shown["overall"]) == (
        1,
        0.8,
        {"dice": means},
        {"dice": 0.8},
    )
    assert (found["ranking"]["ties"], found["ranking"]["metrics"]) == ("average", ["dice"])
    assert found["human_rows"][0]["overall"] == {"dice": 0.8}
    assert found["human_rows"][0]["among"] == 2
    # until it is ranked again there is nothing to draw, and no fault
    assert APIClient().get(f"/api/v1/phases/{phase.pk}/pictures/scores.svg").status_code == 200
    (job,) = Job.objects.all()
    assert (job.name, job.subject_id) == ("leaderboards.rank_phase_task", phase.pk)
