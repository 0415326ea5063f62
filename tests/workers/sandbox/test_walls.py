"""Where the worker's own files may lie."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

import pytest

from deploy.local.paths import ROOT


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed here")
def test_an_environment_in_tmp_is_seen_behind_the_walls(tmp_path: Path) -> None:
    """The model's own /tmp takes the place of the worker's, in which a checkout may lie."""
    assert tmp_path.is_relative_to("/tmp")  # pytest's, and the point of this
    venv.create(tmp_path / "environment", with_pip=False)
    program = "from workers.sandbox.walls import missing; print(missing() or 'isolated')"
    path = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # the point of this
        venv.create(folder, with_pip=False)
        here, there = (
            subprocess.run(
                [python, "-c", program],
                capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path},
            ).stdout
            for python in (sys.executable, Path(folder, "bin", "python"))
        )  # fmt: skip

    assert here == there
