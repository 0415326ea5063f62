from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.challenges import api

router = SimpleRouter(use_regex_path=False)
router.register("challenges", api.ChallengeViewSet, basename="challenge")
router.register("members", api.MemberViewSet, basename="member")

urlpatterns = [
    path(
        "challenges/<slug:slug>/members/",
        api.ChallengeMemberViewSet.as_view({"get": "list", "post": "create"}),
        name="challenge-member-list",
    ),
    *router.urls,
]
