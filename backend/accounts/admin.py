from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin

from backend.accounts.models import ApiToken, User


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    list_display = ["username", "email", "display_name", "is_active", "is_staff", "last_login"]
    fieldsets = [*(BaseUserAdmin.fieldsets or ()), ("Profile", {"fields": ["display_name", "affiliation"]})]


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    list_display = ["name", "hint", "user", "created_at", "expires_at", "last_used_at"]
    search_fields = ["name", "user__username"]
    exclude = ["digest"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
