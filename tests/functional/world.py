"""A row of each kind, and what each route is sent about it: for tests that try every route."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Base
from api.users.models import User
from tests.functional.factories import PASSWORD, make_item

Route = tuple[str, str]


class World(NamedTuple):
    """A user and a row of each kind that it owns, by the parameter of a path that names it."""

    owner: User
    rows: dict[str, Base]

    def id_in(self, path: str) -> UUID:
        """The id that belongs into a path, or of whom it is about without saying so."""
        [name] = re.findall(r"\{(\w+)\}", path) or ["user_id"]
        return self.id(name)

    def id(self, name: str) -> UUID:
        """The id of the row that a parameter names."""
        row: Any = self.rows[name]
        found: UUID = row.id
        return found


# What makes a row of its owner, by the parameter of a path that names one.
FACTORIES: dict[str, Callable[[AsyncSession, User], Awaitable[Base]]] = {
    "item_id": make_item,
}

# What each route is sent so that it succeeds, for whoever may send it: a new route needs an entry.
REQUESTS: dict[Route, Callable[[World], dict[str, Any]]] = {
    ("GET", "/health/live"): lambda _: {},
    ("GET", "/health/ready"): lambda _: {},
    ("POST", "/auth/token"): lambda world: {
        "data": {"username": world.owner.email, "password": PASSWORD}
    },
    ("POST", "/auth/refresh"): lambda _: {"json": {"refresh_token": "made up"}},
    ("POST", "/auth/revoke"): lambda _: {"data": {"token": "made up"}},
    ("POST", "/users"): lambda _: {
        "json": {"email": f"{uuid4()}@example.com", "name": "A", "password": PASSWORD}
    },
    ("GET", "/users"): lambda _: {},
    ("GET", "/users/me"): lambda _: {},
    ("PATCH", "/users/me"): lambda _: {"json": {"name": "B"}},
    ("DELETE", "/users/me"): lambda _: {},
    ("GET", "/users/{user_id}"): lambda _: {},
    ("PATCH", "/users/{user_id}"): lambda _: {"json": {"name": "B"}},
    ("DELETE", "/users/{user_id}"): lambda _: {},
    ("GET", "/items"): lambda _: {},
    ("POST", "/items"): lambda _: {"json": {"name": "another"}},
    ("PATCH", "/items"): lambda world: {
        "json": {"items": [{"id": str(world.id("item_id")), "quantity": 7}]}
    },
    ("POST", "/items/bulk"): lambda _: {"json": {"items": [{"name": "another"}]}},
    ("GET", "/items/{item_id}"): lambda _: {},
    ("PATCH", "/items/{item_id}"): lambda _: {"json": {"quantity": 7}},
    ("DELETE", "/items/{item_id}"): lambda _: {},
}


async def make_world(session: AsyncSession, owner: User) -> World:
    """Make a row of each kind."""
    rows = {name: await make(session, owner) for name, make in FACTORIES.items()}
    await session.refresh(owner)  # of whom a row may have changed something
    return World(owner, {"user_id": owner, **rows})
