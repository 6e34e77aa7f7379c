"""Routes for whatever watches the service."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.errors import ApiError
from api.health.schema import behind, lineage
from api.openapi import refusals

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The service can do its work."""

    status: Literal["ready"] = "ready"
    schema_revision: str


class SchemaBehind(ApiError):
    """The database waits for a migration."""

    status = 503
    title = "Database schema behind"


@router.get("/live")
async def live() -> Live:
    """Say that the process answers, whatever the database does: restart it where this fails."""
    return Live()


@router.get("/ready", responses=refusals(SchemaBehind))
async def ready(request: Request) -> Ready:
    """Say that the database answers and has the schema that this service needs."""
    if lack := await behind(request.state.database):
        raise SchemaBehind(f"{lack} Run: nox -s migrate")
    return Ready(schema_revision=lineage()[-1])
