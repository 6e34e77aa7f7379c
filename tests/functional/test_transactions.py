"""One transaction a request: committed before the response, retried as a whole, or undone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from starlette.types import Message

from api.app import State, create_app
from api.auth.dependencies import authenticate
from api.database import SessionDep, open_session
from api.idempotency.dependencies import for_anyone, for_caller
from api.items import service
from api.items.models import Item
from api.middleware import RetryTransactions
from api.settings import Settings
from api.users.models import User
from tests.functional.conftest import AsUser, WithState
from tests.functional.factories import make_item

# Refuses a row only when its transaction commits.
REFUSE_AT_COMMIT = (
    """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused'; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON items
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
    """,
)


def all_below(dependant: Dependant) -> list[Dependant]:
    return [dependant, *(below for child in dependant.dependencies for below in all_below(child))]


class TestCommit:
    def test_every_route_commits_before_its_response(self, settings: Settings) -> None:
        """No route has a session that would be committed only when the response is sent."""
        uses = [
            (route.path, use.scope)
            for route in iter_route_contexts(create_app(settings).routes)
            if hasattr(route, "dependant")
            for use in all_below(route.dependant)
            if use.call in {open_session, authenticate, for_caller, for_anyone}
        ]
        assert {"/items", "/items/bulk", "/users", "/auth/refresh"} <= {path for path, _ in uses}
        assert [path for path, scope in uses if scope != "function"] == []

    @pytest.mark.real_commits
    async def test_is_visible_when_the_response_begins(
        self, settings: Settings, state: State, user: User, as_user: AsUser, session: AsyncSession
    ) -> None:
        """Another connection sees the row at the first byte of the answer that speaks of it."""
        seen: list[str | None] = []
        app = create_app(settings)

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            async def look_then_send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    seen.append(await session.scalar(select(Item.name)))
                await send(message)

            await WithState(app, state)(scope, receive, look_then_send)

        me = as_user(user)
        async with AsyncClient(transport=ASGITransport(watched), headers=me.headers) as client:
            answer = await client.post("http://test/items", json={"name": "lamp"})
        assert (answer.status_code, seen) == (201, ["lamp"])

    @pytest.mark.real_commits
    async def test_failure_is_not_acknowledged(
        self, me: AsyncClient, fresh_engine: AsyncEngine, session: AsyncSession
    ) -> None:
        """When the commit fails, the answer is an error, and there is no row."""
        async with fresh_engine.begin() as connection:
            for statement in REFUSE_AT_COMMIT:
                await connection.execute(text(statement))
        answer = await me.post("/items", json={"name": "lamp"})
        assert answer.status_code == 500
        assert await session.scalar(select(Item.name)) is None


class TestRollback:
    async def test_error_undoes_all(
        self, me: AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a request wrote before its error is undone."""
        create_items = service.create_items

        async def create_and_fail(*arguments: Any) -> None:
            await create_items(*arguments)
            raise RuntimeError("after the write")

        monkeypatch.setattr(service, "create_items", create_and_fail)
        answer = await me.post("/items", json={"name": "lamp"}, headers={"Idempotency-Key": "1"})
        assert answer.status_code == 500
        assert await session.scalar(select(Item.name)) is None


class TestOneStatement:
    """Most requests are one statement, and that is a transaction of its own."""

    @pytest.mark.real_commits
    async def test_needs_no_begin(
        self, me: AsyncClient, user: User, session: AsyncSession, fresh_engine: AsyncEngine
    ) -> None:
        """It spends no round trips on BEGIN and COMMIT, as a bulk change does."""
        item = await make_item(session, user)
        sent: list[str] = []

        def log_queries(driver: Any, *_: object) -> None:
            driver.driver_connection.add_query_logger(lambda query: sent.append(query.query))

        event.listen(fresh_engine.sync_engine, "checkout", log_queries)
        await me.get(f"/items/{item.id}")
        await me.post("/items", json={"name": "lamp"})
        await asyncio.sleep(0.01)  # asyncpg tells a little later
        assert len(sent) == 2
        await me.patch("/items", json={"items": [{"id": str(item.id)}]})
        await asyncio.sleep(0.01)
        assert [query for query in sent if "BEGIN" in query or "COMMIT" in query] != []


