"""Conditional requests: nobody overwrites what it has not seen, nobody reads what it has."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.items.models import Item
from api.users.models import User
from tests.functional.conftest import AsUser
from tests.functional.factories import make_item, make_user
from tests.functional.test_contract import DOCUMENT, ROUTES, fill
from tests.functional.world import REQUESTS, World

PATCHES = [path for method, path in ROUTES if method == "PATCH"]


@pytest.fixture
async def item(session: AsyncSession, user: User) -> Item:
    """An item of the third version."""
    return await make_item(session, user, version=3, quantity=1)


async def write(me: AsyncClient, method: str, item_id: object, if_match: str) -> Response:
    body: dict[str, Any] | None = {"quantity": 2} if method == "PATCH" else None
    return await me.request(
        method, f"/items/{item_id}", json=body, headers={b"If-Match": if_match.encode("latin-1")}
    )


class TestEntityTag:
    async def test_of_each_answer(self, me: AsyncClient) -> None:
        """Whatever answers with an item says its version, which goes up by one with each change."""
        made = await me.post("/items", json={"name": "lamp"})
        url = made.headers["Location"]
        answers = [made, await me.get(url)]
        for quantity in (5, 6):
            answers += [await me.patch(url, json={"quantity": quantity}), await me.get(url)]
        tags = [answer.headers["ETag"] for answer in answers]
        assert tags == ['"1"', '"1"', '"2"', '"2"', '"3"', '"3"']
        assert [f'"{answer.json()["version"]}"' for answer in answers] == tags

    async def test_after_changes_of_many(self, me: AsyncClient, item: Item) -> None:
        """A change among several counts too, and one that names nothing does not."""
        url = f"/items/{item.id}"
        await me.patch("/items", json={"items": [{"id": str(item.id), "quantity": 9}]})
        assert (await me.get(url)).headers["ETag"] == '"4"'
        await me.patch("/items", json={"items": [{"id": str(item.id)}]})
        assert (await me.get(url)).headers["ETag"] == '"4"'

    @pytest.mark.real_commits
    async def test_empty_patch(self, me: AsyncClient, item: Item, user: User) -> None:
        """A patch that names nothing changes nothing, not even the time of the last change."""
        for url in (f"/items/{item.id}", f"/users/{user.id}", "/users/me"):
            before = (await me.get(url)).json()
            assert (await me.patch(url, json={})).json() == before
            assert (await me.get(url)).json() == before

    @pytest.mark.real_commits
    async def test_empty_patch_of_many(self, me: AsyncClient, item: Item) -> None:
        """Nor does it among several."""
        before = (await me.get(f"/items/{item.id}")).json()
        answer = await me.patch("/items", json={"items": [{"id": str(item.id)}]})
        assert answer.json() == {"items": [before]}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
class TestIfMatch:
    @pytest.mark.parametrize("tags", ['"3"', '"1", "3"', '"2","3","x"', 'W/"2", "3"', "*", " * "])
    async def test_matches(self, me: AsyncClient, item: Item, method: str, tags: str) -> None:
        """The change is made if one of the tags is the item's, or any will do."""
        assert (await write(me, method, item.id, tags)).is_success

    @pytest.mark.parametrize(
        "tags",
        [
            *('"2"', '"4"', 'W/"3"', '"1", "2"', '"1", W/"3"', "3", "'3'", '"03"', '"3', '""'),
            *('"*"', '" 3"', '"3 "', '"-3"', '"3.0"', '"\u00b3"', '"x"', "", ",", f'"{3 + 2**32}"'),
        ],
    )
    async def test_does_not(
        self, me: AsyncClient, session: AsyncSession, item: Item, method: str, tags: str
    ) -> None:
        """Any other tag, a weak one and nonsense leave it as it is, and one learns its version."""
        answer = await write(me, method, item.id, tags)
        assert (answer.status_code, answer.json()["type"]) == (412, "/problems/precondition-failed")
        assert answer.headers["ETag"] == '"3"'
        await session.refresh(item)
        assert (item.quantity, item.version) == (1, 3)

    async def test_two_header_lines(self, me: AsyncClient, item: Item, method: str) -> None:
        """A list may be on several lines (RFC 9110, section 5.3)."""
        headers = [("If-Match", '"1"'), ("If-Match", '"3"'), ("Content-Type", "application/json")]
        body = b"{}" if method == "PATCH" else b""
        answer = await me.request(method, f"/items/{item.id}", content=body, headers=headers)
        assert answer.is_success

    @pytest.mark.parametrize("tags", ['"3"', '"1"', "*"])
    async def test_nothing_to_match(
        self, me: AsyncClient, session: AsyncSession, method: str, tags: str
    ) -> None:
        """What one cannot reach is not found, whatever its version: 412 would say that it is."""
        of_another = await make_item(session, await make_user(session), version=3)
        for item_id in (uuid4(), of_another.id):
            answer = await write(me, method, item_id, tags)
            assert answer.status_code == 404
            assert "ETag" not in answer.headers

    async def test_administrator(
        self, as_user: AsUser, session: AsyncSession, item: Item, method: str
    ) -> None:
        """An administrator too changes only what it has seen."""
        administrator = as_user(await make_user(session, is_admin=True))
        statuses = [
            (await write(administrator, method, item.id, tag)).status_code for tag in ('"2"', '"3"')
        ]
        assert statuses == [412, 200 if method == "PATCH" else 204]


