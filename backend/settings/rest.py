"""The REST API: deny by default, tokens or sessions, problems as JSON, and its schema."""

from typing import Any

from backend.settings import environment as env

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_PERMISSION_CLASSES": ["backend.common.api.DenyByDefault"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First: its challenge (WWW-Authenticate) makes the answer to a stranger 401, not 403.
        "backend.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "backend.common.api.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "backend.common.problems.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.ScopedRateThrottle",  # of views that name a scope
    ]
    if env.RATE_LIMITS
    else [],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "300/min",
        "user": "3000/min",
        "charts": "30/min",
        "what_if": "30/min",
    },
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Consilium",
    "DESCRIPTION": "Collaborative labelling and benchmarking of brain MR segmentation.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SORT_OPERATIONS": True,
    # Fields of one name with different choices: each enum is named by what it is about.
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "backend.challenges.models.Role",
        "AdjudicationStatusEnum": "backend.adjudication.models.Adjudication.Status",
        "AnnotationStatusEnum": "backend.annotations.models.Annotation.Status",
        "EvaluationStatusEnum": ["scoring", "scored", "failed"],
        "ImportStatusEnum": "backend.datasets.models.DatasetImport.Status",
        "RevisionKindEnum": "backend.annotations.models.Revision.Kind",
        "SubmissionStatusEnum": "backend.submissions.models.Submission.Status",
        "WorkStatusEnum": "backend.algorithms.models.WorkStatus",
        "ModelVersionStatusEnum": "backend.algorithms.models.AlgorithmVersion.Status",
        "RunCaseStatusEnum": "backend.algorithms.models.RunCase.Status",
        "AlgorithmKindEnum": "backend.algorithms.models.Algorithm.Kind",
        "ModelKindEnum": "backend.algorithms.models.AlgorithmVersion.Kind",
        "PurposeEnum": "backend.uploads.models.Upload.Purpose",
        "RunPurposeEnum": "backend.algorithms.models.Run.Purpose",
        "EntryKindEnum": ["submission", "baseline"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.live.schema.add_live_frames",
    ],
}
