"""What must not get out, and what must not get in."""

from pathlib import Path

import pytest

from api.connections import create_engine
from api.settings import Environment, Settings
from toolbox.databases import without_password
from toolbox.errors import ToolboxError
from toolbox.postgres.embedded import Embedded
from toolbox.serving import development


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql://u:p%40ss@h:1/d?a=b", "postgresql://u@h:1/d?a=b", "p@ss"),
        ("postgresql://u@h/d", "postgresql://u@h/d", None),
        ("postgresql://[::1]:1/d", "postgresql://[::1]:1/d", None),
    ],
)
def test_psql_has_no_password_on_its_command_line(
    url: str, address: str, password: str | None
) -> None:
    """Every user of a machine can read every command line."""
    assert without_password(url) == (address, password)


def test_errors_do_not_show_parameters() -> None:
    """The log of a failed statement has no password's hash."""
    url = "postgresql://u@h/d"
    settings = Settings(environment=Environment.DEVELOPMENT, database_url=url)
    assert create_engine(settings).sync_engine.hide_parameters


@pytest.mark.parametrize("name", ['a"b', "a$b", "a`b"])
def test_path_that_a_shell_would_read(tmp_path: Path, name: str) -> None:
    """A checkout whose path Postgres's programs would give to a shell is refused, unread."""
    with pytest.raises(ToolboxError, match="Move it to a path without"):
        Embedded(tmp_path / name / ".data").up()


def test_environment_is_not_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for production gets it, also from `nox -s serve`; who says nothing, development."""
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert development("postgresql://h/d")["ENVIRONMENT"] == "production"
    monkeypatch.delenv("ENVIRONMENT")
    assert development("postgresql://h/d")["ENVIRONMENT"] == "development"
