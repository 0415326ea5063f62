"""Scores as CSV, safe to open in a spreadsheet."""

import io
from collections.abc import Iterable

from defusedcsv import csv

from backend.evaluations.models import Evaluation, Score
from backend.evaluations.rater_names import name_of

COLUMNS = ("submission", "case", "region", "metric", "value", "left_out")


def scores_csv(evaluation: Evaluation, scores: Iterable[Score], names: dict[int, str]) -> str:
    """The long table with a header; `value` is empty where n/a, `left_out` against the whole consensus."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for score in scores:
        writer.writerow(
            (
                str(evaluation.submission_id),
                score.case_evaluation.prediction.case.name,
                score.region,
                score.metric,
                "" if score.value is None else repr(score.value),
                "" if score.left_out is None else name_of(score.left_out.rater_id, names),
            )
        )
    return out.getvalue()
