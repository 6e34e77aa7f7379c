"""Routes about ${r.spoken_plural}."""

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
from api.${r.plural} import service
from api.${r.plural}.errors import ${", ".join([*refused, r.model + "NotFound"])}
from api.${r.plural}.listing import ${r.model}Query
from api.${r.plural}.schemas import (
    Many${r.model}Changes,
    New${r.model},
    New${r.models},
    ${r.model}Changes,
    ${r.model}List,
    ${r.model}Page,
    ${r.model}View,
)
from api.openapi import answers, link, refusals
from api.pagination import InvalidCursor, link_next
from api.statements import Row

router = APIRouter(prefix="${r.path}", tags=["${r.spoken_plural}"])

THIS_${r.singular.upper()} = {"${r.id_name}": "$response.body#/id"}
THIS_VERSION = {**THIS_${r.singular.upper()}, "If-Match": "$response.header.ETag"}
${r.singular.upper()}_LINKS = {
    "read": link("get", "${r.one_path}", THIS_${r.singular.upper()}),
    "change": link("patch", "${r.one_path}", THIS_VERSION),
    "delete": link("delete", "${r.one_path}", THIS_VERSION),
}
${r.plural.upper()}_LINKS = {
    "change": link("patch", "${r.path}", body={"${r.plural}": [{"id": "$response.body#/${r.plural}/0/id"}]})
}
% if refused:

REFUSED = (${", ".join(refused)}${"," if len(refused) == 1 else ""})
% endif
CANNOT_CREATE = refusals(${"*REFUSED, " if refused else ""}IdempotencyKeyReused)


def one(${r.singular}: Row, status_code: int = 200, headers: dict[str, str] | None = None) -> Json:
    """Answer with ${r.a} and its entity tag."""
    return Json(${r.singular}, status_code, {"ETag": etag(${r.singular}["version"]), **(headers or {})})


@router.post(
    "",
    status_code=201,
    response_model=${r.model}View,
    responses={**CANNOT_CREATE, **answers(201, "ETag", "Location", links=${r.singular.upper()}_LINKS)},
)
async def create_${r.singular}(once: OnceForCaller, new: New${r.model}) -> Response:
    """Make ${r.a}."""
    [${r.singular}] = await service.create_${r.plural}(once.caller, [new])
    return await once.answer(one(${r.singular}, 201, {"Location": f"${r.path}/{${r.singular}['id']}"}))


@router.post(
    "/bulk",
    status_code=201,
    response_model=${r.model}List,
    responses={**CANNOT_CREATE, **answers(201, links=${r.plural.upper()}_LINKS)},
)
async def create_${r.plural}(once: OnceForCaller, new: New${r.models}) -> Response:
    """Make several ${r.spoken_plural}, all of them or none."""
    ${r.plural} = await service.create_${r.plural}(once.caller, new.${r.plural})
    return await once.answer(Json({"${r.plural}": ${r.plural}}, 201))


@router.get(
    "", response_model=${r.model}Page, responses={**answers(200, "Link"), **refusals(InvalidCursor)}
)
async def list_${r.plural}(
    caller: CallerDep, request: Request, query: Annotated[${r.model}Query, Query()]
) -> Response:
    """Read a page of ${r.spoken_plural}."""
    page = await service.list_${r.plural}(caller, query)
    return Json(page._asdict(), headers=link_next(request, page.next_cursor))


@router.patch(
    "",
    response_model=${r.model}List,
    responses=refusals(${r.model}NotFound${", *REFUSED" if refused else ""}),
)
async def change_${r.plural}(
    user: CurrentUser, session: SessionDep, changes: Many${r.model}Changes
) -> Response:
    """Change several ${r.spoken_plural}, all of them or none."""
    return Json({"${r.plural}": await service.change_${r.plural}(session, user, changes.${r.plural})})


@router.get(
    "/{${r.id_name}}",
    response_model=${r.model}View,
    responses={**answers(200, "ETag"), **NOT_MODIFIED, **refusals(${r.model}NotFound)},
    openapi_extra=CONDITIONAL_GET,
)
async def read_${r.singular}(request: Request, caller: CallerDep, ${r.id_name}: UUID) -> Response:
    """Read ${r.a}."""
    ${r.singular} = await service.get_${r.singular}(caller, ${r.id_name})
    if is_known(request, ${r.singular}["version"]):
        return Response(status_code=304, headers={"ETag": etag(${r.singular}["version"])})
    return one(${r.singular})


@router.patch(
    "/{${r.id_name}}",
    response_model=${r.model}View,
    responses={
        **answers(200, "ETag", links=${r.singular.upper()}_LINKS),
        **refusals(${r.model}NotFound, PreconditionFailed${", *REFUSED" if refused else ""}),
    },
    openapi_extra=CONDITIONAL_CHANGE,
)
async def change_${r.singular}(
    caller: CallerDep, ${r.id_name}: UUID, changes: ${r.model}Changes, versions: IfMatch
) -> Response:
    """Change ${r.a} by a JSON Merge Patch (RFC 7396): what it leaves out stays as it is."""
    return one(await service.change_${r.singular}(caller, ${r.id_name}, changes, versions))


@router.delete(
    "/{${r.id_name}}",
    status_code=204,
    responses=refusals(${r.model}NotFound, PreconditionFailed),
    openapi_extra=CONDITIONAL_CHANGE,
)
async def delete_${r.singular}(caller: CallerDep, ${r.id_name}: UUID, versions: IfMatch) -> None:
    """Delete ${r.a}."""
    await service.delete_${r.singular}(caller, ${r.id_name}, versions)
