"""The API's document: what each route may refuse, and that it does so in problem documents."""

from http import HTTPMethod
from typing import Any

from fastapi import FastAPI

from api.errors import ApiError as Refusal
from api.errors import (
    BodyTooLong,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    OutcomeUnknown,
    Problem,
    ProblemDocument,
    RequestTimedOut,
    ServiceUnavailable,
    UnsupportedMediaType,
)

Responses = dict[int | str, dict[str, Any]]

PROBLEM = {"$ref": "#/components/schemas/Problem"}
OPERATIONS = frozenset(method.lower() for method in HTTPMethod)

# Of every route that takes a body.
OF_BODIES = (MalformedRequest, BodyTooLong, UnsupportedMediaType, RequestTimedOut)
OF_ALL = (InternalError, ServiceUnavailable)


def refusals(*kinds: type[Refusal]) -> Responses:
    """Describe what a route may answer beside what it is for, by status."""
    described: Responses = {}
    for kind in kinds:
        response = described.setdefault(kind.status, _problem(""))
        response["description"] = " / ".join(filter(None, [response["description"], kind.title]))
        examples = response["content"][Problem.media_type].setdefault("examples", {})
        examples[kind.slug()] = {"value": _example(kind), "summary": kind.title}
    return described


def _problem(description: str) -> dict[str, Any]:
    content = {Problem.media_type: {"schema": PROBLEM}}
    return {"description": description, "content": content}


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
    if method != "get":
        kinds += (OutcomeUnknown,)
    if content:
        kinds += OF_BODIES
    if content or operation.get("parameters"):
        kinds += (InvalidRequest,)
    if method == "patch":
        content["application/merge-patch+json"] = content["application/json"]
    if operation.get("security"):
        from api.auth.errors import Unauthenticated  # noqa: PLC0415 - a kind of our own errors

        kinds += (Unauthenticated,)
    responses = operation["responses"]
    responses.pop("422" if "HTTPValidationError" in str(responses.get("422")) else "", None)
    for status, described in refusals(*kinds).items():
        known = responses.setdefault(str(status), described)
        if known is not described:
            known["description"] += f" / {described['description']}"
            examples = known["content"][Problem.media_type]["examples"]
            examples.update(described["content"][Problem.media_type]["examples"])
    responses["default"] = _problem("Any other refusal")
