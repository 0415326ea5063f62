from django.contrib import admin

from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.datasets.admin import ReadOnlyAdmin


@admin.register(Adjudication)
class AdjudicationAdmin(ReadOnlyAdmin):
    list_display = ["case", "base", "status", "head", "opened_by", "signed_by"]
    list_select_related = ["case", "base__case", "opened_by", "signed_by"]
    list_filter = ["status"]


@admin.register(AdjudicationEdit)
class AdjudicationEditAdmin(ReadOnlyAdmin):
    exclude = ["runs"]
    list_display = ["adjudication", "number", "tool", "source", "region", "author", "created_at"]
    list_select_related = ["adjudication__case", "author"]
