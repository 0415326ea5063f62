"""Every address: the API under /api/v1/, login under /_allauth/, all else is the frontend's one page."""

from django.contrib import admin
from django.urls import include, path, re_path

from backend.common.spa import single_page

API = (
    "accounts",
    "uploads",
    "challenges",
    "datasets",
    "annotations",
    "consensus",
    "adjudication",
    "phases",
    "algorithms",
    "submissions",
    "evaluations",
    "leaderboards",
    "live",
)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("_allauth/", include("allauth.headless.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include([path("", include(f"backend.{app}.urls")) for app in API])),
    path("", include("backend.common.urls")),
    re_path(r"^(?!api/|_allauth/|ws/|static/|assets/|admin/|accounts/|healthz)(?P<path>.*)$", single_page),
]
