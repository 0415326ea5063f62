from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.accounts import api

router = SimpleRouter(use_regex_path=False)
router.register("tokens", api.TokenViewSet, basename="token")

urlpatterns = [path("me/", api.MeView.as_view(), name="me"), *router.urls]