Bulk = Callable[[list[Item], str], Awaitable[int]]


def bulk(me: AsyncClient) -> Bulk:
    async def change(items: list[Item], description: str) -> int:
        changes = [{"id": str(item.id), "description": description} for item in items]
        return (await me.patch("/items", json={"items": changes})).status_code

    return change


async def deadlocks(session: AsyncSession) -> int:
    query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    await session.execute(text("SELECT pg_stat_force_next_flush()"))
    count = await session.scalar(query)
    await session.commit()
    return int(count or 0)


async def lock_in_the_order_given(
    session: AsyncSession, who: User, item_ids: list[Any]
) -> dict[Any, Item]:
    """`lock_items` with the fault that it guards against."""
    items = {}
    for item_id in item_ids:
        query = select(Item).where(Item.id == item_id, Item.owner_id == who.id)
        items[item_id] = (await session.scalars(query.with_for_update())).one()
        await asyncio.sleep(0)
    return items


@pytest.mark.real_commits
class TestOppositeOrder:
    """Two requests that change the same rows in opposite order, again and again."""

    async def hammer(self, me: AsyncClient, session: AsyncSession, user: User) -> list[int]:
        """Return the statuses of some rounds, of which the one that ends in a deadlock is last."""
        items = [await make_item(session, user) for _ in range(6)]
        change = bulk(me)
        statuses: list[int] = []
        for round_ in range(15):
            statuses += await asyncio.gather(
                change(items, f"{round_} up"), change(items[::-1], f"{round_} down")
            )
            rows = await session.scalars(
                select(Item.description).where(Item.owner_id == user.id).distinct()
            )
            assert len(rows.all()) == 1, "half of a bulk change is visible"
            if await deadlocks(session):
                break
        return statuses

    async def test_never_deadlocks(
        self, me: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Rows are locked in one order, whatever the request's."""
        assert set(await self.hammer(me, session, user)) == {200}
        assert await deadlocks(session) == 0

    async def test_deadlocks_are_retried(
        self, me: AsyncClient, session: AsyncSession, user: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Should one lock in another order all the same, the victim runs again and succeeds."""
        monkeypatch.setattr(service, "lock_items", lock_in_the_order_given)
        assert set(await self.hammer(me, session, user)) == {200}
        assert await deadlocks(session) > 0


def be_impatient(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET lock_timeout = '50ms'")
    cursor.close()
    connection.commit()


class TestUnavailable:
    @pytest.mark.real_commits
    async def test_lock_held_by_another(
        self, me: AsyncClient, user: User, session: AsyncSession, fresh_engine: AsyncEngine
    ) -> None:
        """Who waits too long for a row is told to come again, and has changed nothing."""
        item = await make_item(session, user, quantity=1)
        await session.scalar(select(Item.id).where(Item.id == item.id).with_for_update())
        event.listen(fresh_engine.sync_engine, "connect", be_impatient)
        answer = await me.patch(f"/items/{item.id}", json={"quantity": 2})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        await session.refresh(item)
        assert item.quantity == 1


class TestRetry:
    @pytest.mark.real_commits
    async def test_gives_up_with_503(
        self,
        state: State,
        settings: Settings,
        fresh_engine: AsyncEngine,
    ) -> None:
        """A transaction that always fails is tried so often and not more, and nothing is left."""
        app = create_app(settings)
        attempts = []

        @app.post("/hopeless")
        async def hopeless(session: SessionDep) -> None:
            attempts.append(1)
            session.add(User(email="a@example.com", name="A", password_hash=""))
            await session.flush()
            await session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")
            )

        transport = ASGITransport(WithState(app, state))
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.post("/hopeless", json={})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert len(attempts) == RetryTransactions(app).attempts
        async with fresh_engine.connect() as connection:
            assert (await connection.execute(select(User.id))).all() == []
