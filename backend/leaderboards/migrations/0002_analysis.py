from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DICE = "dice"
OLD_SET = "1"  # Dice only


def name_the_metric(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Boards said Dice without a name; now they say every metric by its name, and how they rank."""
    Snapshot = apps.get_model("leaderboards", "Snapshot")
    for snapshot in Snapshot.objects.iterator(chunk_size=200):
        snapshot.board = _converted(snapshot.board)
        snapshot.save(update_fields=["board"])


def rank_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Owe each phase with a board the next one, which has what an analysis needs."""
    Job = apps.get_model("common", "Job")
    phases = apps.get_model("leaderboards", "Snapshot").objects.order_by().values_list("phase_id", flat=True)
    Job.objects.bulk_create(
        [
            Job(name="leaderboards.rank_phase_task", subject_id=phase_id, queue="io", priority=4)
            for phase_id in phases.distinct()
        ],
        ignore_conflicts=True,
    )


def _converted(board: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"value": row["overall"]}
        | row
        | _by_metric(row)
        | {
            "not_defined": {DICE: row["not_defined"]},
            "metric_set": OLD_SET,
            "older_metric_set": False,
        }
        for row in board["rows"]
    ]
    ranking = {
        "method": "aggregate_then_rank",
        "statistic": "mean",
        "ties": board["ties"],
        "metrics": [DICE],
        "regions": "mean",
        "columns": [{"metric": DICE, "region": None, "higher_is_better": True, "worst": 0.0}],
        "value_kind": "score",
    }
    kept = {key: board[key] for key in ("phase", "reference", "regions", "metric")}
    return kept | {
        "ranking": ranking,
        "metrics": [DICE],
        "rows": rows,
        "human_rows": [
            row | _by_metric(row) | {"among": len(board["rows"]) + 1} for row in board["human_rows"]
        ],
    }


def _by_metric(row: dict[str, Any]) -> dict[str, Any]:
    return {"means": {DICE: row["means"]}, "overall": {DICE: row["overall"]}}


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0001_initial"),
        ("evaluations", "0004_delete_score"),
        ("leaderboards", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="analysis",
            field=models.JSONField(
                null=True, help_text="As `analysis.analyse` makes it; null until it is done"
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="analysis_failure",
            field=models.CharField(blank=True, default="", help_text="Reason code", max_length=60),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="board",
            field=models.JSONField(help_text="As `compute.compute_board` makes it"),
        ),
        migrations.RunPython(name_the_metric),
        migrations.RunPython(rank_again),
    ]
