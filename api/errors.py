"""Errors that say what happened and carry their status, rendered as RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match

from api.observability.ids import REQUEST_ID

TYPE_PREFIX = "/problems/"

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


class ApiError(Exception):
    """A refusal that the client should understand; subclasses are the kinds of refusal.

    Attributes:
        status: the HTTP status.
        title: the kind in a few words, the same for every occurrence.
        commits: what the transaction did stays, although it ends in this error.
        headers: those of every occurrence.
        own_headers: names of those that every occurrence has of its own.
        all_headers: those, and what belongs to this one.
        detail: this occurrence in a sentence.
        facts: members added to the problem document.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal server error"
    headers: ClassVar[dict[str, str]] = {}
    own_headers: ClassVar[tuple[str, ...]] = ()
    commits: ClassVar[bool] = False

    def __init__(
        self,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **facts: Any,  # noqa: ANN401 - any JSON value
    ) -> None:
        """Take a sentence about this occurrence, headers beside the kind's own, and facts."""
        super().__init__(detail)
        self.detail = detail
        self.all_headers = {**self.headers, **(headers or {})}
        self.facts = facts

    @classmethod
    def slug(cls) -> str:
        """The last part of the problem's type: the class's name, as `item-not-found`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("-")

    @classmethod
    def type(cls) -> str:
        """The problem's type: a reference to what explains the kind."""
        return TYPE_PREFIX + cls.slug()


class NoSuchPath(ApiError):
    """Nothing is at this path: look at the API's document for what there is."""

    status = 404
    title = "No such path"


class MethodNotAllowed(ApiError):
    """What is at this path does not take this method; the header Allow names those it takes."""

    status = 405
    title = "Method not allowed"


class InvalidRequest(ApiError):
    """The request does not have the form that the API's document asks for; `errors` says where."""

    status = 422
    title = "Invalid request"


class MalformedRequest(ApiError):
    """The body is not what its Content-Type says: no JSON in UTF-8, or no form."""

    status = 400
    title = "Malformed request"


class UnsupportedMediaType(ApiError):
    """The body's Content-Type is none that this route takes."""

    status = 415
    title = "Unsupported media type"


class BodyTooLong(ApiError):
    """The request's body is longer than the service takes."""

    status = 413
    title = "Body too long"
    # The rest of it is not read, so the connection cannot be used again.
    headers: ClassVar = {"Connection": "close"}


class RequestTimedOut(ApiError):
    """The request's body did not arrive in time."""

    status = 408
    title = "Request timed out"
    headers: ClassVar = {"Connection": "close"}


class InternalError(ApiError):
    """A fault of the service; its log tells more under the request's id."""

    status = 500
    title = "Internal server error"


class ServiceUnavailable(ApiError):
    """The service cannot do it now; the same request may succeed in a moment."""

    status = 503
    title = "Service unavailable"
    headers: ClassVar = {"Retry-After": "1"}


class OutcomeUnknown(ApiError):
    """The answer to a commit was lost: the change was made, or it was not."""

    status = 503
    title = "Outcome unknown"


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
        "type": TYPE_PREFIX + slug if slug else "about:blank",
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
    """Return the methods of all routes of a path (RFC 9110, section 15.5.6), not of one alone."""
    found = [r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE]
    return {method for route in found for method in getattr(route, "methods", None) or ()}


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
