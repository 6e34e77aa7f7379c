"""Log-ins: how they end, at once and everywhere, and how the secret of their tokens changes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.models import Login, RefreshToken
from api.auth.tokens import AccessTokens
from api.settings import Settings
from api.users.models import User
from tests.functional.factories import PASSWORD, make_user, somebody_waits

NEW_PASSWORD = "another password altogether"


async def log_in(client: AsyncClient, user: User, password: str = PASSWORD) -> Response:
    return await client.post("/auth/token", data={"username": user.email, "password": password})


async def tokens_of(client: AsyncClient, user: User) -> dict[str, str]:
    answer = await log_in(client, user)
    return {name: answer.json()[name] for name in ("access_token", "refresh_token")}


async def lasts(client: AsyncClient, tokens: dict[str, str]) -> tuple[bool, bool]:
    """Tell whether the access token is good, and whether the refresh token is, which spends it."""
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    access = await client.get("/users/me", headers=headers)
    body = {"refresh_token": tokens["refresh_token"]}
    refresh = await client.post("/auth/refresh", json=body)
    assert {access.status_code, refresh.status_code} <= {200, 401}
    return access.status_code == 200, refresh.status_code == 200


async def revoke(client: AsyncClient, token: str, **more: str) -> int:
    return (await client.post("/auth/revoke", data={"token": token, **more})).status_code


async def until_done_or_waiting(
    session: AsyncSession, request: asyncio.Task[Response], waiters: int = 1
) -> None:
    """Return when the request is answered, or so many wait for a lock."""
    waiting = asyncio.create_task(somebody_waits(session, waiters))
    await asyncio.wait([waiting, request], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await asyncio.wait([waiting])


class TestRevoke:
    """RFC 7009."""

    @pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
    @pytest.mark.parametrize("hint", [{}, {"token_type_hint": "a wrong one"}])
    async def test_ends_the_log_in(
        self, client: AsyncClient, user: User, kind: str, hint: dict[str, str]
    ) -> None:
        """Either token ends both at once, and no other log-in of the same user."""
        mine, elsewhere = await tokens_of(client, user), await tokens_of(client, user)
        assert await revoke(client, mine[kind], **hint) == 200
        assert await lasts(client, mine) == (False, False)
        assert await lasts(client, elsewhere) == (True, True)

    async def test_ends_what_came_of_it(self, client: AsyncClient, user: User) -> None:
        """The tokens that a refresh gave end with those it was given for, spent as they are."""
        first = await tokens_of(client, user)
        body = {"refresh_token": first["refresh_token"]}
        second = (await client.post("/auth/refresh", json=body)).json()
        assert await revoke(client, first["refresh_token"]) == 200
        assert await lasts(client, second) == (False, False)

    @pytest.mark.parametrize("token", ["made up", "a.b.c", "é", "\x00", "x" * 10_000])
    async def test_unknown(
        self, client: AsyncClient, user: User, session: AsyncSession, token: str
    ) -> None:
        """A token that nobody has is no error, and ends nothing."""
        tokens = await tokens_of(client, user)
        assert await revoke(client, token) == 200
        assert await lasts(client, tokens) == (True, True)
        assert await session.scalar(select(func.count()).select_from(Login)) == 2

    async def test_twice(self, client: AsyncClient, user: User) -> None:
        """Nor is one whose log-in has ended."""
        token = (await tokens_of(client, user))["access_token"]
        assert [await revoke(client, token) for _ in range(2)] == [200, 200]

    async def test_expired_access_token(
        self, me: AsyncClient, user: User, settings: Settings
    ) -> None:
        """One logs out with the token one has, even when it lets one in no more."""
        an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
        expired = AccessTokens.of(settings).issue(user.id, user.id, an_hour_ago)
        assert await revoke(me, expired) == 200
        assert (await me.get("/users/me")).status_code == 401

    async def test_forged_access_token(
        self, me: AsyncClient, user: User, settings: Settings
    ) -> None:
        """Nobody logs another out by a token that is not ours."""
        secret = settings.token_secret.get_secret_value()
        tokens = AccessTokens([secret[::-1]], timedelta(hours=1))
        assert await revoke(me, tokens.issue(user.id, user.id)) == 200
        assert (await me.get("/users/me")).status_code == 200


class TestPasswordChange:
    async def test_ends_all(self, client: AsyncClient, user: User) -> None:
        """A new password ends each log-in at once, that of the request too."""
        logins = [await tokens_of(client, user) for _ in range(2)]
        headers = {"Authorization": f"Bearer {logins[0]['access_token']}"}
        change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
        answer = await client.patch("/users/me", json=change, headers=headers)
        assert answer.status_code == 200
        assert [await lasts(client, tokens) for tokens in logins] == [(False, False)] * 2

    async def test_ends_nobody_elses(
        self, me: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Others stay as they are; and so do all log-ins when something else is changed."""
        other, mine = await make_user(session), await tokens_of(me, user)
        theirs = await tokens_of(me, other)
        await me.patch("/users/me", json={"name": "B"})
        assert await lasts(me, mine) == (True, True)
        await me.patch("/users/me", json={"password": NEW_PASSWORD, "current_password": PASSWORD})
        assert await lasts(me, theirs) == (True, True)

    @pytest.mark.real_commits
    async def test_log_in_at_the_same_time(
        self, me: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Who logs in by the old password while the change waits does not stay in."""
        locked = select(User.id).where(User.id == user.id).with_for_update(key_share=True)
        await session.execute(locked)
        change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
        changing = asyncio.create_task(me.patch("/users/me", json=change))
        await somebody_waits(session)
        logging_in = asyncio.create_task(log_in(me, user))
        await until_done_or_waiting(session, logging_in, 2)
        await session.rollback()
        assert (await changing).status_code == 200
        answer = await logging_in
        assert answer.status_code == 401 or await lasts(me, answer.json()) == (False, False)

    @pytest.mark.real_commits
    async def test_log_in_before_its_commit(
        self, me: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Nor does who does so when the change is made and not committed yet."""
        await session.execute(update(User).values(password_hash="another"))
        logging_in = asyncio.create_task(log_in(me, user))
        await until_done_or_waiting(session, logging_in)
        await session.commit()
        assert (await logging_in).status_code == 401


class TestExpired:
    async def test_are_purged(self, client: AsyncClient, session: AsyncSession, user: User) -> None:
        """Each log-in takes some of those away whose time is over, with their tokens."""
        old = await make_user(session)
        await tokens_of(client, old)
        past = func.now() - timedelta(seconds=1)
        await session.execute(update(Login).where(Login.user_id == old.id).values(expires_at=past))
        await session.commit()
        await tokens_of(client, user)
        assert set(await session.scalars(select(Login.user_id))) == {user.id}
        assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 1
