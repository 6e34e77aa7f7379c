"""The gate reaches its throwaway databases, and nothing else, whatever env.py would do."""

import asyncio

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.gate.conftest import Empty
from toolbox.errors import ToolboxError
from toolbox.gate.redirect import connections_to

ELSEWHERE = "nobody:wrong@127.0.0.1:1/production?application_name=env"
WHO = "SELECT current_database(), current_setting('application_name')"


def test_synchronous_engine(empty: Empty) -> None:
    """An engine with another URL is in our database, and keeps what is not about where."""
    url = empty()
    engine = create_engine(f"postgresql+psycopg://{ELSEWHERE}")
    with connections_to(url), engine.connect() as connection:
        assert tuple(connection.execute(text(WHO)).one()) == (url.rsplit("/", 1)[1], "env")
    engine.dispose()


async def test_asynchronous_engine(empty: Empty) -> None:
    """So is an asynchronous one."""
    url = empty()
    engine = create_async_engine("postgresql+asyncpg://nobody:wrong@127.0.0.1:1/production")
    with connections_to(url):
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT current_database()"))
    await engine.dispose()
    await asyncio.sleep(0)
    assert found == url.rsplit("/", 1)[1]


def test_creator(empty: Empty) -> None:
    """An engine that goes past its URL is refused before it says anything to that database."""
    production, ours = empty(), empty()
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(production))
    with connections_to(ours), pytest.raises(ToolboxError, match="creator"):
        engine.connect()
    engine.dispose()


def test_afterwards(empty: Empty) -> None:
    """What comes after the block goes where it always went."""
    ours, theirs = empty(), empty()
    with connections_to(ours):
        pass
    engine = create_engine(theirs.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_database()")) == theirs.rsplit("/", 1)[1]
    engine.dispose()
