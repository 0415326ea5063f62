"""The guide explains every code that a person can be told."""

from pathlib import Path

import pytest

from backend.numerics.errors import VolumeErrorCode
from backend.submissions.findings import REMEDIES
from workers.contract import Reason

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "findings.md"


@pytest.mark.parametrize("code", sorted({*REMEDIES, *VolumeErrorCode, *Reason}))
def test_guide_explains_the_code(code: str) -> None:
    assert f"`{code}`" in GUIDE.read_text()
