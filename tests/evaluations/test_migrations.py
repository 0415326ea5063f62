"""Scores from before metric sets: kept, one row per case and judge, under the set "1"."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from deploy.local.paths import ROOT

pytestmark = pytest.mark.slow

NOW = "2026-01-01T00:00:00Z"


class Database:
    """An empty database of its own beside the tests', taken to any state of the migrations."""

    def __init__(self, address: str) -> None:
        self.address = address

    def migrate(self, *target: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", *target, "--verbosity=0"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": self.address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def insert(self, table: str, **columns: object) -> None:
        """Without looking whether what it refers to is there: only the scores matter here."""
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with psycopg.connect(self.address) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(columns.values()))

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.address) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def database(db: None) -> Iterator[Database]:
    name = f"migrations_{uuid.uuid4().hex[:8]}"
    own = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(own), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Database(urlunsplit(own._replace(path=f"/{name}")))
        connection.execute(f"DROP DATABASE {name}")


def test_dice_of_before_is_kept_under_set_one(database: Database) -> None:
    database.migrate("evaluations", "0001_initial")
    case, left_out, evaluation = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    new = {"created_at": NOW}
    database.insert(
        "consensus_leaveoneout",
        **new,
        id=left_out,
        consensus_id=uuid.uuid4(),
        rater_id=1,
        annotation_id=uuid.uuid4(),
        revision=1,
        labelmap_digest="",
        dice=json.dumps({"core": 0.25, "complete": 0.5}),
    )
    database.insert(
        "evaluations_caseevaluation",
        **new,
        id=case,
        prediction_id=uuid.uuid4(),
        consensus_id=uuid.uuid4(),
        metric_version="1",
        status="scored",
        reason_code="",
        reason="",
    )
    for judge, region, value in (
        (None, "core", 0.75),
        (None, "complete", None),
        (left_out, "core", 0.625),
        (left_out, "complete", 1.0),
    ):
        database.insert(
            "evaluations_score",
            **new,
            id=uuid.uuid4(),
            case_evaluation_id=case,
            left_out_id=judge,
            region=region,
            metric="dice",
            value=value,
        )
    database.insert(
        "evaluations_evaluation",
        **new,
        id=evaluation,
        submission_id=uuid.uuid4(),
        reference_id=uuid.uuid4(),
        metric_version="1",
        status="scored",
        reason_code="",
        reason="",
        means=json.dumps({"core": 0.75, "complete": None}),
        not_defined=json.dumps({"core": 0, "complete": 1}),
        overall=0.75,
        case_count=1,
    )

    database.migrate("evaluations")

    scores = dict(database.rows("SELECT left_out_id, values FROM evaluations_casescores"))
    assert scores == {
        None: {"core": {"dice": 0.75}, "complete": {"dice": None}},
        left_out: {"core": {"dice": 0.625}, "complete": {"dice": 1.0}},
    }
    assert database.rows("SELECT left_out_id, metric_set, values FROM evaluations_raterscores") == [
        (left_out, "1", {"core": {"dice": 0.25}, "complete": {"dice": 0.5}})
    ]
    assert database.rows(
        "SELECT metric_set, means, not_defined, overall, case_count FROM evaluations_evaluation"
    ) == [
        (
            "1",
            {"dice": {"core": 0.75, "complete": None}},
            {"dice": {"core": 0, "complete": 1}},
            {"dice": 0.75},
            1,
        )
    ]
    assert database.rows("SELECT metric_set FROM evaluations_caseevaluation") == [("1",)]
