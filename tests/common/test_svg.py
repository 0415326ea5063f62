"""The web process starts without matplotlib: only who draws waits for it."""

import os
import subprocess
import sys


def test_web_process_starts_without_matplotlib() -> None:
    program = "import sys, django; django.setup(); import backend.urls; sys.exit('matplotlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backend.settings.test"},
        check=False,
    )
    assert done.returncode == 0
