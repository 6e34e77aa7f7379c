"""Idempotency keys: a request that is repeated with its key acts once, and is answered the same."""

from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import authorization
from api.app import State, create_app
from api.auth.models import Login
from api.authorization import LOGGED_IN
from api.idempotency.dependencies import OnceForCaller
from api.idempotency.models import IdempotencyKey
from api.items.models import Item
from api.settings import Settings
from api.users.models import User
from tests.functional.conftest import AsUser, WithState
from tests.functional.factories import PASSWORD, make_user

LAMP = {"name": "lamp", "quantity": 2}
ADA = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/items", LAMP),
    ("/items/bulk", {"items": [LAMP, {"name": "desk"}]}),
    ("/users", ADA),
]


async def post(
    client: AsyncClient, path: str = "/items", body: Any = LAMP, key: str = "key"
) -> Response:
    return await client.post(path, json=body, headers={"Idempotency-Key": key})


def whole(answer: Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content, sorted(headers.items())


async def count(session: AsyncSession, table: type[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


class TestRepeated:
    @pytest.mark.parametrize(("path", "body"), REQUESTS)
    async def test_same_answer(
        self, me: AsyncClient, session: AsyncSession, path: str, body: Any
    ) -> None:
        """A repetition makes nothing, and gets the first answer byte for byte, with its headers."""
        first = await post(me, path, body)
        made = [await count(session, table) for table in (User, Item)]
        second = await post(me, path, body)
        assert first.status_code == 201
        assert whole(second) == whole(first)
        assert [await count(session, table) for table in (User, Item)] == made
        plain = await me.post(path, json=body)
        assert plain.status_code == 409

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_after_a_change(self, me: AsyncClient, method: str) -> None:
        """The answer is that of then, whatever has become of the item."""
        first = await post(me)
        assert {"location", "etag"} <= set(first.headers)
        await me.request(method, first.headers["Location"], json={"name": "desk"})
        assert whole(await post(me)) == whole(first)

    async def test_with_a_new_log_in(self, me: AsyncClient, user: User) -> None:
        """A key is a user's and not a log-in's: one may log in again before one repeats."""
        first = await post(me)
        form = {"username": user.email, "password": PASSWORD}
        token = (await me.post("/auth/token", data=form)).json()["access_token"]
        me.headers["Authorization"] = f"Bearer {token}"
        assert whole(await post(me)) == whole(first)

    async def test_after_a_new_token_secret(
        self, me: AsyncClient, state: State, settings: Settings
    ) -> None:
        """An exchange of the token secret does not make of a repetition another request."""
        first = await post(me)
        old, new = settings.token_secret, "another secret of the service's, long enough"
        changed = {"token_secret": type(old)(new), "also_accepted_token_secrets": [old]}
        state["settings"] = settings.model_copy(update=changed)
        transport = ASGITransport(WithState(create_app(settings), state))
        async with AsyncClient(
            transport=transport, base_url="http://test", headers=me.headers
        ) as client:
            assert whole(await post(client)) == whole(first)


class TestAnotherRequest:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/items", {**LAMP, "quantity": 3}),
            ("/items", {"quantity": 2, "name": "lamp"}),  # other bytes are another body
            ("/items/bulk", {"items": [LAMP]}),
        ],
    )
    async def test_is_refused(
        self, me: AsyncClient, session: AsyncSession, path: str, body: Any
    ) -> None:
        """A key that came with another body or to another route is refused, and makes nothing."""
        await post(me)
        answer = await post(me, path, body)
        assert (answer.status_code, answer.json()["type"]) == (
            422,
            "/problems/idempotency-key-reused",
        )
        assert await count(session, Item) == 1

    async def test_of_another_user(
        self, me: AsyncClient, as_user: AsUser, session: AsyncSession
    ) -> None:
        """Each user has keys of its own, and who is not logged in others again."""
        other = as_user(await make_user(session))
        mine, theirs = await post(me), await post(other)
        assert mine.json()["id"] != theirs.json()["id"]
        assert (await post(me, "/users", ADA)).status_code == 201
        assert await count(session, Item) == 2


class TestFailed:
    async def test_does_not_keep_its_key(self, me: AsyncClient, session: AsyncSession) -> None:
        """A request that was refused has used up nothing: it acts when it can."""
        lamp = (await me.post("/items", json=LAMP)).headers["Location"]
        assert (await post(me)).status_code == 409
        assert await count(session, IdempotencyKey) == 0
        await me.delete(lamp)
        assert (await post(me)).status_code == 201

    @pytest.mark.parametrize("key", ["", "x" * 256])
    @pytest.mark.parametrize(("path", "body"), REQUESTS)
    async def test_key_that_does_not_fit(
        self, me: AsyncClient, path: str, body: Any, key: str
    ) -> None:
        """A key that is empty or too long is refused, and the answer says where it stood."""
        answer = await post(me, path, body, key)
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["location"] == ["header", "Idempotency-Key"]

    async def test_longest_key(self, me: AsyncClient) -> None:
        """One of 255 characters is kept."""
        first = await post(me, key="x" * 255)
        assert whole(await post(me, key="x" * 255)) == whole(first)

    async def test_log_in_ended(self, me: AsyncClient, session: AsyncSession) -> None:
        """Who is logged out gets neither a new answer nor the one that was kept."""
        await post(me)
        await session.execute(delete(Login))
        await session.commit()
        assert [(await post(me, key=key)).status_code for key in ("key", "new")] == [401, 401]

    async def test_forgotten_answer(
        self,
        settings: Settings,
        state: State,
        me: AsyncClient,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A route that does not keep its answer fails loudly, and keeps no key without one."""
        app = create_app(settings)
        monkeypatch.setitem(authorization.RULES, ("POST", "/forgetful"), LOGGED_IN)

        @app.post("/forgetful")
        async def forgetful(once: OnceForCaller) -> None:
            await once.caller.check()

        transport = ASGITransport(WithState(app, state))
        async with AsyncClient(
            transport=transport, base_url="http://test", headers=me.headers
        ) as client:
            answers = [await post(client, "/forgetful") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [500, 500]
        assert "must return `await once.answer(...)`" in caplog.text
