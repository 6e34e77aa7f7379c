"""The API in process, on a real Postgres: each test sees only what it wrote itself.

A test runs in one transaction that is rolled back; what the API commits is a savepoint in it. A
test that needs several connections, or real commits, says `@pytest.mark.real_commits` and gets a
database of its own. With `--keep-database` every test does, and that of a failed one is kept.
"""

import re
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncBaseTransport, AsyncClient
from sqlalchemy import Executable, text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import State, create_app, make_state
from api.auth.tokens import AccessTokens
from api.connections import create_engine
from api.database import Database
from api.settings import Environment, Settings
from api.statements import Parameters, Row, compile_statement, run
from api.users.models import User
from tests.functional.affected import depend_on_declarations
from tests.functional.clones import Clones
from tests.functional.documented import Documented
from tests.functional.factories import make_user
from tests.functional.tracing import Queries, Trace, Traced
from tests.functional.world import World, make_world
from toolbox.databases import KEPT_PREFIX, Throwaways

AsUser = Callable[[User], AsyncClient]

TRACE: pytest.StashKey[Trace] = pytest.StashKey()
DATABASE: pytest.StashKey[str] = pytest.StashKey()
FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that keeps databases."""
    parser.addoption(
        "--keep-database",
        action="store_true",
        help="give each test a database of its own, and keep those of tests that fail",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed test's report what it sent, and how to open its database."""
    report = yield
    depend_on_declarations(report)
    if report.when == "call":
        item.stash[FAILED] = report.failed
    if report.when == "call" and report.failed:
        if trace := str(item.stash.get(TRACE, "")):
            report.sections.append(("HTTP and SQL", trace))
        if item.config.getoption("--keep-database") and DATABASE in item.stash:
            kept = f"nox -s db -- psql {KEPT_PREFIX}_{kept_name(item)}"
            report.sections.append(("Database", f"Open it with: {kept}"))
    return report


def kept_name(item: pytest.Item) -> str:
    """The name of the database that is kept of a test: letters, digits and underscores."""
    return re.sub(r"\W+", "_", item.name).strip("_").lower()[:36]


def settings_for(url: str) -> Settings:
    """The service's settings for development on this database."""
    return Settings(environment=Environment.DEVELOPMENT, database_url=url, trusted_hosts=["test"])


@pytest.fixture(scope="session")
def shared_database(databases: Throwaways, template: str) -> str:
    """The URL of the database that this worker's tests share, one after the other."""
    return databases.create("functional", template)


@pytest.fixture(scope="session")
async def shared_engine(shared_database: str) -> AsyncIterator[AsyncEngine]:
    """The pool whose one connection this worker's tests use, each in a transaction of its own."""
    engine = create_engine(settings_for(shared_database))
    yield engine
    await engine.dispose()


class TracedDatabase(Database):
    """A database that notes the statements which it runs alone; sessions are heard elsewhere."""

    trace: Trace

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Note the statement and run it."""
        self.trace.note_statement(compile_statement(statement).sql, parameters)
        return await super().rows(statement, parameters)


class OnOneConnection(Database):
    """A database whose commits are savepoints in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection, settings: Settings, trace: Trace) -> None:
        one = settings.model_copy(update={"database_pool_size": 1, "database_pool_timeout": 5.0})
        super().__init__(connection.engine, one)
        self.trace = trace
        self.connection = connection
        self.sessions = async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Run a statement in a savepoint, which takes the place of its own transaction."""
        self.trace.note_statement(compile_statement(statement).sql, parameters)
        await self.take_place()
        try:
            driver = (await self.connection.get_raw_connection()).driver_connection
            assert driver
            async with driver.transaction():
                return await run(driver, statement, parameters)
        finally:
            self.leave_place()


@pytest.fixture
async def rolled_back(
    shared_engine: AsyncEngine, settings: Settings, trace: Trace
) -> AsyncIterator[Database]:
    """A database whose commits are savepoints in a transaction that ends with the test."""
    async with shared_engine.connect() as connection, connection.begin() as transaction:
        await connection.execute(text("SELECT 1"))  # before which nothing is begun
        trace.listen(shared_engine.sync_engine)
        yield OnOneConnection(connection, settings, trace)
        trace.forget(shared_engine.sync_engine)
        await transaction.rollback()


@pytest.fixture(scope="session")
def clones(databases: Throwaways, template: str) -> Iterator[Clones]:
    """Databases for tests that need one of their own."""
    clones = Clones(databases, template)
    yield clones
    clones.close()


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest, databases: Throwaways, clones: Clones
) -> Iterator[str]:
    """The URL of a database for this test alone."""
    url = clones.take()
    request.node.stash[DATABASE] = url
    yield url
    if request.config.getoption("--keep-database") and request.node.stash.get(FAILED, False):
        databases.keep(url, kept_name(request.node))
    else:
        clones.drop(url)


@pytest.fixture
async def fresh_engine(fresh_database: str, trace: Trace) -> AsyncIterator[AsyncEngine]:
    """A pool of connections to a database for this test alone: the app's, and some for the test."""
    settings = settings_for(fresh_database)
    size = settings.database_pool_size + 3
    engine = create_engine(settings.model_copy(update={"database_pool_size": size}))
    trace.listen(engine.sync_engine)
    yield engine
    await engine.dispose()


