"""What the fixtures promise to whoever writes a test."""

from datetime import timedelta

import pytest
import time_machine
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.users.models import User
from tests.functional.factories import make_user
from tests.functional.tracing import Queries


class TestIsolation:
    @pytest.mark.parametrize("round_", [1, 2])
    async def test_rolled_back(self, session: AsyncSession, round_: int) -> None:
        """A test finds nothing that another one wrote, in whatever order they run."""
        assert (await session.scalars(select(User))).all() == [], round_
        await make_user(session, email="ada@example.com")

    @pytest.mark.real_commits
    @pytest.mark.parametrize("round_", [1, 2])
    async def test_own_database(self, session: AsyncSession, round_: int) -> None:
        """Nor one that has a database of its own."""
        assert (await session.scalars(select(User))).all() == [], round_
        await make_user(session, email="ada@example.com")


class TestQueries:
    async def test_counts(self, session: AsyncSession, queries: Queries) -> None:
        """Statements are counted, savepoints are not, and too many are listed."""
        with queries.exactly(3):  # the user, its log-in, and the look
            await make_user(session)
            await session.scalar(select(User.email))
        with pytest.raises(AssertionError, match=r"SELECT users\.email"), queries.at_most(0):
            await session.scalar(select(User.email))


class TestClock:
    async def test_moves(self, clock: time_machine.Traveller, me: AsyncClient) -> None:
        """When time passes, tokens expire."""
        assert (await me.get("/users/me")).status_code == 200
        clock.shift(timedelta(minutes=16))
        assert (await me.get("/users/me")).status_code == 401
