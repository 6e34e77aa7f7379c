"""Pages of ${r.spoken_plural}: in which orders, and which of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, bindparam, select, tuple_

from api.answers import columns
from api.authorization import CALLER, for_caller, reachable
from api.${r.plural}.models import ${r.model}
from api.${r.plural}.schemas import ${", ".join(["%sView" % r.model, *(field.own_type for field in r.own_types + r.enums)])}
from api.pagination import PageQuery
from api.schemas import Day, Moment, Name, Text


class ${r.model}Order(StrEnum):
    """The orders in which ${r.spoken_plural} can be read; those with a minus begin at the end."""

    CREATED = "created"
    CREATED_DESCENDING = "-created"
    UPDATED = "updated"
    UPDATED_DESCENDING = "-updated"
% for field in r.ordered:
    ${field.name.upper()} = "${field.name}"
    ${field.name.upper()}_DESCENDING = "-${field.name}"
% endfor


class ${r.model}Query(PageQuery):
    """Which ${r.spoken_plural} to read, and in which order."""

    order: ${r.model}Order = ${r.model}Order.CREATED
    owner_id: Annotated[UUID | None, Query(description="Whose; by default one's own")] = None
% for field in r.fields:
% for name, _, description in field.filters:
    ${name}: Annotated[${field.query} | None, Query(description="${description}")] = None
% endfor
% endfor
    updated_since: Annotated[
        Moment | None, Query(description="Made or changed then or later (RFC 3339)")
    ] = None


@dataclass(frozen=True)
class Key:
    """What rows are ordered by: a column, and how its values stand in a cursor.

    A cursor comes from the client, so its values are held to what the column can hold.
    """

    name: str
    kind: TypeAdapter[Any]

    @property
    def column(self) -> ColumnElement[Any]:
        """The column of the table."""
        return getattr(${r.model}, self.name)  # type: ignore[no-any-return]


# The id sorts by the time of its making.
KEYS = {
    "created": Key("id", TypeAdapter(UUID)),
    "updated": Key("updated_at", TypeAdapter(Moment)),
% for field in r.ordered:
    "${field.name}": Key("${field.name}", TypeAdapter(${field.cursor})),
% endfor
}

FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
% for field in r.fields:
% for name, operator, _ in field.filters:
    "${name}": ${r.model}.${field.name}.${operator},
% endfor
% endfor
    "updated_since": ${r.model}.updated_at.__ge__,
}


def key_of(order: ${r.model}Order) -> Key:
    """Return what this order is by."""
    return KEYS[order.removeprefix("-")]


@cache
def page(order: ${r.model}Order, filters: frozenset[str], *, later: bool) -> Select[Any]:
    """Make the statement of a page, one for each combination of orders and filters.

    Its parameters are `owner_id`, `limit`, the filters by their names, and for a `later` page
    `after` and `after_id`: the value and the id of the row after which it begins.
    """
    key = key_of(order).column
    rows = select(*columns(${r.model}View, ${r.model})).where(
        ${r.model}.owner_id == bindparam("owner_id"), reachable(${r.model}.owner_id, CALLER)
    )
    for name in sorted(filters):
        rows = rows.where(FILTERS[name](bindparam(name)))
    begins = tuple_(key, ${r.model}.id)
    after = tuple_(
        bindparam("after", type_=key.type), bindparam("after_id", type_=${r.model}.id.type)
    )
    if order.startswith("-"):
        rows = rows.where(begins < after) if later else rows
        rows = rows.order_by(key.desc(), ${r.model}.id.desc())
    else:
        rows = rows.where(begins > after) if later else rows
        rows = rows.order_by(key, ${r.model}.id)
    return for_caller(rows.limit(bindparam("limit")))
