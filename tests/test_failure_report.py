"""What a failed functional test tells whoever reads its report."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from toolbox.checkout import ROOT
from toolbox.databases import KEPT_PREFIX, on_same_server

FAILING = """
async def test_that_fails(client):
    answer = await client.post("/users", json={"email": "ada", "name": "Ada"})
    await client.get("/health/ready")
    assert answer.status_code == 201
"""


def run_pytest(file: Path, *options: str) -> str:
    """Run a file as if it stood in tests/functional, and return what pytest printed."""
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


def test_prints_what_was_sent(tmp_path: Path) -> None:
    """A failed test's report has the requests, the problem documents and the SQL."""
    file = tmp_path / "test_it.py"
    file.write_text(FAILING)
    report = run_pytest(file)
    for part in ("HTTP and SQL", "POST /users", '"email": "ada"', "/problems/invalid-request"):
        assert part in report
    assert "sql: SELECT version_num" in report


def test_keeps_the_database(tmp_path: Path, server_url: str) -> None:
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


def test_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no database nothing is run, and it is said why, and where to ask further."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada@127.0.0.1:1/ada")
    file = tmp_path / "test_it.py"
    file.write_text(FAILING)
    report = run_pytest(file)
    assert "ERROR: DATABASE_URL cannot be used" in report
    assert "nox -s doctor" in report
