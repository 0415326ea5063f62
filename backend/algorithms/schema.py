"""How the OpenAPI document describes the workers' tokens. Imported by `apps`, which registers it."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class WorkerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "backend.algorithms.authentication.WorkerAuthentication"
    name = "workerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "One of WORKER_TOKENS"}
