"""What the fixtures promise to whoever writes a test."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from httpx2 import AsyncClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.users.models import User
from tests.functional.factories import make_user
from tests.functional.tracing import Queries
from toolbox.checkout import ROOT
from toolbox.databases import KEPT_PREFIX, on_same_server

FAILING = """
async def test_that_fails(client):
    answer = await client.post("/users", json={"email": "ada", "name": "Ada"})
    await client.get("/health/ready")
    assert answer.status_code == 201
"""


def run_pytest(file: Path, *options: str) -> str:
    """Run a file as if it stood in this folder, and return what pytest printed."""
    plugins = ["-p", "tests.conftest", "-p", "tests.functional.conftest"]
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *plugins, *options, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


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
        with queries.exactly(2):
            await make_user(session)
            await session.scalar(select(User.email))
        with pytest.raises(AssertionError, match="SELECT users.email"), queries.at_most(0):
            await session.scalar(select(User.email))


class TestClock:
    async def test_moves(self, clock: time_machine.Traveller, me: AsyncClient) -> None:
        """When time passes, tokens expire."""
        assert (await me.get("/users/me")).status_code == 200
        clock.shift(timedelta(minutes=16))
        assert (await me.get("/users/me")).status_code == 401


class TestFailure:
    def test_prints_what_was_sent(self, tmp_path: Path) -> None:
        """A failed test's report has the requests, the problem documents and the SQL."""
        file = tmp_path / "test_it.py"
        file.write_text(FAILING)
        report = run_pytest(file)
        for part in ("HTTP and SQL", "POST /users", '"email": "ada"', "/problems/invalid-request"):
            assert part in report
        assert "sql: SELECT version_num FROM alembic_version" in report

    def test_keeps_the_database(self, tmp_path: Path, server_url: str) -> None:
        """With --keep-database, the database of a failed test can be opened afterwards."""
        file = tmp_path / "test_it.py"
        file.write_text(FAILING)
        report = run_pytest(file, "--keep-database")
        name = f"{KEPT_PREFIX}_test_that_fails"
        assert f"nox -s db -- psql {name}" in report
        with psycopg.connect(on_same_server(server_url, name)) as connection:
            assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name}")
