"""Which server is used, and what is said of a DATABASE_URL that does not lead to one."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from toolbox.databases import on_same_server
from toolbox.errors import NotWell, ToolboxError
from toolbox.postgres import SWITCH, choose
from toolbox.postgres.docker import Docker
from toolbox.postgres.embedded import Embedded
from toolbox.postgres.given import Given


class TestChoose:
    @pytest.fixture(autouse=True)
    def _nothing_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DATABASE_URL", SWITCH):
            monkeypatch.delenv(name, raising=False)

    def test_embedded_by_default(self) -> None:
        """Without a word it is this checkout's own."""
        assert isinstance(choose(), Embedded)

    @pytest.mark.parametrize(("choice", "kind"), [("embedded", Embedded), ("docker", Docker)])
    def test_by_name(self, monkeypatch: pytest.MonkeyPatch, choice: str, kind: type) -> None:
        """TOOLBOX_POSTGRES names the one that is wanted."""
        monkeypatch.setenv(SWITCH, choice)
        assert isinstance(choose(), kind)

    def test_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name that means nothing is refused with those that do."""
        monkeypatch.setenv(SWITCH, "dokcer")
        with pytest.raises(ToolboxError, match=r"'dokcer'.*embedded or docker"):
            choose()

    def test_docker_without_compose(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """A Docker that knows no `docker compose` is told apart from one that fails."""
        docker = tmp_path / "docker"
        docker.write_text("#!/bin/sh\necho 'unknown flag: --detach' >&2; exit 125\n")
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(NotWell, match="no Compose v2"):
            Docker().up()

    def test_given_url_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """DATABASE_URL is used whatever TOOLBOX_POSTGRES says."""
        monkeypatch.setenv(SWITCH, "dokcer")
        monkeypatch.setenv("DATABASE_URL", "postgresql://ada@127.0.0.1/ada")
        assert isinstance(choose(), Given)


class TestGiven:
    def test_works(self, server: str) -> None:
        """A URL that works is used, whichever driver it names."""
        given = Given(server.replace("postgresql://", "postgresql+asyncpg://"))
        assert given.up() == server
        where = urlsplit(server)
        assert given.status() == f"answers at 127.0.0.1:{where.port}/pir"

    def test_unreachable(self) -> None:
        """A server that does not answer is said, with what to do."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
        assert "refused" in refusal(f"postgresql://ada:secret@127.0.0.1:{port}/ada")

    def test_wrong_password(self, server: str) -> None:
        """A wrong password is said, and not printed."""
        where = urlsplit(server)
        url = f"postgresql://postgres:hunter2@127.0.0.1:{where.port}/pir"
        said = refusal(url)
        assert "password authentication failed" in said
        assert "hunter2" not in said

    def test_unknown_database(self, server: str) -> None:
        """A database that does not exist is named."""
        assert '"nowhere" does not exist' in refusal(on_same_server(server, "nowhere"))

    @pytest.mark.parametrize("url", ["nonsense", "mysql://ada@127.0.0.1/ada", "://", "/var/db"])
    def test_of_no_postgres(self, url: str) -> None:
        """What is no URL of a Postgres database is refused with an example of one."""
        assert "postgresql://user:password@host:port/database" in refusal(url)

    @pytest.mark.parametrize("url", ["postgresql://ada@host:port/ada", "postgresql://[::1/ada"])
    def test_malformed(self, url: str) -> None:
        """A URL that only looks like one is refused before anything is tried."""
        assert "DATABASE_URL cannot be used" in refusal(url)

    @pytest.mark.parametrize("url", ["postgresql://ada@host:port/ada", "postgresql://[::1/ada"])
    def test_status_of_a_malformed_one(self, url: str) -> None:
        """Its status is the same refusal."""
        with pytest.raises(ToolboxError, match="DATABASE_URL cannot be used"):
            Given(url).status()

    def test_is_never_stopped(self, server: str) -> None:
        """What somebody else runs is not ours to stop or to empty."""
        given = Given(server)
        with pytest.raises(ToolboxError, match="never stopped"):
            given.stop()
        with pytest.raises(ToolboxError, match="never reset"):
            given.reset()
        assert given.up() == server


def refusal(url: str) -> str:
    """Return what is said of a URL that does not work: one line, or two with what to do."""
    with pytest.raises(ToolboxError) as refused:
        Given(url).up()
    said = str(refused.value)
    assert said.count("\n") <= 1
    return said
