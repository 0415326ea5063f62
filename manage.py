#!/usr/bin/env python
"""Django's command line. Without addresses in the environment it talks to the services of `make up`."""

import os
import sys

from django.core.management import execute_from_command_line

from deploy.local.services import running

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings.embedded")
    for name, value in running().items():
        os.environ.setdefault(name, value)
    execute_from_command_line(sys.argv)