class TestIfNoneMatch:
    @pytest.mark.parametrize("tags", ['"3"', 'W/"3"', '"1", "3"', 'W/"2",W/"3"', "*"])
    async def test_known(self, me: AsyncClient, item: Item, tags: str) -> None:
        """Who has this version is told so in an answer without a body."""
        answer = await me.get(f"/items/{item.id}", headers={"If-None-Match": tags})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == '"3"'
        assert not {"content-type", "content-length"} & set(answer.headers)

    @pytest.mark.parametrize("tags", ['"2"', "3", '"03"', '"*"', "", '"3', 'w/"x"'])
    async def test_not_known(self, me: AsyncClient, item: Item, tags: str) -> None:
        """Who has another gets this one."""
        answer = await me.get(f"/items/{item.id}", headers={"If-None-Match": tags})
        assert (answer.status_code, answer.json()["version"]) == (200, 3)

    async def test_gone(self, me: AsyncClient) -> None:
        """What does not exist is not known either."""
        answer = await me.get(f"/items/{uuid4()}", headers={"If-None-Match": "*"})
        assert answer.status_code == 404


@pytest.mark.real_commits
class TestAtOnce:
    async def test_one_of_many_wins(
        self, me: AsyncClient, session: AsyncSession, item: Item
    ) -> None:
        """Of many changes to one version, made at the same time, exactly one is."""
        answers = await asyncio.gather(
            *(
                me.patch(f"/items/{item.id}", json={"quantity": n}, headers={"If-Match": '"3"'})
                for n in range(100, 120)
            )
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [412] * 19
        assert {a.headers["ETag"] for a in answers} == {'"4"'}
        [won] = [answer for answer in answers if answer.status_code == 200]
        await session.refresh(item)
        assert (item.version, item.quantity) == (4, won.json()["quantity"])

    async def test_without_condition_all_do(self, me: AsyncClient, item: Item) -> None:
        """Without a condition each is made, and none is lost from the version."""
        answers = await asyncio.gather(
            *(me.patch(f"/items/{item.id}", json={"quantity": n}) for n in range(20))
        )
        versions = sorted(answer.json()["version"] for answer in answers)
        assert versions == list(range(4, 24))


class TestMergePatch:
    @pytest.mark.parametrize("path", PATCHES)
    async def test_its_media_type(self, me: AsyncClient, world: World, path: str) -> None:
        """Every PATCH takes a JSON Merge Patch by its own name (RFC 7396), and documents it."""
        change = json.dumps(REQUESTS["PATCH", path](world)["json"])
        headers = {"Content-Type": "application/merge-patch+json"}
        url = fill(path, world.id_in(path))
        assert (await me.patch(url, content=change, headers=headers)).status_code == 200
        documented = DOCUMENT["paths"][path]["patch"]["requestBody"]["content"]
        assert set(documented) == {"application/json", "application/merge-patch+json"}

    @pytest.mark.parametrize(
        "path", ["/users/me", "/users/{user_id}", "/items", "/items/{item_id}"]
    )
    async def test_null(self, me: AsyncClient, world: World, path: str) -> None:
        """Nothing that one may change of these can be removed: null is refused for each member."""
        members = FOR_ITEMS if "item" in path else FOR_USERS
        for member in members:
            change: dict[str, Any] = {member: None}
            one = {"id": str(world.id("item_id")), **change}
            body = change if path != "/items" else {"items": [one]}
            answer = await me.patch(fill(path, world.id_in(path)), json=body)
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["location"][-1] == member


FOR_ITEMS = ("name", "description", "quantity")
FOR_USERS = ("name", "password", "is_admin", "item_quota")
