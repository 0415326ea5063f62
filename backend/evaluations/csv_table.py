"""Scores as CSV, safe to open in a spreadsheet."""

import io

from defusedcsv import csv

from backend.evaluations.models import Evaluation
from backend.evaluations.score_table import ScoreTable

COLUMNS = ("submission", "case", "region", "metric", "value", "left_out")


def scores_csv(evaluation: Evaluation, table: ScoreTable) -> str:
    """The long table with a header; `value` is empty where n/a, `left_out` against the whole consensus."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    submission = str(evaluation.submission_id)
    for row in table:
        value = "" if row.value is None else repr(row.value)
        writer.writerow((submission, row.case.name, row.region, row.metric, value, row.left_out or ""))
    return out.getvalue()
