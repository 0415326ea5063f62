"""The label schemes of the public challenges, as `backend.numerics.labels.SCHEMES` has them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from backend.numerics.labels import SCHEMES


def add_schemes(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    LabelScheme = apps.get_model("datasets", "LabelScheme")
    for scheme in SCHEMES.values():
        values = scheme.to_json()
        LabelScheme.objects.update_or_create(slug=values.pop("slug"), defaults=values)


class Migration(migrations.Migration):
    dependencies = [("datasets", "0001_initial")]
    operations = [migrations.RunPython(add_schemes, migrations.RunPython.noop)]
