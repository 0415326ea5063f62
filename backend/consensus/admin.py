from django.contrib import admin

from backend.consensus.models import ConsensusVersion, FusionRefusal
from backend.datasets.admin import ReadOnlyAdmin


@admin.register(ConsensusVersion)
class ConsensusVersionAdmin(ReadOnlyAdmin):
    list_display = ["case", "number", "method", "created_at"]
    list_select_related = ["case"]
    list_filter = ["method"]


@admin.register(FusionRefusal)
class FusionRefusalAdmin(ReadOnlyAdmin):
    list_display = ["case", "reason_code", "created_at"]
    list_select_related = ["case"]
