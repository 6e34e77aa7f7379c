"""The ceiling: the service's requests answered by Starlette and asyncpg alone.

No ORM, no validation, no token: the header X-Owner says whose items are asked for. There is only
the SQL that the answer needs, and JSON by the standard library. What it does in a second is what
the service could do if its framework cost nothing.
"""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

POOL_SIZE = 10  # connections, as many as the service has

# What an item has, by the names that both its table and its JSON give them.
COLUMNS = "id, created_at, updated_at, owner_id, version, name, description, quantity"
READ = f"SELECT {COLUMNS} FROM items WHERE id = $1"  # noqa: S608
LIST = f"SELECT {COLUMNS} FROM items WHERE owner_id = $1 ORDER BY id LIMIT $2"  # noqa: S608
CREATE = (
    "INSERT INTO items (owner_id, name, description, quantity) "  # noqa: S608
    f"VALUES ($1, $2, $3, $4) RETURNING {COLUMNS}"
)
IS_READY = "SELECT version_num FROM alembic_version"


async def ready(request: Request) -> Response:
    """Answer when the database does."""
    return _answer({"schema_revision": await request.state.pool.fetchval(IS_READY)})


async def read_item(request: Request) -> Response:
    """Answer with one item."""
    item_id = UUID(request.path_params["item_id"])
    return _answer(dict(await request.state.pool.fetchrow(READ, item_id)))


async def list_items(request: Request) -> Response:
    """Answer with the first page of the owner's items."""
    limit = int(request.query_params["limit"])
    rows = await request.state.pool.fetch(LIST, _owner(request), limit + 1)
    cursor = None
    if len(rows) > limit:
        last = str(rows[limit - 1]["id"])
        keys = json.dumps(["created", last, last], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(keys.encode()).rstrip(b"=").decode()
    return _answer({"items": [dict(row) for row in rows[:limit]], "next_cursor": cursor})


async def create_item(request: Request) -> Response:
    """Make an item, in a transaction."""
    new = json.loads(await request.body())
    values = (new["name"], new["description"], new["quantity"])
    async with request.state.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(CREATE, _owner(request), *values)
    return _answer(dict(row), status=201)


def _owner(request: Request) -> UUID:
    return UUID(request.headers["x-owner"])


def _plain(value: UUID | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    return Response(_encoder.encode(content), status, media_type="application/json")


async def _keep(_: object) -> None:
    """Leave a connection as it is when it goes back: asyncpg would spend a round trip on it."""


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
    """Open the pool; nothing is connected yet, as in the service."""
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=0, max_size=POOL_SIZE, reset=_keep) as pool:
        yield {"pool": pool}


def create_app() -> Starlette:
    """Make the application; DATABASE_URL is in os.environ."""
    routes = [
        Route("/health/ready", ready),
        Route("/items", list_items, methods=["GET"]),
        Route("/items", create_item, methods=["POST"]),
        Route("/items/{item_id}", read_item),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
