"""The route that Prometheus asks for the figures."""

import hmac
from typing import ClassVar

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.errors import ApiError
from api.observability import metrics
from api.settings import Environment, Settings


class MetricsClosed(ApiError):
    """The figures are for who has the token of METRICS_TOKEN."""

    status = 401
    title = "Metrics closed"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


def add_metrics(app: FastAPI, settings: Settings) -> None:
    """Serve the figures at /metrics: to who has the token, or in development to everyone.

    In production without a token there is no such path.
    """
    token = settings.metrics_token.get_secret_value()
    if not token and settings.environment is Environment.PRODUCTION:
        return

    # Not async: reading all workers' files takes milliseconds, for which other requests would wait.
    @app.get("/metrics", include_in_schema=False)
    def read_metrics(request: Request) -> Response:
        if token and not _has(request, token):
            raise MetricsClosed("Send the token of METRICS_TOKEN as: Authorization: Bearer …")
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def _has(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # In a time that does not tell how much of it is right.
    right = hmac.compare_digest(given.strip().encode(), token.encode())
    return right and scheme.lower() == "bearer"
