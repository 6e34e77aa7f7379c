"""Quotas: the database counts each user's items itself, and lets nobody have more than it may."""

import asyncio
from collections import Counter

import pytest
from httpx2 import AsyncClient
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.items.models import Item
from api.users.models import ITEM_QUOTA, User
from tests.functional.conftest import AsUser
from tests.functional.factories import make_item, make_user

REACHED = (409, "/problems/item-quota-reached")


@pytest.fixture
async def user(session: AsyncSession) -> User:
    """A user who may have five items."""
    return await make_user(session, item_quota=5)


@pytest.fixture
async def administrator(session: AsyncSession, as_user: AsUser) -> AsyncClient:
    return as_user(await make_user(session, is_admin=True))


async def counted(client: AsyncClient) -> int:
    """Return how many items the database says that one has; it must be as many as there are."""
    count: int = (await client.get("/users/me")).json()["item_count"]
    items = (await client.get("/items", params={"limit": 1000})).json()["items"]
    assert count == len(items)
    return count


async def make(client: AsyncClient, *names: str) -> tuple[int, str | None]:
    body = {"items": [{"name": name} for name in names]}
    answer = await client.post("/items/bulk", json=body)
    return answer.status_code, answer.json().get("type")


class TestCount:
    async def test_follows(self, me: AsyncClient) -> None:
        """Whatever makes or deletes items, the count is right."""
        counts = [await counted(me)]
        lamp = (await me.post("/items", json={"name": "lamp"})).headers["Location"]
        counts.append(await counted(me))
        await make(me, "desk", "chair", "bed")
        counts.append(await counted(me))
        await me.patch(lamp, json={"name": "candle"})
        counts.append(await counted(me))
        await me.delete(lamp)
        counts.append(await counted(me))
        assert counts == [0, 1, 4, 4, 3]

    async def test_failures_do_not_count(self, me: AsyncClient) -> None:
        """What was refused was not made."""
        await make(me, "lamp")
        assert (await make(me, "desk", "lamp"))[0] == 409
        assert (await me.post("/items", json={"name": "lamp"})).status_code == 409
        assert await counted(me) == 1

    async def test_of_each_owner(
        self, me: AsyncClient, as_user: AsUser, session: AsyncSession, user: User
    ) -> None:
        """The count is of one's own items, also when others are deleted by the same statement."""
        other = await make_user(session)
        items = [await make_item(session, owner) for owner in (user, user, user, other, other)]
        assert [await counted(me), await counted(as_user(other))] == [3, 2]
        one_each = [items[0].id, items[-1].id]
        await session.execute(delete(Item).where(Item.id.in_(one_each)))
        await session.commit()
        assert [await counted(me), await counted(as_user(other))] == [2, 1]

    async def test_written_past_the_api(
        self, me: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Who writes SQL is counted too, and kept to the quota."""
        insert = text(
            "INSERT INTO items (owner_id, name) "
            "SELECT :owner, 'n' || n FROM generate_series(1, :n) n"
        )
        await session.execute(insert, {"owner": user.id, "n": 5})
        await session.commit()
        assert await counted(me) == 5
        one_more = text("INSERT INTO items (owner_id, name) VALUES (:owner, 'one more')")
        with pytest.raises(IntegrityError, match=ITEM_QUOTA):
            await session.execute(one_more, {"owner": user.id})
        await session.rollback()
        await session.execute(text("DELETE FROM items WHERE name IN ('n1', 'n2')"))
        await session.commit()
        assert await counted(me) == 3

    async def test_user_goes(
        self, me: AsyncClient, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """A user that has items can be deleted, by itself or by an administrator."""
        other = await make_user(session, item_quota=1)
        for owner in (user, other):
            await make_item(session, owner)
        assert (await me.delete("/users/me")).status_code == 204
        assert (await administrator.delete(f"/users/{other.id}")).status_code == 204
        assert await session.scalar(select(func.count()).select_from(Item)) == 0


class TestQuota:
    async def test_one_too_many(self, me: AsyncClient) -> None:
        """The last one that one may have can be made, and the next one cannot until one is gone."""
        assert (await make(me, *"abcd"))[0] == 201
        last = await me.post("/items", json={"name": "e"})
        refused = await me.post("/items", json={"name": "f"})
        assert (last.status_code, refused.status_code) == (201, 409)
        assert refused.json()["type"] == "/problems/item-quota-reached"
        await me.delete(last.headers["Location"])
        assert (await me.post("/items", json={"name": "f"})).status_code == 201

    async def test_all_or_nothing(self, me: AsyncClient) -> None:
        """Of a request for more than are left none is made."""
        await make(me, *"abc")
        assert await make(me, *"def") == REACHED
        assert await counted(me) == 3
        assert (await make(me, *"de"))[0] == 201

    async def test_with_a_key(self, me: AsyncClient) -> None:
        """It holds for a request with an idempotency key, and keeps no such answer."""
        key = {"Idempotency-Key": "key"}
        await make(me, *"abcde")
        answer = await me.post("/items", json={"name": "f"}, headers=key)
        assert (answer.status_code, answer.json()["type"]) == REACHED
        await me.delete(f"/items/{(await me.get('/items')).json()['items'][0]['id']}")
        assert (await me.post("/items", json={"name": "f"}, headers=key)).status_code == 201

    @pytest.mark.parametrize(("quota", "status"), [(2, 409), (3, 200), (4, 200)])
    async def test_lowered(
        self, me: AsyncClient, administrator: AsyncClient, user: User, quota: int, status: int
    ) -> None:
        """A quota below what one has is refused, and one of exactly as many is not."""
        await make(me, *"abc")
        answer = await administrator.patch(f"/users/{user.id}", json={"item_quota": quota})
        assert answer.status_code == status
        if status == 409:
            assert answer.json()["type"] == "/problems/quota-below-count"
        assert (await me.get("/users/me")).json()["item_quota"] == (quota if status == 200 else 5)

    async def test_raised(self, me: AsyncClient, administrator: AsyncClient, user: User) -> None:
        """With a bigger one there is room again."""
        await make(me, *"abcde")
        await administrator.patch(f"/users/{user.id}", json={"item_quota": 6})
        assert (await make(me, "f"))[0] == 201
        assert await make(me, "g") == REACHED

    @pytest.mark.parametrize("quota", [-1, 2**31, "many", 1.5])
    async def test_that_is_none(
        self, administrator: AsyncClient, user: User, quota: object
    ) -> None:
        """A quota is a number that Postgres can hold."""
        answer = await administrator.patch(f"/users/{user.id}", json={"item_quota": quota})
        assert answer.status_code == 422


@pytest.mark.real_commits
class TestAtOnce:
    async def test_exactly_as_many(self, me: AsyncClient) -> None:
        """Of many requests at the same time as many succeed as there is room for."""
        answers = await asyncio.gather(*(make(me, f"lamp {n}") for n in range(20)))
        assert Counter(answers) == {(201, None): 5, REACHED: 15}
        assert await counted(me) == 5

    async def test_with_deletions(self, me: AsyncClient) -> None:
        """While others go, the count stays that of the items that there are."""

        async def make_and_delete(number: int) -> set[int]:
            statuses = set()
            for n in range(5):
                answer = await me.post("/items", json={"name": f"{number}, {n}"})
                statuses.add(answer.status_code)
                if answer.status_code == 201:
                    await me.delete(answer.headers["Location"])
            return statuses

        statuses = await asyncio.gather(*(make_and_delete(number) for number in range(8)))
        assert set().union(*statuses) <= {201, 409}
        assert await counted(me) == 0

    async def test_while_the_quota_is_lowered(
        self, me: AsyncClient, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """A quota that is lowered meanwhile is refused or holds: never has one more than it."""
        lower = administrator.patch(f"/users/{user.id}", json={"item_quota": 2})
        answers = await asyncio.gather(
            *(make(me, f"lamp {n}") for n in range(3)), lower, *(make(me, f"{n}") for n in range(3))
        )
        assert answers
        await session.refresh(user)
        assert user.item_quota in {2, 5}
        assert await counted(me) == user.item_quota
