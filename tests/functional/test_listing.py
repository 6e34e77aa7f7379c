"""Lists of items: whole in every order, and just what one asks for."""

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.items.listing import Order
from api.items.models import Item
from api.users.models import User
from tests.functional.factories import make_user

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
VALUE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "created": lambda item: item["id"],
    "updated": lambda item: datetime.fromisoformat(item["updated_at"]),
    "name": lambda item: item["name"],
    "quantity": lambda item: item["quantity"],
}


def in_python(items: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    value = VALUE[order.removeprefix("-")]
    return sorted(items, key=lambda item: (value(item), item["id"]), reverse=order.startswith("-"))


async def walk(client: AsyncClient, **query: object) -> list[dict[str, Any]]:
    """Follow the links from the first page, and return what is on all pages."""
    items: list[dict[str, Any]] = []
    url: str | None = "/items?" + "&".join(f"{name}={value}" for name, value in query.items())
    while url:
        answer = await client.get(url)
        page = answer.json()
        items += page["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else None
        assert bool(url) == bool(page["next_cursor"])
        assert len(items) < 10_000, "the pages do not end"
    return items


@pytest.fixture
async def items(me: AsyncClient, session: AsyncSession, user: User) -> list[dict[str, Any]]:
    """Eleven items, with quantities and times of which several are equal."""
    rows = [
        {
            "owner_id": user.id,
            "name": f"item {number:02}",
            "quantity": number % 3,
            "updated_at": BEGIN + timedelta(microseconds=number % 4),
        }
        for number in (5, 2, 9, 0, 10, 7, 1, 8, 3, 6, 4)
    ]
    await session.execute(insert(Item), rows)
    other = await make_user(session)
    await session.execute(insert(Item), [{**row, "owner_id": other.id} for row in rows])
    await session.commit()
    found: list[dict[str, Any]] = (await me.get("/items")).json()["items"]
    assert len(found) == len(rows)
    return found


class TestOrder:
    @pytest.mark.parametrize("limit", [1, 2, 10, 11, 12])
    @pytest.mark.parametrize("order", Order)
    async def test_pages(
        self, me: AsyncClient, items: list[dict[str, Any]], order: str, limit: int
    ) -> None:
        """The pages of each order are all items, each once, in the order that Python finds too."""
        assert await walk(me, limit=limit, order=order) == in_python(items, order)

    async def test_default(self, me: AsyncClient, items: list[dict[str, Any]]) -> None:
        """Without a word they come in the order of their making."""
        assert items == in_python(items, "created")
        assert await walk(me, limit=3) == items

    async def test_unknown(self, me: AsyncClient) -> None:
        """An order that there is not is a mistake."""
        assert (await me.get("/items?order=colour")).status_code == 422


class TestFilters:
    @pytest.mark.parametrize(("low", "high"), list(product([None, 0, 1, 2], repeat=2)))
    async def test_combined(
        self, me: AsyncClient, items: list[dict[str, Any]], low: int | None, high: int | None
    ) -> None:
        """What one asks for all at once holds all at once, on every page."""
        asked = {"min_quantity": low, "max_quantity": high, "order": "-updated", "limit": 2}
        asked = {name: value for name, value in asked.items() if value is not None}
        since = BEGIN + timedelta(microseconds=1)
        wanted = [
            item
            for item in in_python(items, "-updated")
            if (low is None or item["quantity"] >= low)
            and (high is None or item["quantity"] <= high)
            and datetime.fromisoformat(item["updated_at"]) >= since
        ]
        assert await walk(me, **asked, updated_since=f"{since:%Y-%m-%dT%H:%M:%S.%fZ}") == wanted

    async def test_name(self, me: AsyncClient, items: list[dict[str, Any]]) -> None:
        """A name finds the one item that has it."""
        assert await walk(me, name="item 03") == [i for i in items if i["name"] == "item 03"]
        assert await walk(me, name="item 03", min_quantity=3) == []

    @pytest.mark.parametrize(
        "query",
        [
            *("colour=red", "limit=2&offset=3", "owner_id=me", "min_quantity=-1", "name="),
            *("max_quantity=2147483648", "updated_since=yesterday", "name=a%00b", "order="),
            "updated_since=2026-01-01T00:00:00",  # in which time zone?
        ],
    )
    async def test_invalid(self, me: AsyncClient, query: str) -> None:
        """A parameter that the list does not have, or a value it does not take, is a mistake."""
        answer = await me.get(f"/items?{query}")
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")

    @pytest.mark.parametrize(
        "since", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "-62135596800"]
    )
    async def test_ends_of_time(self, me: AsyncClient, since: str) -> None:
        """The first and the last times that can be written are no fault of ours."""
        answer = await me.get(f"/items?updated_since={since}")
        assert answer.status_code in {200, 422}


def cursor_of(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


class TestCursor:
    @pytest.mark.parametrize(("order", "other"), [("name", "-name"), ("created", "quantity")])
    async def test_of_another_order(
        self, me: AsyncClient, items: list[dict[str, Any]], order: str, other: str
    ) -> None:
        """A cursor is good in the order of its list only."""
        assert items
        cursor = (await me.get(f"/items?order={order}&limit=1")).json()["next_cursor"]
        answer = await me.get(f"/items?order={other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-cursor")

    @pytest.mark.parametrize("path", ["/items", "/users"])
    @pytest.mark.parametrize("cursor", ["", "=", "W10", "bnVsbA", "e30", "WzEsMiwzXQ"])
    async def test_that_is_none(self, me: AsyncClient, path: str, cursor: str) -> None:
        """What no page gave out is refused."""
        answer = await me.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-cursor")

    @pytest.mark.parametrize(
        ("order", "value"),
        [
            *(("quantity", 2**31), ("quantity", -(10**30)), ("quantity", 1.5), ("quantity", None)),
            *(("name", "a\x00b"), ("name", 5), ("created", "x")),
            *(("updated", "0001-01-01T00:00:00+14:00"), ("updated", "9999-12-31T23:59:59-14:00")),
            *(("updated", "2026-01-01T00:00:00"), ("updated", 10**30)),
        ],
    )
    async def test_forged(self, me: AsyncClient, order: str, value: object) -> None:
        """One that was made up with care is refused as well."""
        answer = await me.get(
            f"/items?order={order}&cursor={cursor_of(order, value, str(uuid4()))}"
        )
        assert answer.status_code == 400

    @pytest.mark.parametrize("order", ["created", "-updated", "name", "quantity"])
    async def test_mutated(self, me: AsyncClient, items: list[dict[str, Any]], order: str) -> None:
        """A cursor that was damaged on its way is refused, or by chance another one."""
        assert items
        good = (await me.get(f"/items?order={order}&limit=1")).json()["next_cursor"]
        chance = random.Random(order)  # noqa: S311 - no secret, and the same each time
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=%é \n"
        statuses = set()
        for _ in range(60):
            at, length = chance.randrange(len(good)), chance.randrange(4)
            new = "".join(chance.choices(alphabet, k=chance.randrange(4)))
            params = {"order": order, "cursor": good[:at] + new + good[at + length :]}
            statuses.add((await me.get("/items", params=params)).status_code)
        assert statuses <= {200, 400}
        assert 400 in statuses
