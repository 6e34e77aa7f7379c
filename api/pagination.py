"""Keyset pagination: a page begins after a row, so the last one costs no more than the first."""

import base64
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from api.errors import ApiError

MAX_LIMIT = 1000

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many rows a page has at most")]
Cursor = Annotated[str | None, Query(description="The `next_cursor` of the page before")]


class InvalidCursor(ApiError):
    """A cursor that no page of ours gave out."""

    status = 400
    title = "Invalid cursor"


def encode_cursor(row_id: UUID) -> str:
    """Make the opaque cursor of the page that begins after this row."""
    return base64.urlsafe_b64encode(row_id.bytes).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> UUID:
    """Return the id of the row after which the page begins.

    Raises:
        InvalidCursor: it is not one that `encode_cursor` made.
    """
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except ValueError:
        raise InvalidCursor(
            "This is not a cursor of this service; begin at the first page."
        ) from None


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page in a `Link` header (RFC 8288), if there is one."""
    if cursor is not None:
        response.headers["Link"] = (
            f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'
        )
