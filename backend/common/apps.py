from django.apps import AppConfig

from backend.celery import app as celery  # noqa: F401  whoever loads the apps sends messages through it


class CommonConfig(AppConfig):
    name = "backend.common"
