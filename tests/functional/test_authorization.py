"""Who may do what: every route in the OpenAPI document against everybody who may send a request."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.models import Login
from api.auth.tokens import AccessTokens, key_id
from api.authorization import ANYONE, RULES
from api.settings import Settings
from api.users.models import User
from tests.functional.conftest import AsUser
from tests.functional.factories import make_user
from tests.functional.test_contract import ROUTES, fill
from tests.functional.world import REQUESTS, Route, World

OPEN = [route for route in ROUTES if RULES.get(route) == ANYONE]
GUARDED = [route for route in ROUTES if RULES.get(route) != ANYONE]
# Those that reach a row which the request names.
ON_A_ROW = [
    (method, path)
    for method, path in GUARDED
    if "_id}" in path or (method == "PATCH" and not path.endswith("/me"))
]


@pytest.fixture
async def other(session: AsyncSession, as_user: AsUser) -> AsyncClient:
    return as_user(await make_user(session))


@pytest.fixture
async def administrator(session: AsyncSession, as_user: AsUser) -> AsyncClient:
    return as_user(await make_user(session, is_admin=True))


def columns_of(world: World) -> list[dict[str, Any]]:
    return [
        {column.key: getattr(row, column.key) for column in row.__table__.columns}
        for row in world.rows.values()
    ]


async def read_again(session: AsyncSession, world: World) -> list[dict[str, Any]]:
    for row in world.rows.values():
        await session.refresh(row)
    return columns_of(world)


async def send(client: AsyncClient, route: Route, world: World, **more: Any) -> Response:
    method, path = route
    request = REQUESTS[route](world)
    return await client.request(method, fill(path, world.id_in(path)), **request, **more)


def test_every_route_is_here() -> None:
    """A new route is tested with every subject below: what it is sent must be said first."""
    assert set(REQUESTS) == set(ROUTES)


class TestNoGoodToken:
    @pytest.fixture
    async def bad_tokens(
        self, settings: Settings, user: User, session: AsyncSession
    ) -> dict[str, str | None]:
        tokens = AccessTokens.of(settings)
        good = tokens.issue(user.id, user.id)
        claims = jwt.decode(good, options={"verify_signature": False})
        secret = settings.token_secret.get_secret_value()
        kid = {"kid": key_id(secret)}
        gone = await make_user(session)
        await session.execute(delete(Login).where(Login.user_id == gone.id))
        await session.commit()
        return {
            "anonymous": None,
            "expired": tokens.issue(user.id, user.id, datetime.now(UTC) - timedelta(days=1)),
            "revoked log-in": tokens.issue(gone.id, gone.id),
            "another's log-in that is none": tokens.issue(user.id, uuid4()),
            "forged signature": jwt.encode(claims, secret[::-1], "HS256", kid),
            "cut short": good[:-4],
            "alg: none": jwt.encode(claims, None, "none", kid),
            "wrong kid": jwt.encode(claims, secret, "HS256", {"kid": "0" * 16}),
        }

    async def answers(
        self, client: AsyncClient, route: Route, world: World, bad: dict[str, str | None]
    ) -> dict[str, Response]:
        headers = {who: {"Authorization": f"Bearer {token}"} for who, token in bad.items() if token}
        return {who: await send(client, route, world, headers=headers.get(who)) for who in bad}

    @pytest.mark.parametrize("route", GUARDED, ids=" ".join)
    async def test_is_kept_out(
        self,
        client: AsyncClient,
        session: AsyncSession,
        world: World,
        bad_tokens: dict[str, str | None],
        route: Route,
    ) -> None:
        """Whoever does not show the token of a log-in that lasts gets a 401, and nothing else."""
        before = columns_of(world)
        answers = await self.answers(client, route, world, bad_tokens)
        kinds = {who: (a.status_code, a.json()["type"]) for who, a in answers.items()}
        assert kinds == dict.fromkeys(bad_tokens, (401, "/problems/unauthenticated"))
        assert {a.headers["WWW-Authenticate"] for a in answers.values()} == {"Bearer"}
        assert await read_again(session, world) == before

    @pytest.mark.parametrize("route", OPEN, ids=" ".join)
    async def test_open_routes_do_not_look(
        self, client: AsyncClient, world: World, bad_tokens: dict[str, str | None], route: Route
    ) -> None:
        """A route for anyone answers the same with a token, good or bad, as with none."""
        answers = await self.answers(client, route, world, bad_tokens)
        assert len({answer.status_code for answer in answers.values()}) == 1
        assert "/problems/unauthenticated" not in str([a.content for a in answers.values()])


class TestLoggedIn:
    @pytest.mark.parametrize("route", GUARDED, ids=" ".join)
    async def test_own(self, me: AsyncClient, world: World, route: Route) -> None:
        """One does with one's own whatever can be done."""
        assert (await send(me, route, world)).is_success

    @pytest.mark.parametrize("route", GUARDED, ids=" ".join)
    async def test_administrator(
        self, administrator: AsyncClient, world: World, route: Route
    ) -> None:
        """An administrator does it with everybody's."""
        assert (await send(administrator, route, world)).is_success

    @pytest.mark.parametrize("route", ON_A_ROW, ids=" ".join)
    async def test_of_another(
        self, other: AsyncClient, session: AsyncSession, world: World, route: Route
    ) -> None:
        """Another's row is as one that does not exist, in every byte but the id, and stays."""
        before = await read_again(session, world)
        nobodys = World(User(), {name: type(row)(id=uuid4()) for name, row in world.rows.items()})
        other.headers["X-Request-ID"] = "one"  # which an answer repeats
        answers = [await send(other, route, named) for named in (world, nobodys)]
        assert [answer.status_code for answer in answers] == [404, 404]
        texts = [answer.text for answer in answers]
        for number, named in enumerate((world, nobodys)):
            for name in named.rows:
                texts[number] = texts[number].replace(str(named.id(name)), "id")
        assert texts[0] == texts[1]
        assert dict(answers[0].headers) == dict(answers[1].headers)
        assert await read_again(session, world) == before
