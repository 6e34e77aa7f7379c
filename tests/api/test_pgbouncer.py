"""Behind PgBouncer in transaction mode, with fewer connections of Postgres than clients."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest

from tests.api.people import Answer, person
from tests.api.processes import Service, serve, start, wait_until
from tests.api.servers import folder, program, running
from tests.api.test_serving import free_port
from tests.toolbox.clusters import query
from toolbox.databases import Throwaways
from toolbox.serving import is_ready

DONE = {Answer(200, "", None), Answer(201, "", None)}
SERVERS = 3
CLIENTS = 24

CONFIGURATION = """
[databases]
* = host={host} port={port} user={user} password={password}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 200
ignore_startup_parameters = {ignored}
"""
# So that the one fault is seen without the other.
LIMITS = "statement_timeout,lock_timeout,idle_in_transaction_session_timeout"


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("pooled", template)


def pooled(database: str, ignored: str) -> Iterator[str]:
    """The database's URL through a PgBouncer of the test's own."""
    pgbouncer, parts, own = program("pgbouncer"), urlsplit(database), free_port()
    with folder() as home:
        file = home / "pgbouncer.ini"
        file.write_text(
            CONFIGURATION.format(
                host=parts.hostname,
                port=parts.port,
                user=parts.username,
                password=parts.password,
                own=own,
                servers=SERVERS,
                ignored=ignored,
            )
        )
        with running([pgbouncer, "--quiet", str(file)], own):
            yield parts._replace(netloc=f"{parts.username}:any@127.0.0.1:{own}").geturl()


@pytest.fixture
def plain(database: str) -> Iterator[str]:
    yield from pooled(database, ignored="")


@pytest.fixture
def lenient(database: str) -> Iterator[str]:
    yield from pooled(database, ignored=LIMITS)


def answers(service: Service) -> set[Answer]:
    """What many clients at once are answered, who do all that there is again and again."""
    with person(service.url) as ada:
        return {answer for _ in range(5) for answer in ada.do_all(times=CLIENTS // 4)}


def test_whole_service(plain: str, database: str, tmp_path: Path) -> None:
    """With DATABASE_POOLER all works, and Postgres sees no more connections than it is to."""
    with serve(plain, 2, tmp_path / "log", DATABASE_POOLER="true") as service:
        assert answers(service) == DONE
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        here = f"{count} AND application_name = 'pir'"
        assert query(database, here)[0][0] in range(1, SERVERS + 1)


def test_prepared_statements(lenient: str, tmp_path: Path) -> None:
    """Without it statements that were prepared elsewhere fail: this test can see that."""
    with start(lenient, 2, tmp_path / "log") as service:
        wait_until(lambda: is_ready(service.url) or "prepared statement" in service.output)
        with suppress(httpx2.HTTPStatusError):  # perhaps not even a sign-up works
            assert answers(service) - DONE
        assert "prepared statement" in service.output


def test_limits_are_refused(plain: str) -> None:
    """Nor does PgBouncer let one in who sets limits when connecting."""
    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
        psycopg.connect(plain, options="-c statement_timeout=1000")
