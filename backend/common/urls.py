from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from backend.common.health import HealthView

urlpatterns = [
    path("healthz", HealthView.as_view(), name="healthz"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
]
