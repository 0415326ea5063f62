from django.contrib import admin

from backend.algorithms.models import Algorithm, AlgorithmVersion, Run, Training, Worker
from backend.datasets.admin import ReadOnlyAdmin


@admin.register(Algorithm)
class AlgorithmAdmin(ReadOnlyAdmin):
    list_display = ["name", "challenge", "owner", "kind"]
    list_select_related = ["challenge", "owner"]


@admin.register(AlgorithmVersion)
class AlgorithmVersionAdmin(ReadOnlyAdmin):
    list_display = ["algorithm", "number", "kind", "status", "is_trusted", "created_at"]
    list_select_related = ["algorithm"]
    list_filter = ["status"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["version", "purpose", "status", "reason_code", "worker", "created_at"]
    list_select_related = ["version__algorithm"]
    list_filter = ["status", "purpose"]


@admin.register(Training)
class TrainingAdmin(ReadOnlyAdmin):
    list_display = ["algorithm", "status", "reason_code", "worker", "created_at"]
    list_select_related = ["algorithm"]
    list_filter = ["status"]


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["name", "queues", "sandbox", "last_seen"]
