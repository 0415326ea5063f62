"""The table of threats in docs/models.md names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_threat_names_its_test() -> None:
    guide = (ROOT / "docs" / "models.md").read_text()
    table = guide[guide.index("| threat | wall |") :].partition("\n\n")[0].splitlines()[2:]
    written = {
        name
        for file in (ROOT / "tests" / "workers").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), flags=re.MULTILINE)
    }
    assert len(table) > 20
    for row in table:
        named = set(re.findall(r"`(test_\w+)`", row))
        assert named, f"no test in: {row}"
        assert named <= written, f"{sorted(named - written)} in: {row}"
