"""Lists of many items: whole while others write, and served by an index from end to end."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.items.listing import FILTERS, Order, key_of, page
from api.items.models import Item
from api.statements import compile_statement
from api.users.models import User
from tests.functional.factories import make_item, make_user
from tests.functional.test_listing import walk


@pytest.mark.real_commits
class TestWhileOthersWrite:
    @pytest.mark.parametrize("order", ["created", "-updated", "name", "-quantity"])
    async def test_complete(
        self, me: AsyncClient, session: AsyncSession, user: User, order: str
    ) -> None:
        """Each item that was there before the first page is on exactly one page."""
        there = {str((await make_item(session, user, quantity=n % 4)).id) for n in range(25)}
        walking = asyncio.create_task(walk(me, limit=2, order=order))
        made = 0
        while not walking.done():
            made += 1
            new = {"name": f"{made % 7} new {made}", "quantity": made % 5}
            assert (await me.post("/items", json=new)).status_code == 201
        seen = [item["id"] for item in await walking]
        assert made > 5
        assert len(seen) == len(set(seen))
        assert there <= set(seen)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", []) for node in nodes(below))]


class TestPlan:
    """What Postgres does for a page, asked on a table that has enough rows to choose."""

    ITEMS = 200  # of each owner
    OTHERS = """
        INSERT INTO users (email, name, password_hash)
        SELECT n || '@example.com', 'other', '' FROM generate_series(1, 99) n"""
    OF_EACH = """
        INSERT INTO items (owner_id, name, quantity)
        SELECT users.id, 'item ' || n, n % 50 FROM users, generate_series(1, :items) n"""

    @pytest.fixture
    async def owner(self, session: AsyncSession) -> User:
        owner = await make_user(session)
        await session.execute(text(self.OTHERS))
        await session.execute(text(self.OF_EACH), {"items": self.ITEMS})
        await session.execute(text("ANALYZE items, users, logins"))
        return owner

    async def plan(
        self, session: AsyncSession, order: Order, owner: User, after: Item | None
    ) -> list[dict[str, Any]]:
        given: dict[str, Any] = {"login_id": owner.id, "owner_id": owner.id, "limit": 11}
        if after:
            given |= {"value": getattr(after, key_of(order).name), "row_id": after.id}
        compiled = compile_statement(page(order, frozenset(), later=after is not None))
        connection = await (await session.connection()).get_raw_connection()
        assert connection.driver_connection
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled.sql}"
        answer = await connection.driver_connection.fetchval(explain, *compiled.arguments(given))
        return nodes(answer[0]["Plan"])

    @pytest.mark.parametrize("late", [False, True])
    async def test_is_an_index_scan(
        self, session: AsyncSession, owner: User, *, late: bool
    ) -> None:
        """The first page and a late one read as many rows as they show, in the index's order."""
        for order in Order:
            column = key_of(order).column
            half = select(Item).where(Item.owner_id == owner.id).order_by(column, Item.id)
            after = await session.scalar(half.offset(self.ITEMS // 2).limit(1)) if late else None
            plan = await self.plan(session, order, owner, after)
            [scan] = [node for node in plan if node.get("Relation Name") == "items"]
            assert scan["Node Type"] in {"Index Scan", "Index Only Scan"}, order
            # To sort by name and then by id, as names are unique, a few rows more are read.
            assert scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) <= 50, order
            assert "Sort" not in {node["Node Type"] for node in plan}, order

    @pytest.mark.parametrize("filtered", FILTERS)
    async def test_every_filter_compiles(self, me: AsyncClient, filtered: str) -> None:
        """Each filter is a parameter of the route, and can be asked for with each order."""
        value = {"name": "x", "updated_since": "2026-01-01T00:00:00Z"}.get(filtered, "1")
        for order in Order:
            answer = await me.get("/items", params={"order": order, filtered: value})
            assert (answer.status_code, answer.json()["items"]) == (200, [])
