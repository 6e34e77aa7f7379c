"""Every error is a problem document (RFC 9457) that helps its reader."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy.exc import DBAPIError

from api.app import State, create_app
from api.auth.tokens import AccessTokens
from api.connections import create_engine
from api.database import Database
from api.settings import Settings
from tests.functional.conftest import WithState, settings_for

UNREACHABLE = "postgresql://nobody:x@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/no/such/path", 404, "/problems/no-such-path"),
        ("PUT", "/items", 405, "/problems/method-not-allowed"),
        ("GET", "/items", 401, "/problems/unauthenticated"),
        ("POST", "/users", 422, "/problems/invalid-request"),
    ],
)
async def test_is_a_problem_document(
    client: AsyncClient, method: str, path: str, status: int, kind: str
) -> None:
    """Whatever is wrong, the answer has the members that RFC 9457 names."""
    answer = await client.request(method, path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert (answer.status_code, problem["status"], problem["type"]) == (status, status, kind)
    assert problem["instance"] == path


async def test_unexpected_exception(
    state: State, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours is answered without its traceback, which the log has under the same id."""
    app = create_app(settings)

    @app.get("/fault")
    async def fault() -> None:
        raise RuntimeError("the secret of the fault")

    transport = ASGITransport(WithState(app, state))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/fault")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal-error")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] in caplog.text
    assert "the secret of the fault" in caplog.text


class TestBodyLimit:
    @pytest.mark.parametrize("says_its_length", [True, False])
    async def test_too_long(
        self, client: AsyncClient, settings: Settings, *, says_its_length: bool
    ) -> None:
        """A body that is too long is refused, whether or not the request says so beforehand."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b" " * (settings.body_limit // 10)

        content = b" " * (settings.body_limit + 1) if says_its_length else chunks()
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/users", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-long")
        assert answer.headers["Connection"] == "close"

    async def test_long_enough(self, client: AsyncClient, settings: Settings) -> None:
        """One at the limit is read."""
        content = b" " * settings.body_limit
        headers = {"Content-Type": "application/json"}
        assert (await client.post("/users", content=content, headers=headers)).status_code == 422


class TestConnectionLost:
    @pytest.mark.parametrize(
        ("method", "kind"),
        [("GET", "/problems/service-unavailable"), ("POST", "/problems/outcome-unknown")],
    )
    async def test_says_what_is_known(
        self, state: State, settings: Settings, method: str, kind: str
    ) -> None:
        """When a connection breaks, perhaps in its commit, a write may have taken effect."""
        app = create_app(settings)

        @app.api_route("/lost", methods=["GET", "POST"])
        async def lost() -> None:
            raise DBAPIError("COMMIT", None, OSError("gone"), connection_invalidated=True)

        transport = ASGITransport(WithState(app, state))
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.request(method, "/lost")
        assert (answer.status_code, answer.json()["type"]) == (503, kind)
        assert ("Retry-After" in answer.headers) == (method == "GET")


class TestDatabaseAway:
    @pytest.fixture
    def database(self) -> Database:
        settings = settings_for(UNREACHABLE)
        return Database(create_engine(settings), settings)

    @pytest.mark.parametrize("path", ["/health/ready", "/items"])
    async def test_answers_503(self, client: AsyncClient, settings: Settings, path: str) -> None:
        """Without a database the answer says so, and when to try again."""
        token = AccessTokens.of(settings).issue(uuid4(), uuid4())
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json()["detail"] == "The database cannot be reached."

    async def test_process_stays_alive(self, client: AsyncClient) -> None:
        """Liveness does not ask the database: a restart would not help."""
        assert (await client.get("/health/live")).status_code == 200


class TestPool:
    async def test_exhausted(
        self, client: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When all connections are in use, the answer is 503 as soon as patience ends."""
        monkeypatch.setattr(database.places, "patience", 0.05)
        async with database.place():
            answer = await client.get("/health/ready")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert (await client.get("/health/ready")).status_code == 200

    async def test_first_come_first_served(self, database: Database) -> None:
        """Nobody overtakes who waits for a connection."""
        served: list[int] = []

        async def wait_and_use(number: int) -> None:
            async with database.place():
                served.append(number)
                await asyncio.sleep(0)

        async with database.place():
            waiting = [asyncio.create_task(wait_and_use(number)) for number in range(20)]
            await asyncio.sleep(0)
        newcomer = asyncio.create_task(wait_and_use(20))
        await asyncio.gather(*waiting, newcomer)
        assert served == list(range(21))
