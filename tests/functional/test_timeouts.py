"""Every request is answered in time, whatever hangs, and leaves all that it used to the next."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import func, select

from api.app import create_app, make_state
from api.connections import create_engine
from api.database import Database, SessionDep
from api.settings import Settings
from tests.functional.conftest import WithState, settings_for

TRIES = 20  # each of two requests that take 0.3 seconds at most
SLEEP = select(func.pg_sleep(60).label("slept"))


@pytest.fixture
def settings(shared_database: str) -> Settings:
    """One connection, which whatever hangs would keep, and little patience."""
    changes = {"database_pool_size": 1, "request_timeout": 0.3, "database_statement_timeout": 30.0}
    return settings_for(shared_database).model_copy(update=changes)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(create_engine(settings), settings)
    yield database
    await database.close()


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application, and routes that hang."""
    app = create_app(settings)
    methods = ["GET", "POST"]

    @app.api_route("/hang", methods=methods)
    async def hang() -> None:
        await asyncio.Event().wait()

    @app.api_route("/hang/statement", methods=methods)
    async def hang_in_statement(request: Request) -> None:
        await request.state.database.rows(SLEEP, {})

    @app.api_route("/hang/session", methods=methods)
    async def hang_in_session(session: SessionDep) -> None:
        await session.execute(SLEEP)

    @app.api_route("/hang/stubborn", methods=methods)
    async def hang_and_hide_it() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ValueError("was cancelled") from None

    return app


@pytest.fixture
async def client(
    app: FastAPI, settings: Settings, database: Database
) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(WithState(app, make_state(settings, database)))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def works(client: AsyncClient) -> bool:
    """Tell whether both ways to the database are open, sooner than `SLEEP` lets go of one.

    A busy machine may need longer for a request than our little patience; a place that is lost
    stays so, however often one asks.
    """
    for _ in range(TRIES):
        refresh = await client.post("/auth/refresh", json={"refresh_token": "made up"})
        ready = await client.get("/health/ready")
        if (ready.status_code, refresh.status_code) == (200, 401):
            return True
    return False


class TestHandlerHangs:
    @pytest.mark.parametrize("path", ["/hang", "/hang/statement", "/hang/session"])
    @pytest.mark.parametrize(
        ("method", "kind"), [("GET", "service-unavailable"), ("POST", "outcome-unknown")]
    )
    async def test_is_answered(
        self, client: AsyncClient, method: str, kind: str, path: str
    ) -> None:
        """A read can be repeated; of a write one does not know; and the next request is served."""
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (503, f"/problems/{kind}")
        assert ("Retry-After" in answer.headers) == (method == "GET")
        assert await works(client)

    async def test_cancellation_in_disguise(self, client: AsyncClient) -> None:
        """A handler that makes another error of its end is late all the same."""
        answer = await client.get("/hang/stubborn")
        assert answer.status_code == 503

    async def test_many(self, client: AsyncClient) -> None:
        """Those who wait behind it are answered too, and no place is lost."""
        paths = ["/hang/statement", "/hang/session"] * 5
        answers = await asyncio.gather(*(client.get(path) for path in paths))
        assert {answer.status_code for answer in answers} == {503}
        assert await works(client)


class TestBodyHangs:
    @pytest.mark.parametrize("path", ["/users", "/auth/token", "/auth/revoke", "/auth/refresh"])
    async def test_is_answered(self, client: AsyncClient, path: str) -> None:
        """A body that does not end is not waited for, and the connection is closed after it."""

        async def body() -> AsyncIterator[bytes]:
            yield b'{"email": '
            await asyncio.Event().wait()

        form = path in {"/auth/token", "/auth/revoke"}
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        answer = await client.post(path, content=body(), headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["type"]) == (408, "/problems/request-timed-out")
        assert answer.headers["Connection"] == "close"
        assert await works(client)


class TestStatementHangs:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Statements end before the request does."""
        changes: dict[str, Any] = {"request_timeout": 30.0, "database_statement_timeout": 0.1}
        return settings.model_copy(update=changes)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("path", ["/hang/statement", "/hang/session"])
    async def test_is_answered(self, client: AsyncClient, method: str, path: str) -> None:
        """Postgres ends what takes too long: nothing was changed, and one may come again."""
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (
            503,
            "/problems/service-unavailable",
        )
        assert answer.headers["Retry-After"] == "1"
        assert await works(client)
