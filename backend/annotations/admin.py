from django.contrib import admin

from backend.annotations.models import Annotation, Assignment, Revision
from backend.datasets.admin import ReadOnlyAdmin


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["case", "rater", "due_at", "created_at"]
    list_select_related = ["case", "rater"]


@admin.register(Annotation)
class AnnotationAdmin(ReadOnlyAdmin):
    list_display = ["assignment", "status", "head", "submitted_at"]
    list_select_related = ["assignment__case", "assignment__rater"]
    list_filter = ["status"]


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    exclude = ["runs"]
    list_display = ["annotation", "number", "kind", "tool", "author", "created_at"]
    list_select_related = ["annotation__assignment__case", "annotation__assignment__rater", "author"]
