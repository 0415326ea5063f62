from itertools import groupby, islice

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OLD_SET = "1"  # Dice only
BATCH = 2000


def gather_scores(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The rows of one case and judge become one row."""
    CaseScores = apps.get_model("evaluations", "CaseScores")
    rows = (
        apps.get_model("evaluations", "Score")
        .objects.order_by("case_evaluation_id", "left_out_id", "region", "metric")
        .values_list("case_evaluation_id", "left_out_id", "region", "metric", "value")
        .iterator(chunk_size=BATCH)
    )
    gathered = (
        CaseScores(
            case_evaluation_id=case_evaluation_id,
            left_out_id=left_out_id,
            values={
                region: {metric: value for *_, metric, value in of_region}
                for region, of_region in groupby(found, key=lambda row: row[2])
            },
        )
        for (case_evaluation_id, left_out_id), found in groupby(rows, key=lambda row: row[:2])
    )
    while batch := list(islice(gathered, BATCH)):
        CaseScores.objects.bulk_create(batch)


def keep_rater_scores(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What the consensus knows of the raters' Dice, under the set that the old evaluations are of."""
    RaterScores = apps.get_model("evaluations", "RaterScores")
    known = apps.get_model("consensus", "LeaveOneOut").objects.values_list("pk", "dice")
    RaterScores.objects.bulk_create(
        (
            RaterScores(
                left_out_id=left_out_id,
                metric_set=OLD_SET,
                values={region: {"dice": value} for region, value in dice.items()},
            )
            for left_out_id, dice in known.iterator(chunk_size=BATCH)
        ),
        batch_size=BATCH,
    )


def name_the_metric(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What an evaluation came to, under the metric's name."""
    Evaluation = apps.get_model("evaluations", "Evaluation")
    for evaluation in Evaluation.objects.filter(status="scored").iterator(chunk_size=BATCH):
        evaluation.means = {"dice": evaluation.means}
        evaluation.not_defined = {"dice": evaluation.not_defined}
        evaluation.overall = {"dice": evaluation.overall_dice}
        evaluation.save(update_fields=["means", "not_defined", "overall"])


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_metric_sets")]

    operations = [
        migrations.RunPython(gather_scores),
        migrations.RunPython(keep_rater_scores),
        migrations.RunPython(name_the_metric),
    ]
