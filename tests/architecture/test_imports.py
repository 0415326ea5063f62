"""The house's contracts, checked as a test so that they fail where everybody looks."""

import subprocess
import sys
from pathlib import Path

from deploy.local.paths import ROOT

BOOT_WITHOUT_TORCH = """
import sys
from importlib.abc import MetaPathFinder

CONTRACT = {"workers", *(f"workers.{name}" for name in ("bounds", "contract", "messages", "reason"))}

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        ours = name.partition(".")[0] == "workers" and name not in CONTRACT
        if ours or name.partition(".")[0] in {"torch", "monai"}:
            raise ImportError(f"{name} must not be imported by the web process")
        return None

sys.meta_path.insert(0, Refuse())

import backend.asgi
from django.urls import get_resolver
assert len(get_resolver().url_patterns) > 1
assert "torch" not in sys.modules
print("booted")
"""


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--cache-dir", "var/cache/imports"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_web_process_boots_without_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOOT_WITHOUT_TORCH], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().endswith("booted"), done.stderr
