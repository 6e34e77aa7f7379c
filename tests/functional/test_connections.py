"""A worker's connections: lost ones are replaced, and none is kept by who is done or gone."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.connections import create_engine
from api.database import Database, is_unavailable
from api.errors import ServiceUnavailable
from tests.functional.conftest import settings_for

PLACES = 3
PID = select(func.pg_backend_pid().label("pid"))
SLEEP = select(func.pg_sleep(60).label("slept"))
ONE = select(literal(1).label("one"))
NAP = select(func.pg_sleep(0.002).label("slept"))
FAULT = select((literal(1) / bindparam("zero", 0)).label("never"))


@pytest.fixture
async def engine(shared_database: str) -> AsyncIterator[AsyncEngine]:
    """A pool that has one connection more than there are places: the test's own."""
    settings = settings_for(shared_database).model_copy(update={"database_pool_size": PLACES + 1})
    engine = create_engine(settings)
    yield engine
    await engine.dispose()


@pytest.fixture
async def database(engine: AsyncEngine, shared_database: str) -> AsyncIterator[Database]:
    changes = {"database_pool_size": PLACES, "database_pool_timeout": 30.0}
    database = Database(engine, settings_for(shared_database).model_copy(update=changes))
    yield database
    await database.close()


async def all_free(database: Database) -> bool:
    """Tell whether each place can be taken at once, and works."""
    async with asyncio.timeout(10):
        for _ in range(PLACES):
            await database.take_place()
        for _ in range(PLACES):
            database.leave_place()
        rows = await asyncio.gather(*(database.rows(ONE, {}) for _ in range(2 * PLACES)))
        async with database.session() as session:
            return await session.scalar(ONE) == 1 and rows == [[{"one": 1}]] * 2 * PLACES


async def all_idle_lost(database: Database) -> None:
    """Return when this process was told that the connections in nobody's use are closed."""
    drivers: list[Any] = [idle.driver_connection for idle in database.connections._idle]
    async with asyncio.timeout(10):
        while drivers:
            drivers = [driver for driver in drivers if not driver.is_closed()]
            await asyncio.sleep(0.001)


class TestStoodStill:
    async def test_is_no_slow_database(self, database: Database) -> None:
        """Where this process stood still, and nobody left meanwhile, who comes then may wait."""
        async with database.watched():
            for _ in range(PLACES):
                await database.take_place()
            waiting = [asyncio.create_task(database.take_place())]
            await asyncio.sleep(0)
            looked_at = database._watch.now
            time.sleep(1)  # noqa: ASYNC251 - the whole process
            while database._watch.now == looked_at:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)
            waiting += [asyncio.create_task(database.take_place()) for _ in range(4 * PLACES)]
            await asyncio.sleep(0)
            for _ in range(PLACES + len(waiting)):
                database.leave_place()
            await asyncio.gather(*waiting)

    async def test_again_and_again(self, database: Database) -> None:
        """Where each look is late, a statement that is not answered in time is ended all the same.

        For then the time in which it may be answered was over when the look began.
        """
        async with database.watched():
            driver = await database.connections.fresh()
            database.connections.use(driver, database._watch.now, 0.5)
            try:
                async with asyncio.timeout(20):
                    while not driver.is_closed():
                        time.sleep(0.4)  # noqa: ASYNC251 - the whole process
                        await asyncio.sleep(0)
            finally:
                driver.terminate()


