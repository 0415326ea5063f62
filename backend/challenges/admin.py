from django.contrib import admin

from backend.challenges.models import Challenge, Membership


class MembershipInline(admin.TabularInline[Membership, Challenge]):
    model = Membership
    extra = 0
    raw_id_fields = ["user"]


@admin.register(Challenge)
class ChallengeAdmin(admin.ModelAdmin[Challenge]):
    list_display = ["title", "slug", "visibility", "is_synthetic", "created_by"]
    list_filter = ["visibility", "is_synthetic"]
    search_fields = ["title", "slug"]
    inlines = [MembershipInline]
