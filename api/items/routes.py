"""Routes about items; everyone sees and changes only one's own."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.dependencies import CurrentUser
from api.database import SessionDep
from api.items import service
from api.items.models import Item
from api.items.schemas import (
    ItemChanges,
    ItemList,
    ItemPage,
    ItemView,
    ManyItemChanges,
    NewItem,
    NewItems,
)
from api.pagination import Cursor, Limit, decode_cursor, encode_cursor, link_next

router = APIRouter(prefix="/items", tags=["items"])


@router.post("", status_code=201, response_model=ItemView)
async def create_item(
    user: CurrentUser, session: SessionDep, new: NewItem, response: Response
) -> Item:
    """Make an item."""
    [item] = await service.create_items(session, user.id, [new])
    response.headers["Location"] = f"/items/{item.id}"
    return item


@router.post("/bulk", status_code=201, response_model=ItemList)
async def create_items(
    user: CurrentUser, session: SessionDep, new: NewItems
) -> dict[str, Sequence[Item]]:
    """Make several items, all of them or none."""
    return {"items": await service.create_items(session, user.id, new.items)}


@router.get("", response_model=ItemPage)
async def list_items(
    user: CurrentUser,
    session: SessionDep,
    request: Request,
    response: Response,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Sequence[Item] | str | None]:
    """Read a page of items in the order of their ids, which is that of their making."""
    after = decode_cursor(cursor) if cursor else None
    items = await service.list_items(session, user.id, limit + 1, after)
    next_cursor = encode_cursor(items[limit - 1].id) if len(items) > limit else None
    link_next(request, response, next_cursor)
    return {"items": items[:limit], "next_cursor": next_cursor}


@router.patch("", response_model=ItemList)
async def change_items(
    user: CurrentUser, session: SessionDep, changes: ManyItemChanges
) -> dict[str, Sequence[Item]]:
    """Change several items, all of them or none."""
    return {"items": await service.change_items(session, user.id, changes.items)}


@router.get("/{item_id}", response_model=ItemView)
async def read_item(user: CurrentUser, session: SessionDep, item_id: UUID) -> Item:
    """Read an item."""
    return await service.get_item(session, user.id, item_id)


@router.patch("/{item_id}", response_model=ItemView)
async def change_item(
    user: CurrentUser, session: SessionDep, item_id: UUID, changes: ItemChanges
) -> Item:
    """Change an item."""
    return await service.change_item(session, user.id, item_id, changes)


@router.delete("/{item_id}", status_code=204)
async def delete_item(user: CurrentUser, session: SessionDep, item_id: UUID) -> None:
    """Delete an item."""
    await service.delete_item(session, user.id, item_id)
