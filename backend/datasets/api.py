"""Label schemes, datasets, their versions and cases, and imports."""

from typing import cast
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.challenges.permissions import Permission
from backend.common.api import blob_response
from backend.common.errors import Invalid, NotFound
from backend.datasets import import_services, selectors, services
from backend.datasets.models import Case, Dataset, DatasetImport, DatasetVersion, LabelScheme
from backend.datasets.serializers import (
    CaseRowSerializer,
    CaseSerializer,
    ConfirmImportSerializer,
    CreateDatasetSerializer,
    CreateImportSerializer,
    DatasetSerializer,
    DatasetVersionSerializer,
    ImportSerializer,
    ImportSummarySerializer,
    LabelSchemeSerializer,
    UpdateDatasetSerializer,
)


@extend_schema(tags=["datasets"])
class LabelSchemeViewSet(GenericViewSet[LabelScheme]):
    queryset = LabelScheme.objects.none()
    serializer_class = LabelSchemeSerializer
    pagination_class = None

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.action == "list" else [IsAuthenticated()]

    @extend_schema(operation_id="label_schemes_list", responses=LabelSchemeSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response(LabelSchemeSerializer(selectors.label_schemes(), many=True).data)

    @extend_schema(operation_id="label_schemes_create", summary="Define a label scheme of one's own")
    def create(self, request: Request) -> Response:
        wanted = LabelSchemeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        scheme = services.create_label_scheme(
            slug=values["slug"],
            name=values["name"],
            labels_json=values["labels"],
            regions_json=values["regions"],
            excluded=values.get("excluded", []),
        )
        return Response(LabelSchemeSerializer(scheme).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["datasets"])
class ChallengeDatasetViewSet(GenericViewSet[Dataset]):
    permission_classes = [IsAuthenticated]
    queryset = Dataset.objects.none()
    serializer_class = DatasetSerializer

    @extend_schema(operation_id="challenge_datasets_list", responses=DatasetSerializer(many=True))
    def list(self, request: Request, slug: str) -> Response:
        challenge = selectors.get_challenge(request.user, slug, Permission.DATASET_VIEW)
        page = self.paginate_queryset(selectors.datasets_of(challenge))
        return self.get_paginated_response(DatasetSerializer(page, many=True).data)

    @extend_schema(
        operation_id="challenge_datasets_create",
        request=CreateDatasetSerializer,
        responses={201: DatasetSerializer},
    )
    def create(self, request: Request, slug: str) -> Response:
        challenge = selectors.get_challenge(request.user, slug, Permission.DATASET_EDIT)
        wanted = CreateDatasetSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        dataset = services.create_dataset(
            challenge=challenge, user=cast(User, request.user), scheme_slug=values.pop("scheme"), **values
        )
        described = selectors.get_dataset(request.user, dataset.pk)
        return Response(DatasetSerializer(described).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["datasets"])
class DatasetViewSet(GenericViewSet[Dataset]):
    permission_classes = [IsAuthenticated]
    queryset = Dataset.objects.none()
    serializer_class = DatasetSerializer

    @extend_schema(operation_id="datasets_retrieve")
    def retrieve(self, request: Request, dataset_id: UUID) -> Response:
        return Response(DatasetSerializer(selectors.get_dataset(request.user, dataset_id)).data)

    @extend_schema(
        operation_id="datasets_update",
        summary="Change a dataset; another fusion method or parameter fuses its cases anew",
        request=UpdateDatasetSerializer,
        responses=DatasetSerializer,
    )
    def partial_update(self, request: Request, dataset_id: UUID) -> Response:
        wanted = UpdateDatasetSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        changes = services.DatasetChanges(**wanted.validated_data)
        dataset = services.update_dataset(
            dataset_id=dataset_id, user=cast(User, request.user), changes=changes
        )
        return Response(DatasetSerializer(dataset).data)


@extend_schema(tags=["datasets"])
class DatasetVersionViewSet(GenericViewSet[DatasetVersion]):
    permission_classes = [IsAuthenticated]
    queryset = DatasetVersion.objects.none()
    serializer_class = DatasetVersionSerializer

    @extend_schema(operation_id="dataset_versions_list", responses=DatasetVersionSerializer(many=True))
    def list(self, request: Request, dataset_id: UUID) -> Response:
        dataset = selectors.get_dataset(request.user, dataset_id)
        page = self.paginate_queryset(selectors.versions_of(dataset))
        return self.get_paginated_response(DatasetVersionSerializer(page, many=True).data)


@extend_schema(tags=["datasets"])
class DatasetCaseViewSet(GenericViewSet[Case]):
    permission_classes = [IsAuthenticated]
    queryset = Case.objects.none()
    serializer_class = CaseRowSerializer

    @extend_schema(
        operation_id="dataset_cases_list",
        summary="Cases with files, annotation progress and consensus",
        parameters=[
            OpenApiParameter(
                "version", int, description="Number of the dataset's version; the latest unless told"
            )
        ],
        responses=CaseRowSerializer(many=True),
    )
    def list(self, request: Request, dataset_id: UUID) -> Response:
        dataset = selectors.get_dataset(request.user, dataset_id)
        version = selectors.get_version(dataset, _number(request.query_params.get("version")))
        page = self.paginate_queryset(selectors.cases_of(version))
        rows = selectors.case_rows(page or [])
        return self.get_paginated_response(CaseRowSerializer(rows, many=True).data)


@extend_schema(tags=["datasets"])
class CaseViewSet(GenericViewSet[Case]):
    """A case and its images, for those who may see them."""

    permission_classes = [IsAuthenticated]
    queryset = Case.objects.none()
    serializer_class = CaseSerializer

    @extend_schema(operation_id="cases_retrieve")
    def retrieve(self, request: Request, case_id: UUID) -> Response:
        return Response(CaseSerializer(selectors.get_visible_case(request.user, case_id)).data)

    @extend_schema(
        operation_id="cases_image",
        summary="An image as .nii.gz, without free header text",
        responses={(200, "application/gzip"): OpenApiTypes.BINARY},
    )
    def image(self, request: Request, case_id: UUID, sequence: str) -> FileResponse:
        case = selectors.get_visible_case(request.user, case_id)
        image = selectors.get_image(case, sequence)
        return blob_response(image.served_digest, filename=f"{case.name}_{sequence}.nii.gz")

    @extend_schema(
        operation_id="cases_thumbnail",
        summary="One axial slice as PNG",
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def thumbnail(self, request: Request, case_id: UUID) -> FileResponse:
        case = selectors.get_visible_case(request.user, case_id)
        digest = next((image.thumbnail_digest for image in selectors.images_of(case)), "")
        if not digest:
            raise NotFound(f"Case {case.name} has no thumbnail.")
        return blob_response(digest, filename=f"{case.name}.png", content_type="image/png")


@extend_schema(tags=["datasets"])
class DatasetImportViewSet(GenericViewSet[DatasetImport]):
    permission_classes = [IsAuthenticated]
    queryset = DatasetImport.objects.none()
    serializer_class = ImportSummarySerializer

    @extend_schema(operation_id="dataset_imports_list", responses=ImportSummarySerializer(many=True))
    def list(self, request: Request, dataset_id: UUID) -> Response:
        dataset = selectors.get_dataset(request.user, dataset_id)
        page = self.paginate_queryset(selectors.imports_of(dataset))
        return self.get_paginated_response(ImportSummarySerializer(page, many=True).data)

    @extend_schema(
        operation_id="dataset_imports_create",
        summary="Begin an import with an uploaded archive",
        request=CreateImportSerializer,
        responses={201: ImportSerializer},
    )
    def create(self, request: Request, dataset_id: UUID) -> Response:
        wanted = CreateImportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        found = import_services.receive_import(
            dataset_id=dataset_id, upload_id=wanted.validated_data["upload"], user=cast(User, request.user)
        )
        return Response(_described(request, found), status=status.HTTP_201_CREATED)


@extend_schema(tags=["datasets"])
class ImportViewSet(GenericViewSet[DatasetImport]):
    permission_classes = [IsAuthenticated]
    queryset = DatasetImport.objects.none()
    serializer_class = ImportSerializer

    @extend_schema(operation_id="imports_retrieve")
    def retrieve(self, request: Request, import_id: UUID) -> Response:
        return Response(ImportSerializer(selectors.get_import(request.user, import_id)).data)

    @extend_schema(
        operation_id="imports_confirm",
        summary="Have the storable cases stored",
        request=ConfirmImportSerializer,
        responses=ImportSerializer,
    )
    def confirm(self, request: Request, import_id: UUID) -> Response:
        wanted = ConfirmImportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = {"raters": {}} | wanted.validated_data
        found = import_services.confirm_import(import_id=import_id, user=cast(User, request.user), **values)
        return Response(_described(request, found))

    @extend_schema(operation_id="imports_discard", request=None, responses=ImportSerializer)
    def discard(self, request: Request, import_id: UUID) -> Response:
        found = import_services.discard_import(import_id=import_id, user=cast(User, request.user))
        return Response(_described(request, found))

    @extend_schema(operation_id="imports_retry", request=None, responses=ImportSerializer)
    def retry(self, request: Request, import_id: UUID) -> Response:
        found = import_services.retry_import(import_id=import_id, user=cast(User, request.user))
        return Response(_described(request, found))


def _described(request: Request, found: DatasetImport) -> object:
    return ImportSerializer(selectors.get_import(request.user, found.pk)).data


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid(f"version must be a number, not {text[:40]!r}.")
    return int(text)
