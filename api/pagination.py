"""Keyset pagination: a page begins after a row, so the last one costs no more than the first."""

import base64
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from api.errors import ApiError

MAX_LIMIT = 1000

CURSOR_LENGTH = 2000


class InvalidCursor(ApiError):
    """A cursor that no page of ours, in this order, gave out."""

    status = 400
    title = "Invalid cursor"


class PageQuery(BaseModel):
    """What every list can be asked; a parameter that it does not have is an error."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows on a page, at most")] = 100
    cursor: Annotated[
        str | None,
        Query(max_length=CURSOR_LENGTH, description="The `next_cursor` of the page before"),
    ] = None


def encode_cursor(order: str, value: object, row_id: UUID) -> str:
    """Make the opaque cursor of the page that begins after this row.

    Args:
        order: the name of the order in which the rows are.
        value: the row's, by which they are ordered.
        row_id: the row's id, which decides among equal values.
    """
    return base64.urlsafe_b64encode(to_json([order, value, row_id])).rstrip(b"=").decode()


def decode_cursor(cursor: str, order: str, kind: TypeAdapter[Any]) -> tuple[Any, UUID]:
    """Return the value and the id of the row after which the page begins.

    Raises:
        InvalidCursor: it is not one that `encode_cursor` made for this order.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True)
        named, value, row_id = _CURSOR.validate_json(text)
        if named == order:
            return kind.validate_python(value), row_id
    except (ValueError, ValidationError):
        pass
    raise InvalidCursor("This is not a cursor of this list in this order; begin at its first page.")


_CURSOR: TypeAdapter[tuple[str, Any, UUID]] = TypeAdapter(tuple[str, Any, UUID])


def link_next(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the header that names the next page (RFC 8288), if there is one."""
    if cursor is None:
        return {}
    return {"Link": f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'}
