"""Pages of items: in which orders, and which of them."""

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
from api.items.models import Item
from api.items.schemas import ItemView, Quantity
from api.pagination import PageQuery
from api.schemas import Moment, Name, Text


class Order(StrEnum):
    """The orders in which items can be read; those with a minus begin at the end."""

    CREATED = "created"
    CREATED_DESCENDING = "-created"
    UPDATED = "updated"
    UPDATED_DESCENDING = "-updated"
    NAME = "name"
    NAME_DESCENDING = "-name"
    QUANTITY = "quantity"
    QUANTITY_DESCENDING = "-quantity"


class ItemQuery(PageQuery):
    """Which items to read, and in which order."""

    order: Order = Order.CREATED
    owner_id: Annotated[UUID | None, Query(description="Whose; by default one's own")] = None
    name: Annotated[Name | None, Query(description="Of exactly this name")] = None
    min_quantity: Annotated[Quantity | None, Query(description="Of at least so many")] = None
    max_quantity: Annotated[Quantity | None, Query(description="Of at most so many")] = None
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
        return getattr(Item, self.name)  # type: ignore[no-any-return]


# The id sorts by the time of its making.
KEYS = {
    "created": Key("id", TypeAdapter(UUID)),
    "updated": Key("updated_at", TypeAdapter(Moment)),
    "name": Key("name", TypeAdapter(Text)),
    "quantity": Key("quantity", TypeAdapter(Quantity)),
}

FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "name": Item.name.__eq__,
    "min_quantity": Item.quantity.__ge__,
    "max_quantity": Item.quantity.__le__,
    "updated_since": Item.updated_at.__ge__,
}


def key_of(order: Order) -> Key:
    """Return what this order is by."""
    return KEYS[order.removeprefix("-")]


@cache
def page(order: Order, filters: frozenset[str], *, later: bool) -> Select[Any]:
    """Make the statement of a page, one for each combination of orders and filters.

    Its parameters are `owner_id`, `limit`, the filters by their names, and for a `later` page the
    `value` and the `row_id` of the row after which it begins.
    """
    key = key_of(order).column
    rows = select(*columns(ItemView, Item)).where(
        Item.owner_id == bindparam("owner_id"), reachable(Item.owner_id, CALLER)
    )
    for name in sorted(filters):
        rows = rows.where(FILTERS[name](bindparam(name)))
    begins = tuple_(key, Item.id)
    after = tuple_(bindparam("value", type_=key.type), bindparam("row_id", type_=Item.id.type))
    if order.startswith("-"):
        rows = rows.where(begins < after) if later else rows
        rows = rows.order_by(key.desc(), Item.id.desc())
    else:
        rows = rows.where(begins > after) if later else rows
        rows = rows.order_by(key, Item.id)
    return for_caller(rows.limit(bindparam("limit")))
