"""Routes about items."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.dependencies import CallerDep, CurrentUser
from api.conditional import (
    CONDITIONAL_CHANGE,
    CONDITIONAL_GET,
    NOT_MODIFIED,
    IfMatch,
    PreconditionFailed,
    etag,
    is_known,
)
from api.database import SessionDep
from api.idempotency.dependencies import OnceForCaller
from api.idempotency.errors import IdempotencyKeyReused
from api.items import service
from api.items.errors import ItemNameTaken, ItemNotFound, ItemQuotaReached
from api.items.listing import ItemQuery
from api.items.schemas import (
    ItemChanges,
    ItemList,
    ItemPage,
    ItemView,
    ManyItemChanges,
    NewItem,
    NewItems,
)
from api.openapi import answers, link, refusals
from api.pagination import InvalidCursor, link_next
from api.statements import Row

router = APIRouter(prefix="/items", tags=["items"])

THIS_ITEM = {"item_id": "$response.body#/id"}
THIS_VERSION = {**THIS_ITEM, "If-Match": "$response.header.ETag"}
ITEM_LINKS = {
    "read": link("get", "/items/{item_id}", THIS_ITEM),
    "change": link("patch", "/items/{item_id}", THIS_VERSION),
    "delete": link("delete", "/items/{item_id}", THIS_VERSION),
}
ITEMS_LINKS = {
    "change": link("patch", "/items", body={"items": [{"id": "$response.body#/items/0/id"}]})
}

CANNOT_CREATE = refusals(ItemNameTaken, ItemQuotaReached, IdempotencyKeyReused)


def one(item: Row, status_code: int = 200, headers: dict[str, str] | None = None) -> Json:
    """Answer with an item and its entity tag."""
    return Json(item, status_code, {"ETag": etag(item["version"]), **(headers or {})})


@router.post(
    "",
    status_code=201,
    response_model=ItemView,
    responses={**CANNOT_CREATE, **answers(201, "ETag", "Location", links=ITEM_LINKS)},
)
async def create_item(once: OnceForCaller, new: NewItem) -> Response:
    """Make an item."""
    [item] = await service.create_items(once.caller, [new])
    return await once.answer(one(item, 201, {"Location": f"/items/{item['id']}"}))


@router.post(
    "/bulk",
    status_code=201,
    response_model=ItemList,
    responses={**CANNOT_CREATE, **answers(201, links=ITEMS_LINKS)},
)
async def create_items(once: OnceForCaller, new: NewItems) -> Response:
    """Make several items, all of them or none."""
    items = await service.create_items(once.caller, new.items)
    return await once.answer(Json({"items": items}, 201))


@router.get(
    "", response_model=ItemPage, responses={**answers(200, "Link"), **refusals(InvalidCursor)}
)
async def list_items(
    caller: CallerDep, request: Request, query: Annotated[ItemQuery, Query()]
) -> Response:
    """Read a page of items."""
    page = await service.list_items(caller, query)
    return Json(page._asdict(), headers=link_next(request, page.next_cursor))


@router.patch(
    "",
    response_model=ItemList,
    responses=refusals(ItemNotFound, ItemNameTaken),
)
async def change_items(
    user: CurrentUser, session: SessionDep, changes: ManyItemChanges
) -> Response:
    """Change several items, all of them or none."""
    return Json({"items": await service.change_items(session, user, changes.items)})


@router.get(
    "/{item_id}",
    response_model=ItemView,
    responses={**answers(200, "ETag"), **NOT_MODIFIED, **refusals(ItemNotFound)},
    openapi_extra=CONDITIONAL_GET,
)
async def read_item(request: Request, caller: CallerDep, item_id: UUID) -> Response:
    """Read an item."""
    item = await service.get_item(caller, item_id)
    if is_known(request, item["version"]):
        return Response(status_code=304, headers={"ETag": etag(item["version"])})
    return one(item)


@router.patch(
    "/{item_id}",
    response_model=ItemView,
    responses={
        **answers(200, "ETag", links=ITEM_LINKS),
        **refusals(ItemNotFound, ItemNameTaken, PreconditionFailed),
    },
    openapi_extra=CONDITIONAL_CHANGE,
)
async def change_item(
    caller: CallerDep, item_id: UUID, changes: ItemChanges, versions: IfMatch
) -> Response:
    """Change an item by a JSON Merge Patch (RFC 7396): what it leaves out stays as it is."""
    return one(await service.change_item(caller, item_id, changes, versions))


@router.delete(
    "/{item_id}",
    status_code=204,
    responses=refusals(ItemNotFound, PreconditionFailed),
    openapi_extra=CONDITIONAL_CHANGE,
)
async def delete_item(caller: CallerDep, item_id: UUID, versions: IfMatch) -> None:
    """Delete an item."""
    await service.delete_item(caller, item_id, versions)
