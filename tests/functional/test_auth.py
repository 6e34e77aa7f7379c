"""Logging in, staying logged in, and being kept out."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import State
from api.auth.models import RefreshToken
from api.auth.tokens import AUDIENCE, ISSUER, AccessTokens, key_id
from api.settings import Settings
from api.users.models import User
from tests.functional.factories import PASSWORD


async def log_in(client: AsyncClient, user: User, password: str = PASSWORD) -> Response:
    return await client.post("/auth/token", data={"username": user.email, "password": password})


async def refresh(client: AsyncClient, token: str) -> Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


class TestLogIn:
    async def test_gives_tokens(self, client: AsyncClient, user: User) -> None:
        """The access token lets one in for as long as the answer says."""
        answer = await log_in(client, user)
        tokens = answer.json()
        assert answer.status_code == 200
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 15 * 60)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = await client.get("/users/me", headers=headers)
        assert me.json()["id"] == str(user.id)

    async def test_email_in_other_case(self, client: AsyncClient, user: User) -> None:
        """An address may be typed in capitals."""
        user.email = user.email.upper()
        assert (await log_in(client, user)).status_code == 200

    async def test_unknown_and_wrong_look_alike(self, client: AsyncClient, user: User) -> None:
        """One cannot find out whether an account exists."""
        wrong = await log_in(client, user, "not the password")
        user.email = "nobody@example.com"
        unknown = await log_in(client, user)
        assert wrong.status_code == unknown.status_code == 401
        alike = [answer.json() | {"request_id": None} for answer in (wrong, unknown)]
        assert alike[0] == alike[1]
        assert wrong.headers["WWW-Authenticate"] == "Bearer"


class TestRefresh:
    async def test_gives_new_tokens(self, client: AsyncClient, user: User) -> None:
        """A refresh token gets the next two tokens."""
        first = (await log_in(client, user)).json()
        second = await refresh(client, first["refresh_token"])
        assert second.status_code == 200
        assert second.json()["refresh_token"] != first["refresh_token"]

    async def test_spent_token_ends_its_family(self, client: AsyncClient, user: User) -> None:
        """A token shown twice was stolen: none that came from the same login is good any more."""
        first = (await log_in(client, user)).json()["refresh_token"]
        other_login = (await log_in(client, user)).json()["refresh_token"]
        second = (await refresh(client, first)).json()["refresh_token"]
        assert (await refresh(client, first)).status_code == 401
        assert (await refresh(client, second)).status_code == 401
        assert (await refresh(client, other_login)).status_code == 200

    async def test_expired(self, client: AsyncClient, user: User, session: AsyncSession) -> None:
        """A refresh token is good until it expires."""
        token = (await log_in(client, user)).json()["refresh_token"]
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(RefreshToken).values(expires_at=past))
        await session.commit()
        assert (await refresh(client, token)).status_code == 401

    async def test_unknown(self, client: AsyncClient) -> None:
        """A made-up token is refused."""
        answer = await refresh(client, "made up")
        assert (answer.status_code, answer.json()["type"]) == (
            401,
            "/problems/invalid-refresh-token",
        )

    async def test_is_not_stored(
        self, client: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Whoever reads the database cannot refresh."""
        token = (await log_in(client, user)).json()["refresh_token"]
        digest = await session.scalar(select(RefreshToken.digest))
        assert digest is not None
        assert token.encode() not in digest

    @pytest.mark.real_commits
    async def test_no_token_outlives_its_family(self, client: AsyncClient, user: User) -> None:
        """A thief who refreshes at the very moment of the discovery is caught too."""
        for _ in range(5):
            spent = (await log_in(client, user)).json()["refresh_token"]
            token = (await refresh(client, spent)).json()["refresh_token"]
            stolen = asyncio.create_task(self.refresh_on_and_on(client, token))
            if (await refresh(client, spent)).status_code != 401:
                pytest.fail("a spent token was good")
            last = await stolen
            assert (await refresh(client, last)).status_code == 401

    async def refresh_on_and_on(self, client: AsyncClient, token: str) -> str:
        for _ in range(10):
            answer = await refresh(client, token)
            if answer.status_code != 200:
                break
            token = answer.json()["refresh_token"]
        return token


class TestForm:
    @pytest.mark.parametrize("lacking", ["username", "password"])
    async def test_empty(self, client: AsyncClient, lacking: str) -> None:
        """What is empty is missing, as the document says."""
        form = {"username": "ada@example.com", "password": PASSWORD, lacking: ""}
        answer = await client.post("/auth/token", data=form)
        assert answer.status_code == 422
        assert [error["location"] for error in answer.json()["errors"]] == [["body", lacking]]

    async def test_with_what_clients_add(self, client: AsyncClient, user: User) -> None:
        """Clients of OAuth2 send more than we need, which changes nothing."""
        more = {"grant_type": "password", "scope": "", "client_id": "x", "client_secret": ""}
        form = {"username": user.email, "password": PASSWORD, **more}
        assert (await client.post("/auth/token", data=form)).status_code == 200