class TestConnectionLost:
    async def end(self, session: AsyncSession, pid: int) -> None:
        await session.execute(select(func.pg_terminate_backend(pid, 5000)))

    async def busy(self, session: AsyncSession) -> int:
        """Return the process that runs a statement of ours, once there is one."""
        sleeping = text(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )
        async with asyncio.timeout(10):
            while not (pid := await session.scalar(sleeping)):
                await session.rollback()
                await asyncio.sleep(0.005)
        return int(pid)

    async def test_while_idle(self, database: Database, session: AsyncSession) -> None:
        """A connection that was ended while nobody used it is not noticed by the next one."""
        for _ in range(3):
            [row] = await database.rows(PID, {})
            await self.end(session, row["pid"])
            await all_idle_lost(database)
            [another] = await database.rows(PID, {})
            assert another["pid"] != row["pid"]

    async def test_before_a_session(self, database: Database, session: AsyncSession) -> None:
        """Nor by a session."""
        [row] = await database.rows(PID, {})
        await self.end(session, row["pid"])
        await all_idle_lost(database)
        async with database.session() as working:
            assert await working.scalar(PID) != row["pid"]

    async def test_in_a_statement(self, database: Database, session: AsyncSession) -> None:
        """In a statement it is an error of the database, and the next one has another."""
        sleeping = asyncio.create_task(database.rows(SLEEP, {}))
        await self.end(session, await self.busy(session))
        with pytest.raises(DBAPIError) as lost:
            await sleeping
        assert is_unavailable(lost.value)
        assert await database.rows(ONE, {}) == [{"one": 1}]

    async def test_in_a_session(self, database: Database, session: AsyncSession) -> None:
        """In a session too."""

        async def lose() -> None:
            async with database.session() as working:
                await self.end(session, await working.scalar(PID) or 0)
                await working.execute(ONE)

        with pytest.raises(ServiceUnavailable, match="nothing was changed"):
            await lose()
        assert await all_free(database)

    async def test_all_at_once(self, database: Database, session: AsyncSession) -> None:
        """After all were lost, as when Postgres was restarted, nobody notices."""
        await asyncio.gather(*(database.rows(NAP, {}) for _ in range(PLACES)))
        others = text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND application_name = 'pir' AND query LIKE '%pg_sleep%'"
        )
        assert len((await session.execute(others)).all()) >= PLACES
        await all_idle_lost(database)
        assert await all_free(database)


class TestCancelled:
    @pytest.mark.parametrize("way", ["alone", "in a session"])
    async def test_statement(self, database: Database, way: str) -> None:
        """Who gives up in the middle of a statement leaves its connection to the next one."""

        async def sleep() -> None:
            if way == "alone":
                await database.rows(SLEEP, {})
            async with database.session() as session:
                await session.execute(SLEEP)

        for _ in range(PLACES + 1):
            sleeping = [asyncio.create_task(sleep()) for _ in range(2 * PLACES)]
            await asyncio.wait(sleeping, timeout=0.05)
            for task in sleeping:
                task.cancel()
            await asyncio.wait(sleeping)
            assert all(task.cancelled() for task in sleeping)
        assert await all_free(database)

    async def test_waiting(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who gives up while it waits takes no place, and neither does who is turned away."""
        async with database.place(), database.place(), database.place():
            waiting = [asyncio.create_task(database.rows(ONE, {})) for _ in range(5)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
            monkeypatch.setattr(database.places, "patience", 0.01)
            with pytest.raises(ServiceUnavailable):
                await database.rows(ONE, {})
            monkeypatch.undo()
        assert await all_free(database)


class TestMixed:
    @pytest.mark.parametrize("seed", range(3))
    async def test_never_stuck(self, database: Database, engine: AsyncEngine, seed: int) -> None:
        """Whatever way they go, and however they end: all are served, and no place is lost."""
        chance = random.Random(seed)  # noqa: S311 - the same each time

        async def alone() -> None:
            await database.rows(chance.choice([ONE, NAP]), {})

        async def in_session() -> None:
            async with database.session() as session:
                await session.execute(chance.choice([ONE, NAP]))

        async def fails() -> None:
            with pytest.raises(DBAPIError):
                await database.rows(FAULT, {})

        async def fails_in_session() -> None:
            with pytest.raises(DBAPIError):
                async with database.session() as session:
                    await session.execute(FAULT)

        async def is_cancelled() -> None:
            task = asyncio.create_task(chance.choice([alone, in_session])())
            await asyncio.sleep(chance.uniform(0, 0.01))
            task.cancel()
            await asyncio.wait([task])

        kinds = [alone, in_session, fails, fails_in_session, is_cancelled]
        async with asyncio.timeout(30):
            await asyncio.gather(*(chance.choice(kinds)() for _ in range(150)))
        assert await all_free(database)
        assert engine.pool.checkedout() <= PLACES  # type: ignore[attr-defined]
        await database.close()
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.real_commits
async def test_connection_that_never_answers(database: Database) -> None:
    """A connection whose request was given up is not lent again: its answer may never come."""
    await database.rows(select(literal(1)), {})
    [connection] = database.connections._idle
    task = asyncio.create_task(database.rows(select(func.pg_sleep(60)), {}))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.rows(select(literal(1).label("one")), {}) == [{"one": 1}]
    assert connection not in database.connections._idle


async def test_used_before_the_first_look(database: Database) -> None:
    """A statement of a worker's first moment is not taken for one that lasts too long."""
    longer_than_a_look = select(func.pg_sleep(0.3).label("slept"))
    async with database.watched():
        assert len(await database.rows(longer_than_a_look, {})) == 1
