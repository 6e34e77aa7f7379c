"""Items: one's own, and nobody else's."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from api.users.models import User
from tests.functional.conftest import AsUser
from tests.functional.factories import make_item, make_user


class TestCreateItem:
    async def test_answers_with_the_item(self, me: AsyncClient, user: User) -> None:
        """A new item is answered with what the database made of it, and where to find it."""
        answer = await me.post("/items", json={"name": "lamp", "quantity": 2})
        assert answer.status_code == 201
        item = answer.json()
        assert item["owner_id"] == str(user.id)
        assert (item["name"], item["description"], item["quantity"]) == ("lamp", "", 2)
        assert answer.headers["Location"] == f"/items/{item['id']}"
        assert (await me.get(answer.headers["Location"])).json() == item

    async def test_same_name_twice(self, me: AsyncClient) -> None:
        """One owner cannot have two items of one name."""
        await me.post("/items", json={"name": "lamp"})
        answer = await me.post("/items", json={"name": "lamp"})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/item-name-taken"

    async def test_same_name_for_another_owner(
        self, me: AsyncClient, as_user: AsUser, session: AsyncSession
    ) -> None:
        """Two owners can."""
        await me.post("/items", json={"name": "lamp"})
        other = as_user(await make_user(session))
        assert (await other.post("/items", json={"name": "lamp"})).status_code == 201

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ({}, ["body", "name"]),
            ({"name": " "}, ["body", "name"]),
            ({"name": "x" * 201}, ["body", "name"]),
            ({"name": "a\x00b"}, ["body", "name"]),
            ({"name": "lamp", "quantity": -1}, ["body", "quantity"]),
            ({"name": "lamp", "quantity": 2**31}, ["body", "quantity"]),
            ({"name": "lamp", "quantity": "1"}, ["body", "quantity"]),
            ({"name": "lamp", "quantity": True}, ["body", "quantity"]),
            ({"name": "lamp", "quantity": 1.5}, ["body", "quantity"]),
            ({"name": "lamp", "colour": "red"}, ["body", "colour"]),
        ],
    )
    async def test_invalid(
        self, me: AsyncClient, body: dict[str, object], place: list[str]
    ) -> None:
        """What does not fit is refused, and the answer says where."""
        answer = await me.post("/items", json=body)
        assert answer.status_code == 422
        assert [error["location"] for error in answer.json()["errors"]] == [place]


class TestCreateItems:
    async def test_in_order(self, me: AsyncClient) -> None:
        """Many items are answered in the order of the request."""
        names = [f"lamp {n}" for n in range(20)]
        answer = await me.post("/items/bulk", json={"items": [{"name": name} for name in names]})
        assert answer.status_code == 201
        assert [item["name"] for item in answer.json()["items"]] == names

    async def test_all_or_nothing(self, me: AsyncClient) -> None:
        """When one of them cannot be made, none is."""
        await me.post("/items", json={"name": "lamp"})
        answer = await me.post("/items/bulk", json={"items": [{"name": "desk"}, {"name": "lamp"}]})
        assert answer.status_code == 409
        assert [item["name"] for item in (await me.get("/items")).json()["items"]] == ["lamp"]


class TestListItems:
    async def test_pages(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """Following the cursor shows every item once, in the order of their making."""
        made = [str((await make_item(session, user)).id) for _ in range(5)]
        seen: list[str] = []
        url: str | None = "/items?limit=2"
        while url:
            answer = await me.get(url)
            page = answer.json()
            seen += [item["id"] for item in page["items"]]
            url = answer.links["next"]["url"] if "next" in answer.links else None
            assert bool(url) == bool(page["next_cursor"])
        assert seen == made

    async def test_last_page_is_full(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """A page that is full and the last one names no next page."""
        await make_item(session, user)
        assert (await me.get("/items?limit=1")).json()["next_cursor"] is None

    async def test_only_own(self, me: AsyncClient, session: AsyncSession) -> None:
        """Items of others are not listed."""
        await make_item(session, await make_user(session))
        assert (await me.get("/items")).json()["items"] == []

    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!!", "é"])
    async def test_invalid_cursor(self, me: AsyncClient, cursor: str) -> None:
        """A cursor that no page gave out is refused."""
        answer = await me.get("/items", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-cursor")

    @pytest.mark.parametrize("limit", ["0", "1001", "many"])
    async def test_invalid_limit(self, me: AsyncClient, limit: str) -> None:
        """A page has at least one item and at most a thousand."""
        assert (await me.get("/items", params={"limit": limit})).status_code == 422

    @pytest.mark.parametrize("offset", ["Z", "+01:00", "-00:30"])
    async def test_updated_since(self, me: AsyncClient, offset: str) -> None:
        """A moment is written as RFC 3339 says."""
        await me.post("/items", json={"name": "lamp"})
        for year, names in (("2001", ["lamp"]), ("2999", [])):
            query = {"updated_since": f"{year}-12-31T23:59:59.5{offset}"}
            answer = await me.get("/items", params=query)
            assert [item["name"] for item in answer.json()["items"]] == names

    @pytest.mark.parametrize(
        "moment", ["1", "0.5", "2001-12-31", "2001-12-31T23:59:59", "0001-01-01T00:00:00+01:00"]
    )
    async def test_updated_since_no_moment(self, me: AsyncClient, moment: str) -> None:
        """A number is none, nor is what has no offset or no place in UTC."""
        answer = await me.get("/items", params={"updated_since": moment})
        assert answer.status_code == 422
        assert [error["location"] for error in answer.json()["errors"]] == [
            ["query", "updated_since"]
        ]


class TestReadItem:
    async def test_unknown_id(self, me: AsyncClient) -> None:
        """An id that does not exist answers 404 with a problem document that names it."""
        item_id = str(uuid4())
        answer = await me.get(f"/items/{item_id}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json() == {
            "type": "/problems/item-not-found",
            "title": "No such item",
            "status": 404,
            "detail": f"You have no item {item_id}.",
            "instance": f"/items/{item_id}",
            "request_id": answer.headers["X-Request-ID"],
            "item_ids": [item_id],
        }

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's item looks like none."""
        item = await make_item(session, await make_user(session))
        assert (await me.get(f"/items/{item.id}")).status_code == 404


