"""A project's own code connects to a throwaway database, or to none."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psycopg
import pytest
from psycopg import connect as taken_before
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from tests.gate.conftest import Empty
from tests.gate.history.casefile import ENV, INI
from toolbox.errors import ToolboxError
from toolbox.gate.guard import environment_of, only_throwaways
from toolbox.gate.project import Project
from toolbox.gate.redirect import connections_to

PRODUCTION = "postgresql://nobody:wrong@127.0.0.1:1/production"


async def _psycopg() -> None:
    await psycopg.AsyncConnection.connect(PRODUCTION)


async def _asyncpg() -> None:
    await asyncpg.connect(PRODUCTION)


async def _pool() -> None:
    await asyncpg.create_pool(PRODUCTION)


@pytest.mark.parametrize(
    "connect",
    [
        lambda: psycopg.connect(PRODUCTION),
        lambda: psycopg.connect(host="127.0.0.1", port=1, dbname="production"),
        lambda: taken_before(PRODUCTION),
        lambda: psycopg.connect("host=127.0.0.1 port=1 user=production"),
        lambda: asyncio.run(_psycopg()),
        lambda: asyncio.run(_asyncpg()),
        lambda: asyncio.run(_pool()),
        lambda: create_engine(PRODUCTION.replace("://", "+psycopg://")).connect(),
    ],
)
def test_refused(connect: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way a driver is called, another database is refused before it is reached."""
    monkeypatch.delenv("PGDATABASE", raising=False)
    with only_throwaways(), pytest.raises(ToolboxError, match="past SQLAlchemy"):
        connect()


def test_throwaway_passes(empty: Empty) -> None:
    """A throwaway database is connected to, and afterwards any."""
    url = empty()
    with only_throwaways(), psycopg.connect(url) as connection:
        assert connection.info.dbname == url.rsplit("/", 1)[1]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(PRODUCTION)


async def test_own_function(empty: Empty) -> None:
    """An asynchronous engine that calls a function of its own is refused before it is called."""
    arguments = {"async_creator_fn": lambda **_: pytest.fail("It was called.")}
    engine = create_async_engine("postgresql+asyncpg://", connect_args=arguments)
    with connections_to(empty()), pytest.raises(ToolboxError, match="creator"):
        await engine.connect()
    await engine.dispose()


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever variable leads to a database leads a process that is started to ours."""
    monkeypatch.setenv("DATABASE_URL", PRODUCTION)
    monkeypatch.setenv("REPORTING", PRODUCTION.replace("://", "+asyncpg://"))
    monkeypatch.setenv("PGDATABASE", "production")
    monkeypatch.setenv("PGSERVICE", "production")
    with environment_of("postgresql://ada:secret@127.0.0.1:5/pir_throwaway_1"):
        code = "import os; print([v for v in os.environ.values() if 'production' in v])"
        there = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert os.environ["REPORTING"] == (
            "postgresql+asyncpg://ada:secret@127.0.0.1:5/pir_throwaway_1"
        )
    assert there.stdout.strip() == b"[]"
    assert os.environ["DATABASE_URL"] == PRODUCTION


@pytest.mark.parametrize("part", ["env.py", "a revision", "a revision as it is loaded"])
def test_project(part: str, empty: Empty, tmp_path: Path) -> None:
    """A project that calls a driver is stopped with a sentence, and its database is not reached."""
    call = f"__import__('psycopg').connect({PRODUCTION!r})\n"
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text(INI)
    (tmp_path / "migrations" / "env.py").write_text((call if part == "env.py" else "") + ENV)
    body = f"    {call}" if part == "a revision" else "    pass\n"
    first = call if part == "a revision as it is loaded" else ""
    (versions / "1.py").write_text(
        f"{first}revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n{body}"
    )
    with pytest.raises(ToolboxError, match="past SQLAlchemy"):
        Project.load(tmp_path / "alembic.ini").upgrade(empty())
