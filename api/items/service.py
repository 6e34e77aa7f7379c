"""What can be done with items."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Integer,
    Text,
    Update,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import columns
from api.auth.dependencies import Caller
from api.auth.errors import Unauthenticated
from api.authorization import CALLER, Who, for_caller, reachable
from api.conditional import PreconditionFailed, etag
from api.database import violates
from api.items.errors import ItemNameTaken, ItemNotFound, ItemQuotaReached
from api.items.listing import ItemQuery, key_of, page
from api.items.models import OWNER, UNIQUE_NAME, Item
from api.items.schemas import ItemChanges, ItemView, NewItem, OneItemChanges
from api.pagination import decode_cursor, encode_cursor
from api.statements import Row
from api.users.models import ITEM_QUOTA

_COLUMNS = columns(ItemView, Item)
_this_one = Item.id == bindparam("item_id")
_is_reachable = reachable(Item.owner_id, CALLER)
# JSON, because asyncpg asks each new connection what an array of integers is.
_has_version = bindparam("versions", type_=JSONB).contains(func.to_jsonb(Item.version))

# All items of a request in one parameter, and so in one statement.
_new = (
    func.jsonb_to_recordset(bindparam("new", type_=JSONB))
    .table_valued(
        column("name", Text),
        column("description", Text),
        column("quantity", Integer),
        joins_implicitly=True,  # each of them with the caller: so it is meant
    )
    .render_derived(name="new", with_types=True)
)
_CREATE = (
    insert(Item)
    .from_select(
        ["owner_id", "name", "description", "quantity"],
        select(CALLER.id, _new.c.name, _new.c.description, _new.c.quantity),
    )
    .returning(*_COLUMNS)
)
_READ = for_caller(select(*_COLUMNS).where(_this_one, _is_reachable))
_DELETE = delete(Item).where(_this_one, _is_reachable).returning(Item.id)
_DELETE_VERSION = _DELETE.where(_has_version)


class ItemPage(NamedTuple):
    """A page of items, and the cursor of the next one, if there is one."""

    items: list[Row]
    next_cursor: str | None


async def create_items(caller: Caller, new: Sequence[NewItem]) -> list[Row]:
    """Make items, all of them or none; return them in the order given.

    Raises:
        ItemNameTaken: two of them, or one of them and one there is, have the same name.
        ItemQuotaReached: the caller would have more than it may.
    """
    with _refusing():
        made = await caller.rows(_CREATE, new=[item.model_dump() for item in new])
    if not made:
        raise Unauthenticated.because_log_in_ended()
    # A statement returns its rows in no order that one may count on; the names are unique.
    by_name = {row["name"]: row for row in made}
    return [by_name[item.name] for item in new]


async def list_items(caller: Caller, query: ItemQuery) -> ItemPage:
    """Return a page of an owner's items: the caller's own, unless it names another.

    Raises:
        InvalidCursor: the cursor is none of this list in this order.
    """
    given = query.model_dump(exclude_none=True, exclude={"limit", "cursor", "order", "owner_id"})
    parameters = {**given, "owner_id": query.owner_id or caller.user_id, "limit": query.limit + 1}
    key = key_of(query.order)
    if query.cursor is not None:
        parameters["value"], parameters["row_id"] = decode_cursor(
            query.cursor, query.order, key.kind
        )
    statement = page(query.order, frozenset(given), later=query.cursor is not None)
    rows = await caller.read(statement, **parameters)
    if len(rows) <= query.limit:
        return ItemPage(rows, None)
    last = rows[query.limit - 1]
    return ItemPage(rows[:-1], encode_cursor(query.order, last[key.name], last["id"]))


async def get_item(caller: Caller, item_id: UUID) -> Row:
    """Return an item.

    Raises:
        ItemNotFound: there is no such item, or it is not the caller's to see.
    """
    found = await caller.read(_READ, item_id=item_id)
    if not found:
        raise _not_found([item_id])
    return found[0]


async def change_item(
    caller: Caller, item_id: UUID, changes: ItemChanges, versions: Sequence[int] | None
) -> Row:
    """Change what the changes name of an item, if it has one of the versions.

    Raises:
        ItemNotFound: there is no such item, or it is not the caller's to see.
        ItemNameTaken: another item of the owner has the new name.
        PreconditionFailed: it has another version.
    """
    given = changes.given()
    statement = _change(frozenset(given), conditional=versions is not None)
    new = {f"new_{name}": value for name, value in given.items()}
    with _refusing():
        changed = await caller.rows(statement, item_id=item_id, versions=versions, **new)
    if not changed:
        raise await _why_not(caller, item_id)
    return changed[0]


async def delete_item(caller: Caller, item_id: UUID, versions: Sequence[int] | None) -> None:
    """Delete an item, if it has one of the versions.

    Raises:
        ItemNotFound: there is no such item, or it is not the caller's to see.
        PreconditionFailed: it has another version.
    """
    statement = _DELETE if versions is None else _DELETE_VERSION
    if not await caller.rows(statement, item_id=item_id, versions=versions):
        raise await _why_not(caller, item_id)


@cache
def _change(names: frozenset[str], *, conditional: bool) -> Update:
    """Make the statement that changes these columns; with none of them, nothing changes at all."""
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=getattr(Item, name).type) for name in names
    }
    if names:
        values["version"] = Item.version + 1
    else:
        values["updated_at"] = Item.updated_at
    statement = update(Item).where(_this_one, _is_reachable).values(values).returning(*_COLUMNS)
    return statement.where(_has_version) if conditional else statement


async def _why_not(caller: Caller, item_id: UUID) -> PreconditionFailed:
    """Tell why a statement found nothing to change; a rare case, and so a statement of its own."""
    item = await get_item(caller, item_id)
    return PreconditionFailed(
        f"The item has version {item['version']} by now; read it again.",
        headers={"ETag": etag(item["version"])},
    )


async def change_items(
    session: AsyncSession, who: Who, changes: Sequence[OneItemChanges]
) -> list[Row]:
    """Change several items, all of them or none; return them in the order of the changes.

    Raises:
        ItemNotFound: one of them does not exist or is not one's own to see.
        ItemNameTaken: another item of the owner has one of the new names.
    """
    items = await lock_items(session, who, [change.id for change in changes])
    # Asked for when the locks are held, and said by us: the column's own default would have to be
    # read back row by row.
    now = await session.scalar(select(func.clock_timestamp()))
    for change in changes:
        item = items[change.id]
        if given := change.given():
            for name, value in {**given, "version": item.version + 1, "updated_at": now}.items():
                setattr(item, name, value)
    with _refusing():
        await session.flush()
    names = list(ItemView.model_fields)
    return [{name: getattr(items[change.id], name) for name in names} for change in changes]


async def lock_items(session: AsyncSession, who: Who, item_ids: Sequence[UUID]) -> dict[UUID, Item]:
    """Lock items until the transaction ends; return them by id.

    They are locked in the order of their ids, whatever the order asked for: two transactions that
    lock the same rows then wait for each other in a line, never in a circle.

    Raises:
        ItemNotFound: one of them does not exist or is not one's own to see.
    """
    query = (
        select(Item)
        .where(Item.id.in_(item_ids), reachable(Item.owner_id, who))
        .order_by(Item.id)
        .with_for_update()
    )
    items = {item.id: item for item in await session.scalars(query)}
    if missing := [item_id for item_id in item_ids if item_id not in items]:
        raise _not_found(missing)
    return items


def _not_found(item_ids: Sequence[UUID]) -> ItemNotFound:
    names = ", ".join(map(str, item_ids))
    return ItemNotFound(f"You have no item {names}.", item_ids=item_ids)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
        if violates(exc, UNIQUE_NAME):
            raise ItemNameTaken("The owner has another item of this name.") from None
        if violates(exc, ITEM_QUOTA):
            raise ItemQuotaReached("You have as many items as you may have.") from None
        if violates(exc, OWNER):
            raise Unauthenticated.because_log_in_ended() from None
        raise
