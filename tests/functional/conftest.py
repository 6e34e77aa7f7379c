"""The API in process, on a real Postgres: each test sees only what it wrote itself.

A test runs in one transaction that is rolled back; what the API commits is a savepoint in it. A
test that needs several connections, or real commits, says `@pytest.mark.real_commits` and gets a
database of its own.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4

import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import State, create_app
from api.auth.tokens import issue_access_token
from api.database import ReadOnlySession, Sessions, create_engine
from api.settings import Environment, Settings
from api.users.models import User
from tests.functional.factories import make_user
from toolbox.databases import Throwaways

AsUser = Callable[[User], AsyncClient]


@pytest.fixture(scope="session")
def worker_database(databases: Throwaways, template: str) -> str:
    """The URL of the database that this worker's tests share, one after the other."""
    return databases.create("functional", template)


def settings_for(url: str) -> Settings:
    return Settings(environment=Environment.DEVELOPMENT, database_url=url)


@pytest.fixture(scope="session")
async def shared_connection(worker_database: str) -> AsyncIterator[AsyncConnection]:
    """The one connection on which this worker's tests run, each in a transaction of its own."""
    engine = create_engine(settings_for(worker_database))
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture
async def rolled_back(shared_connection: AsyncConnection) -> AsyncIterator[Sessions]:
    """Sessions whose commits are savepoints in a transaction that ends with the test."""
    async with shared_connection.begin() as transaction:
        writing = async_sessionmaker(
            shared_connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        reading = async_sessionmaker(**writing.kw, sync_session_class=ReadOnlySession)
        yield Sessions(writing, reading)
        await transaction.rollback()


@pytest.fixture
def fresh_database(databases: Throwaways, template: str) -> Iterator[str]:
    """The URL of a database for this test alone."""
    url = databases.create(f"test_{uuid4().hex[:8]}", template)
    yield url
    databases.drop(url)


@pytest.fixture
async def fresh_engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    """A pool of connections to a database for this test alone."""
    engine = create_engine(settings_for(fresh_database))
    yield engine
    await engine.dispose()


@pytest.fixture
def settings(worker_database: str) -> Settings:
    """The service's settings."""
    return settings_for(worker_database)


@pytest.fixture
def sessions(request: pytest.FixtureRequest) -> Sessions:
    """What the app and the test open their sessions with."""
    if request.node.get_closest_marker("real_commits"):
        return Sessions.of(request.getfixturevalue("fresh_engine"))
    rolled_back: Sessions = request.getfixturevalue("rolled_back")
    return rolled_back


@pytest.fixture
def state(settings: Settings, sessions: Sessions) -> State:
    """What the app's lifespan would have made."""
    return {"settings": settings, "sessions": sessions}


class WithState:
    """The app after its lifespan began: each request finds the state."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "state": dict(self.state)}, receive, send)


@pytest.fixture
def transport(settings: Settings, state: State) -> ASGITransport:
    """Leads requests into the app, without a network."""
    return ASGITransport(WithState(create_app(settings), state))


@pytest.fixture
async def client(transport: ASGITransport) -> AsyncIterator[AsyncClient]:
    """An HTTP client that is not logged in."""
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session for what a test arranges and looks up; `flush` shows it to the app."""
    async with sessions.writing() as session:
        yield session


@pytest.fixture
async def user(session: AsyncSession) -> User:
    """A user."""
    return await make_user(session)


@pytest.fixture
def as_user(transport: ASGITransport, settings: Settings) -> AsUser:
    """Makes HTTP clients that are logged in."""

    def log_in(user: User) -> AsyncClient:
        token = issue_access_token(settings, user.id)
        headers = {"Authorization": f"Bearer {token}"}
        return AsyncClient(transport=transport, base_url="http://test", headers=headers)

    return log_in


@pytest.fixture
def me(as_user: AsUser, user: User) -> AsyncClient:
    """An HTTP client that `user` is logged in with."""
    return as_user(user)