@pytest.fixture
async def fresh(
    fresh_engine: AsyncEngine, settings: Settings, trace: Trace
) -> AsyncIterator[Database]:
    """A database for this test alone."""
    database = TracedDatabase(fresh_engine, settings)
    database.trace = trace
    yield database
    await database.close()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Database:
    """What the app and the test reach Postgres by."""
    alone = request.node.get_closest_marker("real_commits")
    kept = request.config.getoption("--keep-database")
    database: Database = request.getfixturevalue("fresh" if alone or kept else "rolled_back")
    return database


@pytest.fixture
def settings(shared_database: str) -> Settings:
    """The service's settings."""
    return settings_for(shared_database)


@pytest.fixture
def state(settings: Settings, database: Database) -> State:
    """What the app's lifespan would have made."""
    return make_state(settings, database)


class WithState:
    """The app after its lifespan began: each request finds the state."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "state": dict(self.state)}, receive, send)


@pytest.fixture
def trace(request: pytest.FixtureRequest) -> Trace:
    """What this test sends."""
    request.node.stash[TRACE] = trace = Trace()
    return trace


@pytest.fixture
def queries(trace: Trace) -> Queries:
    """Counts SQL statements: `with queries.at_most(2): ...`."""
    return Queries(trace)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of this process, to be moved: `clock.shift(timedelta(minutes=15))`.

    Postgres's own clock goes on as it does.
    """
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def app(shared_database: str) -> FastAPI:
    """The application, without the state that each test gives it."""
    return create_app(settings_for(shared_database))


@pytest.fixture
def transport(app: FastAPI, state: State, trace: Trace) -> AsyncBaseTransport:
    """Leads requests into the app, without a network."""
    return Traced(ASGITransport(WithState(app, state)), trace, Documented(app.openapi()))


@pytest.fixture
async def client(transport: AsyncBaseTransport) -> AsyncIterator[AsyncClient]:
    """An HTTP client that is not logged in."""
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session for what a test arranges and looks up; the app sees what it commits."""
    async with database.sessions() as session:
        yield session


@pytest.fixture
async def user(session: AsyncSession) -> User:
    """A user."""
    return await make_user(session)


@pytest.fixture
async def world(session: AsyncSession, user: User) -> World:
    """A row of each kind, which `user` owns."""
    return await make_world(session, user)


@pytest.fixture
def as_user(transport: AsyncBaseTransport, settings: Settings) -> AsUser:
    """Makes HTTP clients that are logged in."""

    def log_in(user: User) -> AsyncClient:
        token = AccessTokens.of(settings).issue(user.id, user.id)
        headers = {"Authorization": f"Bearer {token}"}
        return AsyncClient(transport=transport, base_url="http://test", headers=headers)

    return log_in


@pytest.fixture
def me(as_user: AsUser, user: User) -> AsyncClient:
    """An HTTP client that `user` is logged in with."""
    return as_user(user)
