"""Conditional requests (RFC 9110, section 13): who changes a thing says which version it saw."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request

from api.errors import ApiError
from api.openapi import answers

ENTITY_TAG = re.compile(r'(?P<weak>W/)?"(?P<version>[^"]*)"')
# As `etag` writes it: a tag is compared character by character. Postgres's integers end there.
VERSION = re.compile("[1-9][0-9]{0,8}")


class PreconditionFailed(ApiError):
    """The thing has another version than the one that the request asks for."""

    status = 412
    title = "Precondition failed"
    own_headers = ("ETag",)


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


async def read_if_match(request: Request) -> Sequence[int] | None:
    """Return the versions that the request may change, or None if it does not care.

    Weak tags match nothing, as section 13.1.1 says, and neither does a tag that is not ours.
    CONDITIONAL_CHANGE describes the header.
    """
    given = request.headers.getlist("If-Match")  # on however many lines (RFC 9110, section 5.3)
    listed = ", ".join(given)
    if not given or listed.strip() == "*":
        return None
    tags = ENTITY_TAG.finditer(listed)
    return [_version(tag["version"]) for tag in tags if not tag["weak"]]


def is_known(request: Request, version: int) -> bool:
    """Tell whether the client has this version already, as its If-None-Match says.

    Weak tags match too (section 13.1.2). The header is read here and not by FastAPI, which would
    take a tenth of the whole request for it; CONDITIONAL_GET describes it.
    """
    known = ", ".join(request.headers.getlist("If-None-Match"))
    versions = [_version(tag["version"]) for tag in ENTITY_TAG.finditer(known)]
    return known.strip() == "*" or version in versions


def _header(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string"}
    parameter = {"name": name, "in": "header", "required": False, "schema": schema}
    return {"parameters": [{**parameter, "description": description}]}


# What the API's document says of a route that uses `is_known`, and of one with `IfMatch`.
CONDITIONAL_GET = _header("If-None-Match", "Not if it still has this `ETag`; then 304")
CONDITIONAL_CHANGE = _header("If-Match", "Only if it still has this `ETag`; otherwise 412")
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The client has this version already", **answers(304, "ETag")[304]}
}


def _version(text: str) -> int:
    return int(text) if VERSION.fullmatch(text) else 0  # which is no row's version


IfMatch = Annotated[Sequence[int] | None, Depends(read_if_match)]