class TestOddText:
    @pytest.mark.parametrize("name", ["", "a\x00b", "x" * 1000, "Ada <ada@example.com>", "@"])
    async def test_is_nobodys_name(self, client: AsyncClient, name: str) -> None:
        """What is no address is nobody's, and not a fault of ours."""
        form = {"username": name, "password": PASSWORD}
        assert (await client.post("/auth/token", data=form)).status_code in {401, 422}

    async def test_in_a_token(self, client: AsyncClient) -> None:
        """Half a character is no token."""
        body = b'{"refresh_token": "\\ud800"}'
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/auth/refresh", content=body, headers=headers)
        assert answer.status_code in {401, 422}

    async def test_in_a_password(self, client: AsyncClient) -> None:
        """Nor can it be hashed."""
        body = b'{"email": "a@example.com", "name": "A", "password": "\\ud800 and twelve more"}'
        headers = {"Content-Type": "application/json"}
        assert (await client.post("/users", content=body, headers=headers)).status_code == 422

    @pytest.mark.parametrize(
        "email", ["jose\u0301@example.com", " ada@example.com", "A@EXAMPLE.com"]
    )
    async def test_same_way_in(self, client: AsyncClient, email: str) -> None:
        """Whichever way an address was typed to sign up, it logs in typed that way."""
        new = {"email": email, "name": "A", "password": PASSWORD}
        assert (await client.post("/users", json=new)).status_code == 201
        form = {"username": email, "password": PASSWORD}
        assert (await client.post("/auth/token", data=form)).status_code == 200


class TestFlood:
    async def test_others_are_served(
        self, client: AsyncClient, state: State, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who waits to have a password hashed holds no connection, and gives up in time."""
        monkeypatch.setattr(state["passwords"], "_turns", asyncio.Semaphore(0))
        monkeypatch.setattr(state["passwords"], "_patience", 0.2)
        logging_in = asyncio.create_task(
            client.post("/auth/token", data={"username": "a@example.com", "password": "x"})
        )
        await asyncio.sleep(0.05)
        assert (await client.get("/health/ready")).status_code == 200
        answer = await logging_in
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.real_commits
class TestAccountGoes:
    """The account is deleted while a request of its own is on its way."""

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/items", {"name": "lamp"}),
            ("PATCH", "/users/me", {"name": "B"}),
            ("DELETE", "/users/me", None),
        ],
    )
    async def test_is_not_our_fault(
        self, me: AsyncClient, session: AsyncSession, user: User, method: str, path: str, body: Any
    ) -> None:
        """The request is that of nobody, once the deletion is committed."""
        await session.delete(user)
        await session.flush()
        waiting = asyncio.create_task(me.request(method, path, json=body))
        await asyncio.sleep(0.1)
        await session.commit()
        assert (await waiting).status_code == 401


def claims_of(settings: Settings, user: User) -> dict[str, Any]:
    token = AccessTokens.of(settings).issue(user.id, user.id)
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


class TestAccessToken:
    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": datetime.now(UTC) - timedelta(minutes=1)},
            {"iss": "another"},
            {"aud": "another"},
            {"sub": "nobody"},
            {"exp": None},
            {"sub": None},
            {"sid": "none"},
            {"sid": None},
        ],
    )
    async def test_wrong_claims(
        self, client: AsyncClient, user: User, settings: Settings, claims: dict[str, object]
    ) -> None:
        """A token must be in time, from us, for us and of somebody."""
        secret = settings.token_secret.get_secret_value()
        kid = {"kid": key_id(secret)}
        good = claims_of(settings, user)
        assert (good["iss"], good["aud"]) == (ISSUER, AUDIENCE)
        wrong = {name: value for name, value in (good | claims).items() if value is not None}
        assert await self.status(client, jwt.encode(wrong, secret, "HS256", kid)) == 401
        assert await self.status(client, jwt.encode(good, secret, "HS256", kid)) == 200

    async def test_forged(self, client: AsyncClient, user: User, settings: Settings) -> None:
        """A token signed by another key, by another algorithm or not at all is refused."""
        secret = settings.token_secret.get_secret_value()
        kid = {"kid": key_id(secret)}
        claims = claims_of(settings, user)
        forged = [
            jwt.encode(claims, secret[::-1], "HS256", kid),
            jwt.encode(claims, secret[::-1], "HS256", {"kid": key_id(secret[::-1])}),
            jwt.encode(claims, secret, "HS256"),
            jwt.encode(claims, secret * 2, "HS512", kid),
            jwt.encode(claims, None, "none", kid),
            "not a token",
        ]
        assert {await self.status(client, token) for token in forged} == {401}

    async def test_missing(self, client: AsyncClient) -> None:
        """Without a token one is told how to get one."""
        answer = await client.get("/users/me")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "/auth/token" in answer.json()["detail"]

    async def status(self, client: AsyncClient, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return (await client.get("/users/me", headers=headers)).status_code
