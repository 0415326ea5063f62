"""The operator's view of submissions; they change only through their services."""

from django.contrib import admin
from django.http import HttpRequest

from backend.submissions.models import Submission


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):
    list_display = ("method_name", "phase", "participant", "status", "reason_code", "created_at")
    list_filter = ("status",)
    search_fields = ("method_name", "participant__username", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False
