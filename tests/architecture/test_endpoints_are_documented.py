"""The architecture page names every address of the API."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARAMETER = re.compile(r"\{\w+\}")


def test_every_endpoint_stands_in_the_table() -> None:
    page = PARAMETER.sub("{}", (ROOT / "docs" / "architecture.md").read_text())
    schema = json.loads((ROOT / "schema" / "openapi.json").read_text())
    paths = [PARAMETER.sub("{}", path.removeprefix("/api/v1")) for path in schema["paths"]]
    assert paths
    assert [path for path in paths if f"`{path}" not in page and f"{path}`" not in page] == []
