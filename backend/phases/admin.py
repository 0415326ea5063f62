"""The operator's view of phases."""

from django.contrib import admin

from backend.phases.models import Phase, PhaseReference


@admin.register(Phase)
class PhaseAdmin(admin.ModelAdmin):
    list_display = ("title", "challenge", "dataset_version", "opens_at", "closes_at", "score_visibility")
    list_filter = ("score_visibility",)
    raw_id_fields = ("challenge", "dataset_version")


@admin.register(PhaseReference)
class PhaseReferenceAdmin(admin.ModelAdmin):
    list_display = ("phase", "number", "created_at")
    readonly_fields = ("phase", "number", "digest", "consensus_versions")
