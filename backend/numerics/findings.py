"""What a check found: a code for programs, a severity, a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One result of a check. An `error` refuses the file; the others inform."""

    code: str
    severity: Severity
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "severity": self.severity, "sentence": self.sentence}


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
