"""The operator's guide names every environment variable that the code reads."""

import re

from deploy.local.paths import ROOT

READS = re.compile(
    r"""(?:env\.(?:text|flag|number|names|folder|required)|environ\.get|\bflag|\bfolder)\(\s*"([A-Z0-9_]+)\""""
)


def test_operator_guide_names_every_variable_and_no_other() -> None:
    sources = [*(ROOT / "backend" / "settings").glob("*.py"), *(ROOT / "deploy" / "local").glob("*.py")]
    read = {name for path in sources for name in READS.findall(path.read_text())} - {"YES"}
    assert len(read) > 30
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    table = guide.partition("## Environment variables")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", table))
    assert read - named == set()
    assert named - read - {"CONSILIUM_VAR", "DJANGO_SETTINGS_MODULE"} == set()
