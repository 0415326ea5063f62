from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0003_gather_scores")]

    operations = [
        migrations.RemoveField("evaluation", "overall_dice"),
        migrations.DeleteModel("Score"),
    ]
