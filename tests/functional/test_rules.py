"""What administrators may and others may not, and that no route is without a rule."""

from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from fastapi import Depends, FastAPI
from httpx2 import AsyncClient
from sqlalchemy import Uuid, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import authorization
from api.app import create_app
from api.auth.dependencies import CallerDep
from api.authorization import (
    ANYONE,
    CALLER,
    LOGGED_IN,
    UndecidedRoute,
    check_rules,
    if_reachable,
)
from api.settings import Settings
from api.users.models import User
from tests.functional.conftest import AsUser
from tests.functional.factories import PASSWORD, make_item, make_user


@pytest.fixture
async def administrator(session: AsyncSession, as_user: AsUser) -> AsyncClient:
    return as_user(await make_user(session, is_admin=True))


class TestLists:
    """A list shows what one may reach, and an empty page says nothing of what one may not."""

    async def test_items_of_another(
        self, me: AsyncClient, administrator: AsyncClient, session: AsyncSession
    ) -> None:
        """Whose items one asks for changes nothing for others; an administrator sees them."""
        other = await make_user(session)
        item = await make_item(session, other)
        asked = {"owner_id": str(other.id)}
        assert (await me.get("/items", params=asked)).json() == {"items": [], "next_cursor": None}
        seen = (await administrator.get("/items", params=asked)).json()["items"]
        assert [one["id"] for one in seen] == [str(item.id)]

    async def test_own_by_default(
        self, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """An administrator too lists its own items unless it says whose."""
        await make_item(session, user)
        assert (await administrator.get("/items")).json()["items"] == []

    async def test_users(
        self, me: AsyncClient, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """One sees oneself only, and cannot find out who has an account."""
        other = await make_user(session)
        mine = (await me.get("/users")).json()
        assert [one["id"] for one in mine["users"]] == [str(user.id)]
        found = [
            (await client.get("/users", params={"email": other.email})).json()["users"]
            for client in (me, administrator)
        ]
        assert [len(users) for users in found] == [0, 1]
        everybody = (await administrator.get("/users")).json()["users"]
        assert {str(user.id), str(other.id)} < {one["id"] for one in everybody}

    async def test_pages_of_users(
        self, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """Following the links shows each user once, in the order of their making."""
        made = [str(user.id)] + [str((await make_user(session)).id) for _ in range(4)]
        seen: list[str] = []
        url: str | None = "/users?limit=2"
        while url:
            answer = await administrator.get(url)
            seen += [one["id"] for one in answer.json()["users"]]
            url = answer.links["next"]["url"] if "next" in answer.links else None
        assert sorted(made) == sorted(set(seen) & set(made))
        assert seen == sorted(set(seen))


class TestForAdministrators:
    @pytest.mark.parametrize("change", [{"is_admin": True}, {"item_quota": 20_000}])
    @pytest.mark.parametrize("path", ["me", "own id", "another's id"])
    async def test_others_are_refused(
        self, me: AsyncClient, session: AsyncSession, user: User, change: dict[str, Any], path: str
    ) -> None:
        """Nobody promotes itself or takes a bigger quota; the rest of the change is not made."""
        other = await make_user(session)
        path = {"me": "me", "own id": str(user.id), "another's id": str(other.id)}[path]
        answer = await me.patch(f"/users/{path}", json={"name": "B", **change})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/administrators-only")
        for row in (user, other):
            name = row.name
            await session.refresh(row)
            assert (row.name, row.is_admin, row.item_quota) == (name, False, 10_000)

    async def test_may(
        self, administrator: AsyncClient, as_user: AsUser, session: AsyncSession, user: User
    ) -> None:
        """An administrator makes another one, which then is one, and takes it back."""
        url, theirs = f"/users/{user.id}", f"/users/{(await make_user(session)).id}"
        changed = await administrator.patch(url, json={"is_admin": True, "item_quota": 5})
        assert (changed.json()["is_admin"], changed.json()["item_quota"]) == (True, 5)
        assert (await as_user(user).get(theirs)).status_code == 200
        await administrator.patch(url, json={"is_admin": False})
        assert (await as_user(user).get(theirs)).status_code == 404

    async def test_password_of_another(
        self, administrator: AsyncClient, me: AsyncClient, user: User
    ) -> None:
        """An administrator gives somebody a new password without the current one."""
        new = "another password altogether"
        changed = await administrator.patch(f"/users/{user.id}", json={"password": new})
        assert changed.status_code == 200
        assert (await me.get("/users/me")).status_code == 401
        form = {"username": user.email, "password": new}
        assert (await me.post("/auth/token", data=form)).status_code == 200

    async def test_password_of_an_administrator(self, administrator: AsyncClient) -> None:
        """Its own needs the current one all the same, whichever way it is named."""
        own = (await administrator.get("/users/me")).json()["id"]
        for path in ("/users/me", f"/users/{own}"):
            answer = await administrator.patch(path, json={"password": PASSWORD})
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/wrong-password")

    async def test_changes_of_many(
        self, administrator: AsyncClient, session: AsyncSession, user: User
    ) -> None:
        """An administrator changes items of several owners in one request."""
        items = [await make_item(session, owner) for owner in (user, await make_user(session))]
        changes = [{"id": str(item.id), "quantity": 7} for item in items]
        answer = await administrator.patch("/items", json={"items": changes})
        assert [one["quantity"] for one in answer.json()["items"]] == [7, 7]


class TestIfReachable:
    """One refers to what one may reach, and to nothing else."""

    @pytest.mark.parametrize(("whose", "reaches"), [("own", True), ("another's", False)])
    @pytest.mark.parametrize("is_admin", [False, True])
    async def test_reference(
        self, session: AsyncSession, whose: str, *, reaches: bool, is_admin: bool
    ) -> None:
        """The id of what one may not reach becomes one that no row has; that of a stranger too."""
        asking = await make_user(session, is_admin=is_admin)
        owner = asking if whose == "own" else await make_user(session)
        for given in (owner.id, uuid4()):
            named = if_reachable(User.id, User.id, literal(given))
            statement = select(named).where(CALLER.id.is_not(None))
            found = await session.scalar(statement, {"login_id": asking.id})
            is_there = given == owner.id and (reaches or is_admin)
            assert found == (given if is_there else UUID(int=0))

    async def test_nothing(self, session: AsyncSession) -> None:
        """What refers to nothing still does: an optional reference can be taken away."""
        asking = await make_user(session)
        named = if_reachable(User.id, User.id, literal(None, Uuid))
        statement = select(named).where(CALLER.id.is_not(None))
        found = await session.execute(statement, {"login_id": asking.id})
        assert found.scalar_one() is None


class TestCheckRules:
    """The application does not start with a route that nobody has decided on."""

    @pytest.fixture
    def app(self, settings: Settings) -> FastAPI:
        app = create_app(settings)
        check_rules(app)
        return app

    @pytest.mark.parametrize("hidden", [False, True])
    def test_route_without_a_rule(self, app: FastAPI, *, hidden: bool) -> None:
        """A route without a rule is refused by name, whether the document has it or not."""
        app.add_api_route("/secrets", lambda: None, methods=["GET"], include_in_schema=not hidden)
        with pytest.raises(UndecidedRoute, match="GET /secrets"):
            check_rules(app)

    def test_rule_without_a_route(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        """A rule for a route that is gone would lie to its readers."""
        monkeypatch.setitem(authorization.RULES, ("GET", "/gone"), ANYONE)
        with pytest.raises(UndecidedRoute, match="GET /gone"):
            check_rules(app)

    @pytest.mark.parametrize(
        ("route", "lie"), [(("GET", "/items"), ANYONE), (("POST", "/users"), LOGGED_IN)]
    )
    def test_rule_that_lies(
        self,
        app: FastAPI,
        monkeypatch: pytest.MonkeyPatch,
        route: tuple[str, str],
        lie: authorization.Access,
    ) -> None:
        """A rule that says something else than the route does is refused."""
        monkeypatch.setitem(authorization.RULES, route, lie)
        with pytest.raises(UndecidedRoute, match=f"{' '.join(route)} is for {lie}"):
            check_rules(app)

    def test_log_in_below(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        """A log-in that only a dependency's dependency asks for counts."""

        def name(caller: CallerDep) -> str:
            return str(caller.user_id)

        def read(name: Annotated[str, Depends(name)]) -> str:
            return name

        monkeypatch.setitem(authorization.RULES, ("GET", "/deep"), LOGGED_IN)
        app.add_api_route("/deep", read, methods=["GET"])
        check_rules(app)
