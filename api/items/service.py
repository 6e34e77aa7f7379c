"""What can be done with a user's items."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, select
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
    items = [Item(owner_id=owner_id, **item.model_dump()) for item in new]
    session.add_all(items)
    await _flush(session)
    return items


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
    items = await lock_items(session, owner_id, [change.id for change in changes])
    for change in changes:
        for name, value in change.given().items():
            setattr(items[change.id], name, value)
    await _flush(session)
    return [items[change.id] for change in changes]


async def lock_items(
    session: AsyncSession, owner_id: UUID, item_ids: Sequence[UUID]
) -> dict[UUID, Item]:
    """Lock the owner's items until the transaction ends, and return them by id.

    They are locked in the order of their ids, whatever the order asked for: two transactions that
    lock the same rows then wait for each other in a line, never in a circle.

    Raises:
        ItemNotFound: one of them does not exist or is somebody else's.
    """
    query = (
        select(Item)
        .where(Item.id.in_(item_ids), Item.owner_id == owner_id)
        .order_by(Item.id)
        .with_for_update()
    )
    items = {item.id: item for item in await session.scalars(query)}
    if missing := [item_id for item_id in item_ids if item_id not in items]:
        raise _not_found(missing)
    return items


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


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as exc:
        if violates(exc, UNIQUE_NAME):
            raise ItemNameTaken("You have another item of this name.") from None
        raise
