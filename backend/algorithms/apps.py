from importlib import import_module

from django.apps import AppConfig


class AlgorithmsConfig(AppConfig):
    name = "backend.algorithms"

    def ready(self) -> None:
        import_module("backend.algorithms.schema")
