"""How many SQL statements each route costs: a number, whatever the number of rows."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from api.users.models import User
from tests.functional.factories import PASSWORD, make_item
from tests.functional.tracing import Queries


@pytest.mark.parametrize(
    ("method", "path", "body", "statements"),
    [
        ("GET", "/health/live", None, 0),
        ("GET", "/health/ready", None, 1),
        ("POST", "/users", {"email": "a@example.com", "name": "A", "password": PASSWORD}, 1),
        ("GET", "/users/me", None, 1),
        ("PATCH", "/users/me", {"name": "B"}, 1),
        ("DELETE", "/users/me", None, 1),
        ("POST", "/items", {"name": "lamp"}, 1),
        ("GET", "/items/{id}", None, 1),
        ("PATCH", "/items/{id}", {"quantity": 5}, 1),
        ("DELETE", "/items/{id}", None, 1),
    ],
)
async def test_statements_of_a_route(
    me: AsyncClient,
    user: User,
    session: AsyncSession,
    queries: Queries,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    statements: int,
) -> None:
    """Each route sends as many statements as it needs and not one more."""
    item = await make_item(session, user)
    with queries.exactly(statements):
        answer = await me.request(method, path.format(id=item.id), json=body)
    assert answer.is_success


@pytest.mark.parametrize("rows", [1, 10, 100])
class TestRows:
    async def test_page(
        self, me: AsyncClient, user: User, session: AsyncSession, queries: Queries, rows: int
    ) -> None:
        """A page is one statement, however many rows are on it."""
        for _ in range(rows):
            await make_item(session, user)
        with queries.exactly(1):
            page = await me.get("/items", params={"limit": 1000})
        assert len(page.json()["items"]) == rows

    async def test_bulk_create(self, me: AsyncClient, queries: Queries, rows: int) -> None:
        """Items made together are one INSERT."""
        new = {"items": [{"name": f"lamp {n}"} for n in range(rows)]}
        with queries.exactly(1):
            assert (await me.post("/items/bulk", json=new)).status_code == 201

    # In one transaction with the making of the items, the time of their change would be the same.
    @pytest.mark.real_commits
    async def test_bulk_change(
        self, me: AsyncClient, user: User, session: AsyncSession, queries: Queries, rows: int
    ) -> None:
        """Items changed together are locked by one SELECT and written by one UPDATE."""
        items = [await make_item(session, user) for _ in range(rows)]
        changes = {"items": [{"id": str(item.id), "quantity": 3} for item in items]}
        with queries.exactly(4):  # who asks, the locks, the clock, the change
            assert (await me.patch("/items", json=changes)).status_code == 200
