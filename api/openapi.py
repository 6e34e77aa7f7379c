"""The API's document: what each route may refuse, and that it does so in problem documents."""

from http import HTTPMethod
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI

from api.database import SAFE_METHODS
from api.errors import ApiError as Refusal
from api.errors import (
    BodyTooLong,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    OutcomeUnknown,
    RequestTimedOut,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from api.problems import Problem, ProblemDocument

Responses = dict[int | str, dict[str, Any]]

PROBLEM = {"$ref": "#/components/schemas/Problem"}
OPERATIONS = frozenset(method.lower() for method in HTTPMethod)

# Of every route that takes a body.
OF_BODIES = (MalformedRequest, BodyTooLong, UnsupportedMediaType, RequestTimedOut)
OF_ALL = (InternalError, ServiceUnavailable)


# Of what an answer says beside its body.
HEADERS = {
    "Connection": "`close`: the rest of the request was not read",
    "ETag": "Names this version, for `If-Match` and `If-None-Match` (RFC 9110, section 8.8.3)",
    "Link": "Names the next page, if there is one (RFC 8288)",
    "Location": "Where it can be read",
    "Retry-After": "How many seconds to wait before the next attempt",
    "WWW-Authenticate": "How to say who one is (RFC 6750)",
}
OPTIONAL = frozenset({"Link"})


def answers(status: int, *headers: str, links: dict[str, Any] | None = None) -> Responses:
    """Describe the headers of a route's answer, and the links from it to other routes."""
    described = {name: _header(name, required=name not in OPTIONAL) for name in headers}
    return {status: {"headers": described, **({"links": links} if links else {})}}


def link(
    method: str, path: str, parameters: dict[str, str] | None = None, *, body: object = None
) -> dict[str, Any]:
    """Describe how a route can be called with what an answer has in it.

    Args:
        method: the route's.
        path: the route's, with its parameters in braces.
        parameters: for each an OpenAPI runtime expression.
        body: the same, for the whole body or within it.
    """
    pointer = quote(path.replace("/", "~1"))
    described: dict[str, Any] = {"operationRef": f"#/paths/{pointer}/{method}"}
    return described | ({"requestBody": body} if body else {"parameters": parameters or {}})


def refusals(*kinds: type[Refusal]) -> Responses:
    """Describe what a route may answer beside what it is for, by status."""
    described: Responses = {}
    for kind in kinds:
        _add(described, kind.status, _refusal(kind))
    return described


def _add(responses: Responses, status: int | str, refusal: dict[str, Any]) -> None:
    """Add a refusal to those of the same status; only headers that all of them have are sure."""
    known = responses.setdefault(status, refusal)
    if known is refusal:
        return
    known["description"] += f" / {refusal['description']}"
    examples = known["content"][Problem.media_type]["examples"]
    examples.update(refusal["content"][Problem.media_type]["examples"])
    sure = set(known["headers"]) & set(refusal["headers"])
    both = [*known["headers"], *refusal["headers"]]
    known["headers"] = {name: _header(name, required=name in sure) for name in both}


def _refusal(kind: type[Refusal]) -> dict[str, Any]:
    response = _problem(kind.title)
    example = {"value": _example(kind), "summary": kind.title}
    response["content"][Problem.media_type]["examples"] = {kind.slug(): example}
    names = [*kind.headers, *kind.own_headers]
    return response | {"headers": {name: _header(name, required=True) for name in names}}


def _problem(description: str) -> dict[str, Any]:
    content = {Problem.media_type: {"schema": PROBLEM}}
    return {"description": description, "content": content}


def _header(name: str, *, required: bool) -> dict[str, Any]:
    kind = "integer" if name == "Retry-After" else "string"
    return {"description": HEADERS[name], "required": required, "schema": {"type": kind}}


def _example(kind: type[Refusal]) -> dict[str, Any]:
    return {
        "type": kind.type(),
        "title": kind.title,
        "status": kind.status,
        "detail": (kind.__doc__ or "").partition("\n")[0],
    }


class Api(FastAPI):
    """FastAPI with a document that says what really comes back when something goes wrong."""

    def openapi(self) -> dict[str, Any]:
        """Return the document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            schemas["Problem"] = ProblemDocument.model_json_schema()
            for path in document["paths"].values():
                for method in OPERATIONS & set(path):
                    _complete(method, path[method])
        return super().openapi()


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what FastAPI does not know of it."""
    kinds: tuple[type[Refusal], ...] = OF_ALL
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        kinds += OF_BODIES
    if content or operation.get("parameters"):
        kinds += (InvalidRequest,)
    if method.upper() not in SAFE_METHODS:
        kinds += (OutcomeUnknown,)
    if method == "patch":
        content["application/merge-patch+json"] = content["application/json"]
    if operation.get("security"):
        from api.auth.errors import Unauthenticated  # noqa: PLC0415 - a kind of our own errors

        kinds += (Unauthenticated,)
    responses = operation["responses"]
    responses.pop("422" if "HTTPValidationError" in str(responses.get("422")) else "", None)
    for kind in kinds:
        _add(responses, str(kind.status), _refusal(kind))
    responses["default"] = _problem("Any other refusal")
