from django.contrib import admin

from backend.uploads.models import Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin[Upload]):
    list_display = ["filename", "owner", "purpose", "offset_bytes", "length_bytes", "expires_at", "taken_at"]
    list_filter = ["purpose"]
    search_fields = ["filename", "owner__username"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
