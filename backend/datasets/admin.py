from django.contrib import admin

from backend.datasets.models import Case, Dataset, DatasetImport, DatasetVersion, LabelScheme


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows come about through the services; here they are only looked at."""

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(LabelScheme)
class LabelSchemeAdmin(ReadOnlyAdmin):
    list_display = ["slug", "name"]


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ["name", "challenge", "scheme", "raters_required", "fusion_method"]
    list_select_related = ["challenge", "scheme"]


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ["name", "dataset", "created_at"]
    list_select_related = ["dataset"]
    search_fields = ["name"]


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ReadOnlyAdmin):
    list_display = ["dataset", "number", "note", "created_at"]
    list_select_related = ["dataset"]


@admin.register(DatasetImport)
class DatasetImportAdmin(ReadOnlyAdmin):
    list_display = ["archive_name", "dataset", "status", "reason_code", "created_at"]
    list_select_related = ["dataset"]
    list_filter = ["status"]
