"""The connections of all workers stay within what Postgres allows."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest

from api.capacity import Limit, TooFewConnections, pool_size
from api.settings import Environment, Settings
from tests.api.people import PATIENCE, person
from tests.api.processes import serve
from tests.api.test_serving import run
from tests.toolbox.clusters import query, wait_until
from toolbox.databases import Throwaways


def settings(**given: int) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url="postgresql://ada@localhost/ada",
        **given,  # type: ignore[arg-type]
    )


class TestPoolSize:
    @pytest.mark.parametrize(
        ("limit", "workers", "replicas", "size"),
        [
            (97, 1, 1, 10),  # as many as one worker can use
            (97, 8, 1, 10),  # 92 among 9: one more lives while they are replaced
            (97, 8, 2, 5),
            (97, 9, 1, 9),
            (7, 1, 1, 1),  # the last one
        ],
    )
    def test_fits(self, limit: int, workers: int, replicas: int, size: int) -> None:
        """Without a size of its own a pool is as large as all workers of all replicas allow."""
        each = pool_size(Limit(limit, "server"), settings(workers=workers, replicas=replicas))
        assert each == size
        assert replicas * (workers + 1) * each + 5 <= limit

    def test_given_fits(self) -> None:
        """A size that was given is what it is."""
        given = settings(database_pool_size=20, workers=2)
        assert pool_size(Limit(97, "server"), given) == 20

    def test_given_does_not_fit(self) -> None:
        """A size that was given is not lowered in silence: it says what would fit."""
        given = settings(database_pool_size=20, workers=4)
        with pytest.raises(TooFewConnections, match="DATABASE_POOL_SIZE to 18 or less"):
            pool_size(Limit(97, "server"), given)

    def test_nothing_fits(self) -> None:
        """Where not even one each is left it says which limit is too low."""
        with pytest.raises(TooFewConnections, match="CONNECTION LIMIT of the role"):
            pool_size(Limit(8, "role"), settings(workers=4))


@pytest.fixture
def narrow(databases: Throwaways, template: str) -> str:
    """A database that allows twenty connections."""
    url = databases.create("narrow", template)
    name = url.rpartition("/")[2]
    query(url, f'ALTER DATABASE "{name}" CONNECTION LIMIT 20')
    return url


def test_start_that_cannot_fit(narrow: str) -> None:
    """The service does not start where it would have more connections than there are."""
    variables = {"DATABASE_POOL_SIZE": "10", "ENVIRONMENT": "development"}
    done = run("--workers", "4", "--port", "0", DATABASE_URL=narrow, **variables)
    assert done.returncode == 1
    assert "Too few connections: 1 replicas of 4 workers" in done.stderr
    assert "CONNECTION LIMIT of the database" in done.stderr
    assert "Traceback" not in done.stderr


def test_start_that_fits_itself(narrow: str, tmp_path: Path) -> None:
    """Otherwise each worker's pool is what is left for it: here a third of fifteen."""
    with serve(narrow, 2, tmp_path / "log") as service:

        def figures() -> str:
            return httpx2.get(f"{service.url}/metrics", timeout=30).text

        # Each worker asks for itself, soon after it has started.
        wait_until(lambda: "database_connections_limit 10.0" in figures())


@pytest.fixture
def ordinary(narrow: str) -> Iterator[str]:
    """The same for a role that twenty connections are allowed, which hold for no superuser."""
    url = urlsplit(narrow)
    name, password = f"ordinary_{secrets.token_hex(4)}", secrets.token_hex(8)
    query(narrow, f"CREATE ROLE {name} LOGIN PASSWORD '{password}' CONNECTION LIMIT 20")
    query(narrow, f"GRANT pg_read_all_data, pg_write_all_data TO {name}")
    yield url._replace(netloc=f"{name}:{password}@{url.netloc.rpartition('@')[2]}").geturl()
    query(narrow, f"DROP ROLE {name}")


@contextmanager
def all_taken(url: str) -> Iterator[None]:
    """Take every connection that is still allowed."""
    taken: list[psycopg.Connection] = []
    try:
        with suppress(psycopg.OperationalError):
            while len(taken) < 20:
                taken.append(psycopg.connect(url))
        assert 0 < len(taken) < 20
        yield
    finally:
        for connection in taken:
            connection.close()


def test_others_took_the_rest(ordinary: str, tmp_path: Path) -> None:
    """Where others left no connection requests are served on those that there are, or refused.

    None is answered 500, and once the others are gone all is as before.
    """
    with serve(ordinary, 2, tmp_path / "log") as service, person(service.url) as ada:
        with all_taken(ordinary):
            for _ in range(5):
                answers = ada.do_all(times=8)
                assert {answer.status for answer in answers} <= {200, 201, 503}
            assert httpx2.get(f"{service.url}/health/live", timeout=PATIENCE).status_code == 200
        wait_until(lambda: {answer.status for answer in ada.do_all(times=8)} == {200, 201})
