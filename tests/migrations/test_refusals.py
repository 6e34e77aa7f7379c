"""What Alembic says to a user's mistake: a line, and never a stack trace."""

import socket

import pytest

from tests.toolbox.checkouts import Checkout
from toolbox.checkout import ROOT

HERE = Checkout(ROOT, {})


def said(*arguments: str, **variables: str) -> str:
    """Return the one line that a command which cannot work prints."""
    done = HERE.alembic(*arguments, **variables)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "DATABASE_URL is not a URL"),
        ("", "DATABASE_URL is not set"),
    ],
)
def test_useless_url(url: str, words: str) -> None:
    """A URL that is missing, or is none of a Postgres database, is said."""
    assert words in said("upgrade", "head", DATABASE_URL=url)


def test_nobody_answers() -> None:
    """A database that cannot be reached is named, without its password."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    line = said("upgrade", "head", DATABASE_URL=f"postgresql://ada:hunter2@127.0.0.1:{port}/ada")
    assert f"cannot connect to postgresql+asyncpg://ada:***@127.0.0.1:{port}/ada" in line
    assert "hunter2" not in line


def test_unknown_revision(migrated: str) -> None:
    """A revision that does not exist is named."""
    assert "'nope'" in said("upgrade", "nope", DATABASE_URL=migrated)


def test_sql_needs_no_database() -> None:
    """The SQL of an upgrade can be had without a server, for somebody else to run, and gives up
    just as soon where it meets a lock."""
    url = "postgresql://ada:hunter2@127.0.0.1:1/ada"
    done = HERE.alembic("upgrade", "head", "--sql", DATABASE_URL=url)
    assert done.returncode == 0
    statements = done.stdout
    assert statements.index("SET lock_timeout = '3s'") < statements.index("CREATE TABLE users")
    assert "hunter2" not in statements
