"""What is generated is committed, and still what the code says."""

import json

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from deploy.local.paths import ROOT


def test_committed_openapi_schema_is_the_code_s() -> None:
    generated = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(generated)
    committed = json.loads((ROOT / "schema" / "openapi.json").read_text())
    assert json.loads(json.dumps(generated, default=str)) == committed, "run `make schema`"


@pytest.mark.django_db
def test_models_ask_for_no_new_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
