"""The Celery application: queues `cpu` and `io`; every setting comes from Django's, prefixed CELERY_.

`backend.common.apps` imports it, so that whoever loads the Django apps sends its messages through it.
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings.embedded")

app = Celery("consilium")
app.set_default()  # for every thread, not only for the one that imports this
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["backend.common"], related_name="jobs")
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_django_does(**_: Any) -> None:
    """Celery would put handlers of its own in place of LOGGING."""
    logging.config.dictConfig(settings.LOGGING)