class TestChangeItem:
    async def test_leaves_the_rest(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """What the body does not name stays as it is."""
        item = await make_item(session, user, description="old", quantity=3)
        answer = await me.patch(f"/items/{item.id}", json={"quantity": 4})
        assert answer.status_code == 200
        assert (answer.json()["description"], answer.json()["quantity"]) == ("old", 4)

    async def test_null_is_refused(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """A member that cannot be removed cannot be set to null."""
        item = await make_item(session, user)
        answer = await me.patch(f"/items/{item.id}", json={"quantity": None})
        assert answer.status_code == 422

    async def test_name_of_another(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """An item cannot take the name of another one."""
        await make_item(session, user, name="lamp")
        item = await make_item(session, user, name="desk")
        answer = await me.patch(f"/items/{item.id}", json={"name": "lamp"})
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/item-name-taken")

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's item looks like none, and stays as it is."""
        item = await make_item(session, await make_user(session), quantity=1)
        answer = await me.patch(f"/items/{item.id}", json={"quantity": 2})
        await session.refresh(item)
        assert (answer.status_code, item.quantity) == (404, 1)


class TestChangeItems:
    async def test_in_order(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """Many items are changed and answered in the order of the request."""
        items = [await make_item(session, user) for _ in range(3)]
        changes = [{"id": str(item.id), "quantity": n} for n, item in enumerate(reversed(items))]
        answer = await me.patch("/items", json={"items": changes})
        assert answer.status_code == 200
        changed = [(item["id"], item["quantity"]) for item in answer.json()["items"]]
        assert changed == [(change["id"], change["quantity"]) for change in changes]

    async def test_all_or_nothing(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """When one of them is somebody else's, none is changed, and the answer names it."""
        mine = await make_item(session, user, quantity=1)
        other = await make_item(session, await make_user(session), quantity=1)
        changes = [{"id": str(item.id), "quantity": 2} for item in (mine, other)]
        answer = await me.patch("/items", json={"items": changes})
        await session.refresh(mine)
        assert (answer.status_code, mine.quantity) == (404, 1)
        assert answer.json()["item_ids"] == [str(other.id)]

    async def test_named_twice(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """One item cannot be changed twice in a request: which change would win?"""
        change = {"id": str((await make_item(session, user)).id), "quantity": 1}
        answer = await me.patch("/items", json={"items": [change, change]})
        assert answer.status_code == 422


class TestDeleteItem:
    async def test_is_gone(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """A deleted item is not found, and cannot be deleted again."""
        item = await make_item(session, user)
        statuses = [
            (await me.delete(f"/items/{item.id}")).status_code,
            (await me.get(f"/items/{item.id}")).status_code,
            (await me.delete(f"/items/{item.id}")).status_code,
        ]
        assert statuses == [204, 404, 404]

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's item looks like none."""
        item = await make_item(session, await make_user(session))
        assert (await me.delete(f"/items/{item.id}")).status_code == 404
