"""The comparison of models over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.challenges import selectors as challenges
from backend.evaluations.model_comparison import compare_models
from backend.evaluations.model_serializers import ModelComparisonSerializer


class ModelComparisonView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="challenges_model_comparison",
        tags=["models"],
        summary="Scored runs of the models that I may see, over phases and over sets of sequences",
        responses=ModelComparisonSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        comparison = compare_models(challenge=challenge, viewer=request.user)
        return Response(ModelComparisonSerializer(comparison).data)
