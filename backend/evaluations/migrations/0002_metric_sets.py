import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


def identity() -> list[tuple[str, models.Field]]:
    return [
        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
    ]


VALUES = "{region: {metric: value}}, null where the metric is n/a"
SET_NAME = models.CharField(help_text="Name of the metric set", max_length=80)


class Migration(migrations.Migration):
    """One row per case and judge beside the rows per score, and room for every metric."""

    dependencies = [
        ("consensus", "0001_initial"),
        ("phases", "0002_metrics_and_ranking"),
        ("evaluations", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="caseevaluation", name="case_evaluated_once"),
        migrations.RemoveConstraint(model_name="evaluation", name="evaluated_once_per_reference"),
        migrations.RenameField("caseevaluation", "metric_version", "metric_set"),
        migrations.RenameField("evaluation", "metric_version", "metric_set"),
        migrations.AlterField("caseevaluation", "metric_set", SET_NAME),
        migrations.AlterField("evaluation", "metric_set", SET_NAME),
        migrations.AddConstraint(
            model_name="caseevaluation",
            constraint=models.UniqueConstraint(
                fields=("prediction", "consensus", "metric_set"), name="case_evaluated_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                fields=("submission", "reference", "metric_set"), name="evaluated_once_per_reference"
            ),
        ),
        migrations.RenameField("evaluation", "overall", "overall_dice"),
        migrations.AddField(
            "evaluation",
            "overall",
            models.JSONField(default=dict, help_text="{metric: mean over the regions of their means}"),
        ),
        migrations.AlterField(
            "evaluation",
            "means",
            models.JSONField(
                default=dict, help_text="{metric: {region: mean, null where no case defines it}}"
            ),
        ),
        migrations.AlterField(
            "evaluation",
            "not_defined",
            models.JSONField(default=dict, help_text="{metric: {region: cases where it is n/a}}"),
        ),
        # its own rows come as `scores` too: the old ones give up the name
        migrations.AlterField(
            "score",
            "case_evaluation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="evaluations.caseevaluation",
            ),
        ),
        migrations.CreateModel(
            name="CaseScores",
            fields=[
                *identity(),
                ("values", models.JSONField(help_text=VALUES)),
                (
                    "case_evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="evaluations.caseevaluation",
                    ),
                ),
                (
                    "left_out",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consensus.leaveoneout",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case_evaluation", "left_out"), name="judged_once", nulls_distinct=False
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RaterScores",
            fields=[
                *identity(),
                ("metric_set", models.CharField(help_text="Name of the metric set", max_length=80)),
                ("values", models.JSONField(help_text=VALUES)),
                (
                    "left_out",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="consensus.leaveoneout",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("left_out", "metric_set"), name="rater_scored_once_per_set"
                    )
                ]
            },
        ),
    ]
