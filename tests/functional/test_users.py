"""Users: signing up, and what one can do with one's own account."""

import asyncio
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import State
from api.auth.models import RefreshToken
from api.items.models import Item
from api.settings import Settings
from api.users.models import User
from api.users.schemas import UserView
from tests.functional.conftest import AsUser
from tests.functional.factories import PASSWORD, make_item, make_user

NEW = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}


class TestSignUp:
    async def test_answers_without_the_password(self, client: AsyncClient) -> None:
        """A new user is answered with what it may know of itself, and where to find it."""
        answer = await client.post("/users", json=NEW)
        assert answer.status_code == 201
        user = answer.json()
        assert set(user) == set(UserView.model_fields)
        assert PASSWORD not in answer.text
        assert answer.headers["Location"] == f"/users/{user['id']}"

    async def test_keeps_a_hash_only(self, client: AsyncClient, session: AsyncSession) -> None:
        """The password itself is not stored."""
        await client.post("/users", json=NEW)
        stored = await session.scalar(select(User.password_hash))
        assert stored is not None
        assert stored.startswith("$argon2id$")

    async def test_email_taken(self, client: AsyncClient) -> None:
        """One address is one account, whatever way it is typed."""
        await client.post("/users", json=NEW)
        answer = await client.post("/users", json={**NEW, "email": "ADA@example.com"})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/email-taken")

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("email", "ada"),
            ("email", "ada@"),
            ("email", "Ada <ada@example.com>"),
            ("email", f"{'a' * 250}@example.com"),
            ("name", ""),
            ("password", "short"),
            ("password", "x" * 257),
        ],
    )
    async def test_invalid(self, client: AsyncClient, member: str, value: str) -> None:
        """What does not fit is refused, and the answer does not repeat it."""
        answer = await client.post("/users", json={**NEW, member: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["location"] == ["body", member]
        assert "input" not in answer.json()["errors"][0]

    async def test_faults_are_told_once(self, client: AsyncClient) -> None:
        """Each member that lacks is one fault."""
        answer = await client.post("/users", json={})
        places = [error["location"] for error in answer.json()["errors"]]
        assert places == [["body", "email"], ["body", "name"], ["body", "password"]]

    @pytest.mark.parametrize(
        ("password", "message"),
        [
            ("short", "String should have at least 12 characters"),
            ("x" * 257, "String should have at most 256 characters"),
        ],
    )
    async def test_length_of_a_password(
        self, client: AsyncClient, password: str, message: str
    ) -> None:
        """How long a password must be is said of its characters."""
        answer = await client.post("/users", json={**NEW, "password": password})
        assert [error["message"] for error in answer.json()["errors"]] == [message]


class TestReadUser:
    async def test_me(self, me: AsyncClient, user: User) -> None:
        """One reads oneself under two names."""
        mine = (await me.get("/users/me")).json()
        assert mine["email"] == user.email
        assert (await me.get(f"/users/{user.id}")).json() == mine

    async def test_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else looks like nobody."""
        other = await make_user(session)
        of_another = await me.get(f"/users/{other.id}")
        of_nobody = await me.get(f"/users/{uuid4()}")
        assert of_another.status_code == of_nobody.status_code == 404


class TestChangeUser:
    async def test_name(self, me: AsyncClient, user: User) -> None:
        """A name can be changed, and the rest stays."""
        answer = await me.patch("/users/me", json={"name": "Grace"})
        assert (answer.json()["name"], answer.json()["email"]) == ("Grace", user.email)

    async def test_password(self, me: AsyncClient, user: User) -> None:
        """After a change of the password, only the new one logs in."""
        new = "another password altogether"
        change = {"password": new, "current_password": PASSWORD}
        assert (await me.patch("/users/me", json=change)).status_code == 200
        statuses = [
            (
                await me.post("/auth/token", data={"username": user.email, "password": password})
            ).status_code
            for password in (PASSWORD, new)
        ]
        assert statuses == [401, 200]

    async def test_password_needs_the_current_one(self, me: AsyncClient, user: User) -> None:
        """An access token alone, which may be stolen, is not enough to take an account over."""
        new = {"password": "another password altogether"}
        wrong = await me.patch("/users/me", json={**new, "current_password": "a guess"})
        assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/wrong-password")
        assert (await me.patch("/users/me", json=new)).status_code == 403
        form = {"username": user.email, "password": PASSWORD}
        assert (await me.post("/auth/token", data=form)).status_code == 200

    async def test_password_ends_other_logins(self, me: AsyncClient, user: User) -> None:
        """After a change of the password, nobody who was logged in can stay so."""
        form = {"username": user.email, "password": PASSWORD}
        token = (await me.post("/auth/token", data=form)).json()["refresh_token"]
        change = {"password": "another password altogether", "current_password": PASSWORD}
        await me.patch("/users/me", json=change)
        refreshed = await me.post("/auth/refresh", json={"refresh_token": token})
        assert refreshed.status_code == 401


class TestDeleteUser:
    async def test_takes_all_along(
        self, me: AsyncClient, user: User, session: AsyncSession, as_user: AsUser
    ) -> None:
        """With a user go its items and tokens, and nobody else's."""
        await make_item(session, user)
        other = await make_user(session)
        await make_item(session, other)
        for email in (user.email, other.email):
            await me.post("/auth/token", data={"username": email, "password": PASSWORD})
        assert (await me.delete("/users/me")).status_code == 204
        left = [
            await session.scalar(select(func.count()).select_from(table))
            for table in (User, Item, RefreshToken)
        ]
        assert left == [1, 1, 1]
        assert (await me.get("/users/me")).status_code == 401
        assert (await as_user(other).get("/users/me")).status_code == 200


@pytest.mark.parametrize(
    "changes", [{"is_admin": "yes"}, {"is_admin": 1}, {"item_quota": "5"}, {"item_quota": True}]
)
async def test_other_types(me: AsyncClient, changes: dict[str, object]) -> None:
    """What JSON writes as another type is not taken for what it looks like."""
    assert (await me.patch("/users/me", json=changes)).status_code == 422


class TestGuessing:
    async def test_current_password(self, me: AsyncClient, settings: Settings) -> None:
        """With a stolen access token the password cannot be guessed without end either."""
        change = {"password": "another password altogether", "current_password": "a guess"}
        wrong = [await me.patch("/users/me", json=change) for _ in range(settings.login_attempts)]
        assert {answer.status_code for answer in wrong} == {403}
        right = await me.patch("/users/me", json={**change, "current_password": PASSWORD})
        assert (right.status_code, "Retry-After" in right.headers) == (429, True)

    async def test_right_one_is_forgiven(self, me: AsyncClient, user: User) -> None:
        """A change with the right password leaves no attempt counted."""
        change = {"password": "another password altogether", "current_password": "a guess"}
        await me.patch("/users/me", json=change)
        change["current_password"] = PASSWORD
        assert (await me.patch("/users/me", json=change)).status_code == 200
        form = {"username": user.email, "password": change["password"]}
        assert (await me.post("/auth/token", data=form)).status_code == 200


class TestText:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/items", b'{"name": "lamp", "description": "\\ud800"}'),
            ("PATCH", "/users/me", b'{"name": "\\udfff"}'),
            (
                "PATCH",
                "/users/me",
                b'{"password": "another password", "current_password": "\\ud800 and more"}',
            ),
        ],
    )
    async def test_half_a_character(
        self, me: AsyncClient, method: str, path: str, body: bytes
    ) -> None:
        """Half a character is no text, and no fault of ours."""
        headers = {"Content-Type": "application/json"}
        answer = await me.request(method, path, content=body, headers=headers)
        assert answer.status_code == 422


@pytest.mark.real_commits
async def test_demoted_meanwhile(as_user: AsUser, session: AsyncSession, state: State) -> None:
    """An administrator who is demoted while its own request waits stays so."""
    admin, other = [await make_user(session, is_admin=True) for _ in range(2)]
    again = {"is_admin": True, "password": "another password!", "current_password": PASSWORD}
    async with state["passwords"].turn():
        waiting = asyncio.create_task(as_user(admin).patch("/users/me", json=again))
        await asyncio.sleep(0.2)  # it has been found to be an administrator by then
        demotion = {"is_admin": False}
        done = await as_user(other).patch(f"/users/{admin.id}", json=demotion)
        assert done.json()["is_admin"] is False
    assert (await waiting).status_code == 403
    await session.refresh(admin)
    assert admin.is_admin is False
