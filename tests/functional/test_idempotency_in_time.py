"""Idempotency keys in the course of time: how long they last, and what happens at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.idempotency.models import IdempotencyKey
from api.items.models import Item
from api.settings import Settings
from api.users.models import User
from tests.functional.factories import somebody_waits
from tests.functional.test_idempotency import ADA, REQUESTS, count, post, whole


class TestExpiry:
    async def expire(self, session: AsyncSession) -> None:
        past = func.now() - timedelta(seconds=1)
        await session.execute(update(IdempotencyKey).values(expires_at=past))
        await session.commit()

    async def test_acts_anew(self, me: AsyncClient, session: AsyncSession) -> None:
        """A key whose time is over is a new one: even another request may take it."""
        await post(me)
        await self.expire(session)
        desk = await post(me, body={"name": "desk"})
        assert (desk.status_code, desk.json()["name"]) == (201, "desk")
        assert whole(await post(me, body={"name": "desk"})) == whole(desk)

    async def test_lifetime(
        self, me: AsyncClient, session: AsyncSession, settings: Settings
    ) -> None:
        """An answer is kept for as long as the settings say."""
        await post(me)
        left = await session.scalar(select(IdempotencyKey.expires_at - func.now()))
        assert left is not None
        assert abs(settings.idempotency_key_lifetime - left) < timedelta(minutes=5)

    async def test_is_purged(self, me: AsyncClient, session: AsyncSession) -> None:
        """Each new key takes some of those away whose time is over, whosever they were."""
        await post(me, "/users", ADA, "anonymous")
        await post(me)
        await self.expire(session)
        await post(me, body={"name": "desk"}, key="new")
        assert (await session.scalars(select(IdempotencyKey.key))).all() == ["new"]


@pytest.mark.real_commits
class TestAtOnce:
    @pytest.mark.parametrize(("path", "body"), REQUESTS)
    async def test_acts_once(
        self, me: AsyncClient, session: AsyncSession, path: str, body: Any
    ) -> None:
        """Of many at the same time one acts, and all get its answer."""
        before = [await count(session, table) for table in (User, Item)]
        await session.commit()
        answers = await asyncio.gather(*(post(me, path, body) for _ in range(10)))
        assert answers[0].status_code == 201
        assert len({str(whole(answer)) for answer in answers}) == 1
        after = [await count(session, table) for table in (User, Item)]
        made = {"/items": [0, 1], "/items/bulk": [0, 2], "/users": [1, 0]}[path]
        assert [b - a for a, b in zip(before, after, strict=True)] == made

    async def test_different_bodies(self, me: AsyncClient, session: AsyncSession) -> None:
        """One of several requests with a key wins, and the others learn that it is taken."""
        bodies = [{"name": f"lamp {n}"} for n in range(10)]
        answers = await asyncio.gather(*(post(me, body=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
        assert await count(session, Item) == 1

    async def test_account_goes(self, me: AsyncClient, session: AsyncSession, user: User) -> None:
        """Who is deleted while its request is on the way is nobody: that is no fault of ours."""
        await session.delete(user)
        await session.flush()
        waiting = asyncio.create_task(post(me))
        await somebody_waits(session)
        await session.commit()
        assert (await waiting).status_code == 401
