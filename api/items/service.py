"""What can be done with a user's items."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import violates
from api.items.errors import ItemNameTaken, ItemNotFound
from api.items.models import UNIQUE_NAME, Item
from api.items.schemas import ItemChanges, NewItem, OneItemChanges


async def create_items(
    session: AsyncSession, owner_id: UUID, new: Iterable[NewItem]
) -> Sequence[Item]:
    """Make items, all of them or none.

    Raises:
        ItemNameTaken: two of them, or one of them and one there is, have the same name.
    """
    rows = [{"owner_id": owner_id, **item.model_dump()} for item in new]
    # One statement, which it would not be if the rows had to come back in the order given: the
    # names, which are unique, put them in order.
    with _refusing_names():
        made = await session.scalars(insert(Item).returning(Item), rows)
        by_name = {item.name: item for item in made}
    return [by_name[row["name"]] for row in rows]


async def list_items(
    session: AsyncSession, owner_id: UUID, limit: int, after: UUID | None
) -> Sequence[Item]:
    """Return at most `limit` of the owner's items in the order of their ids, after the given id."""
    query = select(Item).where(Item.owner_id == owner_id).order_by(Item.id).limit(limit)
    if after is not None:
        query = query.where(Item.id > after)
    return (await session.scalars(query)).all()


async def get_item(session: AsyncSession, owner_id: UUID, item_id: UUID) -> Item:
    """Return one of the owner's items.

    Raises:
        ItemNotFound: there is no such item, or it is somebody else's.
    """
    query = select(Item).where(Item.id == item_id, Item.owner_id == owner_id)
    item = await session.scalar(query)
    if item is None:
        raise _not_found([item_id])
    return item


async def change_item(
    session: AsyncSession, owner_id: UUID, item_id: UUID, changes: ItemChanges
) -> Item:
    """Change what the changes name of one item.

    Raises:
        ItemNotFound: there is no such item, or it is somebody else's.
        ItemNameTaken: another item of the owner has the new name.
    """
    change = OneItemChanges(id=item_id, **changes.given())
    return (await change_items(session, owner_id, [change]))[0]


async def change_items(
    session: AsyncSession, owner_id: UUID, changes: Sequence[OneItemChanges]
) -> Sequence[Item]:
    """Change several items, all of them or none; return them in the order of the changes.

    Raises:
        ItemNotFound: one of them does not exist or is somebody else's.
        ItemNameTaken: another item of the owner has one of the new names.
    """
    items, now = await lock_items(session, owner_id, [change.id for change in changes])
    for change in changes:
        # Said by us, because the database's own default would have to be read back row by row.
        for name, value in {**change.given(), "updated_at": now}.items():
            setattr(items[change.id], name, value)
    with _refusing_names():
        await session.flush()
    return [items[change.id] for change in changes]


async def lock_items(
    session: AsyncSession, owner_id: UUID, item_ids: Sequence[UUID]
) -> tuple[dict[UUID, Item], datetime]:
    """Lock the owner's items until the transaction ends; return them by id, and its time.

    They are locked in the order of their ids, whatever the order asked for: two transactions that
    lock the same rows then wait for each other in a line, never in a circle.

    Raises:
        ItemNotFound: one of them does not exist or is somebody else's.
    """
    query = (
        select(Item, func.now())
        .where(Item.id.in_(item_ids), Item.owner_id == owner_id)
        .order_by(Item.id)
        .with_for_update()
    )
    rows = (await session.execute(query)).all()
    items = {item.id: item for item, _ in rows}
    if missing := [item_id for item_id in item_ids if item_id not in items]:
        raise _not_found(missing)
    return items, rows[0][1]


async def delete_item(session: AsyncSession, owner_id: UUID, item_id: UUID) -> None:
    """Delete one of the owner's items.

    Raises:
        ItemNotFound: there is no such item, or it is somebody else's.
    """
    mine = delete(Item).where(Item.id == item_id, Item.owner_id == owner_id).returning(Item.id)
    if await session.scalar(mine) is None:
        raise _not_found([item_id])


def _not_found(item_ids: Sequence[UUID]) -> ItemNotFound:
    names = ", ".join(map(str, item_ids))
    return ItemNotFound(f"You have no item {names}.", item_ids=item_ids)


@contextmanager
def _refusing_names() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
        if violates(exc, UNIQUE_NAME):
            raise ItemNameTaken("You have another item of this name.") from None
        raise
