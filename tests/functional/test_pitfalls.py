"""The traps of asynchronous tests and sessions: each would open if the configuration were wrong."""

import asyncio

import pytest
from sqlalchemy import literal, select
from sqlalchemy.exc import InvalidRequestError, MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from api.database import Database
from api.items.models import Item
from api.users.models import User
from tests.functional.factories import make_item, make_user


@pytest.fixture(scope="session")
async def sessions_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@pytest.fixture
async def tests_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def test_one_loop(
    sessions_loop: asyncio.AbstractEventLoop, tests_loop: asyncio.AbstractEventLoop
) -> None:
    """Fixtures of the run, of the test and the test itself share one event loop.

    Otherwise a pool that one loop made would be used by another: "attached to a different loop".
    It takes both of pytest-asyncio's settings, for fixtures and for tests.
    """
    assert sessions_loop is tests_loop is asyncio.get_running_loop()


@pytest.mark.parametrize("test", [1, 2])
async def test_pool_outlives_a_test(shared_engine: AsyncEngine, test: int) -> None:
    """A connection that one test opened can be used by the next."""
    async with shared_engine.connect() as connection:
        assert await connection.scalar(select(literal(test))) == test


@pytest.mark.real_commits
async def test_session_shared_by_tasks(database: Database) -> None:
    """One session serves one task: two at once are refused, not mixed up."""
    async with database.sessions() as session:
        results = await asyncio.gather(
            *(session.execute(select(User)) for _ in range(2)), return_exceptions=True
        )
        assert any(isinstance(result, InvalidRequestError) for result in results)


async def test_relationship_is_not_loaded_by_accident(session: AsyncSession) -> None:
    """Touching a relationship that was not asked for is an error, not one query a row."""
    item = await make_item(session, await make_user(session))
    loaded = await session.scalar(select(Item).where(Item.id == item.id))
    assert loaded is not None
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = loaded.owner


async def test_committed_object_can_still_be_read(database: Database) -> None:
    """After a commit, attributes are still there: a response is made from them."""
    async with database.sessions() as session:
        user = await make_user(session, name="Ada")
        assert user.name == "Ada"


@pytest.mark.real_commits
async def test_why_objects_must_not_expire(database: Database) -> None:
    """If a commit expired them, reading one would be a query behind an attribute."""
    expiring = async_sessionmaker(**{**database.sessions.kw, "expire_on_commit": True})
    async with expiring() as session:
        user = await make_user(session)
        with pytest.raises(MissingGreenlet):
            _ = user.name


async def test_server_defaults_need_no_query(session: AsyncSession) -> None:
    """What the server sets comes back with the INSERT, and with the UPDATE, itself."""
    item = await make_item(session, await make_user(session))
    assert item.id is not None
    item.quantity = 5
    await session.flush()
    assert item.updated_at is not None
