"""Every error as a problem document (RFC 9457), whoever raised it."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from api.errors import (
    TYPE_PREFIX,
    ApiError,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NoSuchPath,
    UnsupportedMediaType,
)
from api.observability.ids import REQUEST_ID

JSON_MEDIA_TYPES = "application/json, application/merge-patch+json"
FORM_MEDIA_TYPES = "application/x-www-form-urlencoded, multipart/form-data"


class ProblemDocument(BaseModel):
    """A problem document (RFC 9457); some kinds have members beside these."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None


class Problem(JSONResponse):
    """A problem document (RFC 9457): `type` names the kind, `detail` tells of this occurrence."""

    media_type = "application/problem+json"


# What the framework itself refuses.
OF_THE_FRAMEWORK = {kind.status: kind for kind in (NoSuchPath, MethodNotAllowed)}


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    slug: str | None = None,
    title: str | None = None,
    headers: dict[str, str] | None = None,
    **facts: Any,  # noqa: ANN401 - any JSON value
) -> Problem:
    """Render a problem document; without a slug its type is `about:blank`, the status's own."""
    body = {
        "type": request.scope.get("root_path", "") + TYPE_PREFIX + slug if slug else "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "request_id": REQUEST_ID.get(),
        **facts,
    }
    return Problem(jsonable_encoder(body), status, headers)


def render(request: Request, error: ApiError) -> Problem:
    """Render a refusal of ours."""
    return problem(
        request,
        error.status,
        error.detail,
        slug=error.slug(),
        title=error.title,
        headers=error.all_headers,
        **error.facts,
    )


async def _api_error(request: Request, exc: ApiError) -> Problem:
    return render(request, exc)


async def _http_error(request: Request, exc: HTTPException) -> Problem:
    headers = dict(exc.headers or {})
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_of_its_path(request)))
    if exc.status_code == HTTPStatus.BAD_REQUEST:
        detail = (
            f"{exc.detail.rstrip('.')}: send JSON in UTF-8, or a form, as its Content-Type says."
        )
        return render(request, MalformedRequest(detail))
    if kind := OF_THE_FRAMEWORK.get(exc.status_code):
        return render(request, kind(exc.detail, headers=headers))
    return problem(request, exc.status_code, exc.detail, headers=headers)


def _methods_of_its_path(request: Request) -> set[str]:
    """Return the methods of all routes of a path (RFC 9110, section 15.5.6), not of one alone.

    Its path is that of the first route that fits: /items/bulk is no item whose id is "bulk".
    """
    routes = [route for route in request.app.routes if hasattr(route, "methods")]
    fits = (r.path for r in routes if r.matches(request.scope)[0] is not Match.NONE)
    path = next(fits, None)
    return {method for route in routes if route.path == path for method in route.methods or ()}


async def _invalid_request(request: Request, exc: RequestValidationError) -> Problem:
    if media_types := _media_types_instead(request, exc.body):
        header = "Accept-Patch" if request.method == "PATCH" else "Accept"
        error: ApiError = UnsupportedMediaType(
            f"This route takes a body of Content-Type {' or '.join(media_types.split(', '))}.",
            headers={header: media_types},
        )
        return render(request, error)
    errors = [
        {"location": list(error["loc"]), "message": error["msg"], "kind": error["type"]}
        for error in exc.errors()
    ]
    places = ", ".join(".".join(map(str, error["location"])) for error in errors)
    return render(
        request, InvalidRequest(f"The request does not fit: see {places}.", errors=errors)
    )


def _media_types_instead(request: Request, body: object) -> str | None:
    """Return what the body should have been, if its Content-Type is the reason of the failure."""
    if isinstance(body, bytes):  # FastAPI parses a body only if it is said to be JSON
        return JSON_MEDIA_TYPES
    said = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if isinstance(body, FormData) and said and said not in FORM_MEDIA_TYPES.split(", "):
        return FORM_MEDIA_TYPES
    return None


def add_error_handlers(app: FastAPI) -> None:
    """Make every error that a route raises a problem document."""
    app.add_exception_handler(ApiError, _api_error)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _invalid_request)  # type: ignore[arg-type]
