"""${capitalized(r.spoken_plural)}: one's own, and nobody else's."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

## pytest would take TestimonialOrder for a test.
from api.${r.plural}.listing import ${r.model}Order as Order
from api.users.models import User
from tests.functional.conftest import AsUser
from tests.functional.factories import ${", ".join(factories)}
from tests.functional.tracing import Queries

PATH = "${r.path}"
<%
    v = r.varied
    most = 1 if r.is_one_for_each else 9
    several = "await several(user, session, body, {})" if r.made_for_each else "several(body, {})"
    more = "user: User, session: AsyncSession, " if r.made_for_each else ""
%>\
CHANGE = {"${v.name}": ${in_json(v, 2)}}
% if r.plain_uniques:
TAKEN = [
% for field in r.plain_uniques:
    ("${field.name}", "/problems/${slug(field, "Taken")}"),
% endfor
]
% endif


@pytest.fixture
${"async " if "session" in body_fixtures else ""}def body(${body_fixtures}) -> dict[str, Any]:
    """What makes ${r.a}${", with what its owner may refer to" if referred else ""}."""
    return {
% for field in r.required:
% if not field.reference:
        "${field.name}": ${in_json(field, 1)},
% elif field.reference.is_users:
        "${field.name}": str(user.id),
% else:
        "${field.name}": str((await ${field.reference.factory}(session, user)).id),
% endif
% endfor
    }


<%def name="distinct(references, count)">\
[
        {
            **body,
% for field in r.plain_uniques:
            "${field.name}": ${nth(field)},
% endfor
% for field in references:
            "${field.name}": str((await ${field.reference.factory}(session, user)).id),
% endfor
        }
        for ${"nth" if r.plain_uniques else "_"} in range(${count})
    ]\
</%def>\
${"async " if r.made_for_each else ""}def several(${more}body: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """What makes so many, none of which is in the way of another."""
% if not r.plain_uniques and not r.made_for_each:
    return [body for _ in range(count)]
% else:
    return ${distinct(r.made_for_each, "1, count + 1" if r.plain_uniques else "count")}
% endif


class TestCreate:
    async def test_answers_with_it(self, me: AsyncClient, user: User, body: dict[str, Any]) -> None:
        """A new ${r.spoken} is answered with what the database made of it, and where to find it."""
        answer = await me.post(PATH, json=body)
        assert answer.status_code == 201
        ${r.singular} = answer.json()
        assert {name: ${r.singular}[name] for name in body} == body
        assert (${r.singular}["owner_id"], ${r.singular}["version"]) == (str(user.id), 1)
        assert answer.headers["Location"] == f"{PATH}/{${r.singular}['id']}"
        assert answer.headers["ETag"] == '"1"'
        assert (await me.get(answer.headers["Location"])).json() == ${r.singular}

    async def test_acts_once(self, me: AsyncClient, body: dict[str, Any]) -> None:
        """A request that is repeated with its key makes one ${r.spoken}."""
        headers = {"Idempotency-Key": str(uuid4())}
        made = [(await me.post(PATH, json=body, headers=headers)).json() for _ in range(2)]
        assert made[0] == made[1]
        assert len((await me.get(PATH)).json()["${r.plural}"]) == 1
% if r.plain_uniques and most > 1:

    @pytest.mark.parametrize(("name", "kind"), TAKEN)
    async def test_taken(self, me: AsyncClient, ${more}body: dict[str, Any], name: str, kind: str) -> None:
        """What is unique one owner cannot have twice, neither made so nor changed to it."""
        first, second = ${several.format(2)}
        await me.post(PATH, json=first)
        made = await me.post(PATH, json={**second, name: first[name]})
        url = (await me.post(PATH, json=second)).headers["Location"]
        changed = await me.patch(url, json={name: first[name]})
        for answer in (made, changed):
            assert (answer.status_code, answer.json()["type"]) == (409, kind)
% endif
% if r.plain_uniques:

    async def test_taken_by_another(
        self, me: AsyncClient, as_user: AsUser, ${"user: User, " if r.made_for_each else ""}session: AsyncSession, body: dict[str, Any]
    ) -> None:
        """Two owners can have the same."""
        [new] = ${several.format(1)}
        await me.post(PATH, json=new)
        other = await make_user(session)
% for field in [field for field in r.required if field.reference]:
% if field.reference.is_users:
        new["${field.name}"] = str(other.id)
% else:
        new["${field.name}"] = str((await ${field.reference.factory}(session, other)).id)
% endif
% endfor
        assert (await as_user(other).post(PATH, json=new)).status_code == 201
% endif
% for field in [field for field in r.references if field.unique]:

    async def test_${field.singular_name}_taken(
        self, me: AsyncClient, user: User, session: AsyncSession, body: dict[str, Any]
    ) -> None:
        """Two ${r.spoken_plural} of an owner cannot have one ${field.spoken}, neither made so nor changed."""
% if field.reference.is_users:
        referred = user
% else:
        referred = await ${field.reference.factory}(session, user)
% endif
        await make_${r.singular}(session, user, ${field.name}=referred.id)
        named = {"${field.name}": str(referred.id)}
        other = await make_${r.singular}(session, user)
        made = await me.post(PATH, json={**body, **named})
        changed = await me.patch(f"{PATH}/{other.id}", json=named)
        for answer in (made, changed):
            assert answer.status_code == 409
            assert answer.json()["type"] == "/problems/${slug(field, "Taken")}"

    @pytest.mark.real_commits
<%
    beside = [one for one in r.made_for_each if one != field]
    makes_rows = beside or not field.reference.is_users
%>\
    async def test_${field.singular_name}_taken_at_once(
        self, me: AsyncClient, user: User, ${"session: AsyncSession, " if makes_rows else ""}body: dict[str, Any]
    ) -> None:
        """Of several who take ${field.a} at the same time one does, and the others learn of it."""
% if field.reference.is_users:
        named = {"${field.name}": str(user.id)}
% else:
        named = {"${field.name}": str((await ${field.reference.factory}(session, user)).id)}
% endif
        bodies = ${distinct(beside, "1, 6" if r.plain_uniques else "5")}
        answers = await asyncio.gather(*(me.post(PATH, json={**new, **named}) for new in bodies))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
        refused = [answer.json()["type"] for answer in answers if answer.status_code == 409]
        assert refused == ["/problems/${slug(field, "Taken")}"] * 4
% endfor
% for field in r.references:

    async def test_${field.singular_name}_of_another(
        self, me: AsyncClient, session: AsyncSession, body: dict[str, Any]
    ) -> None:
        """${capitalized(field.a)} that one may not reach is as one that does not exist."""
        out_of_reach = ${"(await make_user(session)).id" if field.reference.is_users else f"(await {field.reference.factory}(session, await make_user(session))).id"}
        for row_id in (uuid4(), out_of_reach):
            answer = await me.post(PATH, json={**body, "${field.name}": str(row_id)})
            assert answer.status_code == 422
            assert answer.json()["type"] == "/problems/${slug(field, "Unknown")}"
% endfor

    @pytest.mark.parametrize(
        ("name", "value"),
        [
% for field in r.fields:
            *(("${field.name}", value) for value in (${", ".join(refused_values(field))})),
% endfor
            ("no_such_member", 1),
        ],
    )
    async def test_invalid(
        self, me: AsyncClient, body: dict[str, Any], name: str, value: object
    ) -> None:
        """What does not fit is refused, and the answer says where."""
        answer = await me.post(PATH, json={**body, name: value})
        assert answer.status_code == 422
% if r.objects:
        assert {tuple(error["location"][:2]) for error in answer.json()["errors"]} == {("body", name)}
% else:
        assert [error["location"] for error in answer.json()["errors"]] == [["body", name]]
% endif
% if r.required:

    @pytest.mark.parametrize("name", [${", ".join(f'"{field.name}"' for field in r.required)}])
    async def test_missing(self, me: AsyncClient, body: dict[str, Any], name: str) -> None:
        """What it cannot be without must be said."""
        del body[name]
        assert (await me.post(PATH, json=body)).status_code == 422
% endif


class TestCreateSeveral:
    async def test_in_order(self, me: AsyncClient, ${more}body: dict[str, Any]) -> None:
        """Many ${r.spoken_plural} are answered in the order of the request, which is that of their making."""
        new = ${several.format(most)}
        answer = await me.post(f"{PATH}/bulk", json={"${r.plural}": new})
        assert answer.status_code == 201
        made = answer.json()["${r.plural}"]
        assert [{name: one[name] for name in new[0]} for one in made] == new
        assert (await me.get(PATH)).json()["${r.plural}"] == made

    async def test_all_or_nothing(self, me: AsyncClient, ${more}body: dict[str, Any]) -> None:
        """When one of them cannot be made, none is."""
        new = ${several.format(min(most, 2))}
        answer = await me.post(f"{PATH}/bulk", json={"${r.plural}": [*new, {**new[0], "no_such_member": 1}]})
        assert answer.status_code == 422
% if any(field.unique for field in r.required) or r.plain_uniques:
        answer = await me.post(f"{PATH}/bulk", json={"${r.plural}": [*new, new[0]]})
        assert answer.status_code == 409
% endif
        assert (await me.get(PATH)).json()["${r.plural}"] == []


async def walk(client: AsyncClient, url: str | None) -> list[dict[str, Any]]:
    """Follow the links from a page to the last, and return what is on all pages."""
    found: list[dict[str, Any]] = []
    while url:
        answer = await client.get(url)
        found += answer.json()["${r.plural}"]
        url = answer.links["next"]["url"] if "next" in answer.links else None
        assert bool(url) == bool(answer.json()["next_cursor"])
    return found


class TestList:
    @pytest.mark.parametrize("order", Order)
    async def test_pages(
        self, me: AsyncClient, user: User, session: AsyncSession, order: Order
    ) -> None:
        """The pages of each order are all ${r.spoken_plural}, each once, those of others left out."""
        for owner in (user, user, user, user, user, await make_user(session)):
            await make_${r.singular}(session, owner)
        whole = (await me.get(PATH, params={"order": order})).json()["${r.plural}"]
        assert len(whole) == 5
        assert await walk(me, f"{PATH}?order={order}&limit=2") == whole
        backwards = order.removeprefix("-") if order.startswith("-") else f"-{order}"
        assert (await me.get(PATH, params={"order": backwards})).json()["${r.plural}"] == whole[::-1]
% if r.ordered:

    @pytest.mark.parametrize(
        ("order", "values", "shown"),
        [
% for field in r.ordered:
            (
                "${field.name}",
                [${", ".join(in_python(field, n) for n in order_numbers(field))}],
                [${", ".join(in_json(field, n) for n in sorted_numbers(field))}],
            ),
% endfor
        ],
    )
    async def test_order(
        self,
        me: AsyncClient,
        user: User,
        session: AsyncSession,
        order: str,
        values: list[Any],
        shown: list[object],
    ) -> None:
        """The smallest value comes first."""
        for value in values:
            await make_${r.singular}(session, user, **{order: value})
        found = (await me.get(PATH, params={"order": order})).json()["${r.plural}"]
        assert [one[order] for one in found] == shown
% endif

    @pytest.mark.parametrize(
        ("query", "count"),
        [
% for field in r.fields:
% for query, count in filter_cases(field):
            ("${query}", ${count}),
% endfor
% endfor
            ("updated_since=2001-01-01T00:00:00Z", 1),
            ("updated_since=2999-01-01T00:00:00Z", 0),
        ],
    )
    async def test_filter(
        self, me: AsyncClient, user: User, session: AsyncSession, query: str, count: int
    ) -> None:
        """A list has what one asks for, and nothing else."""
        await make_${r.singular}(session, user${filter_columns})
        assert len((await me.get(f"{PATH}?{query}")).json()["${r.plural}"]) == count

    @pytest.mark.parametrize("query", ["limit=0", "limit=1001", "order=no_such_member", "no_such_member=1"])
    async def test_invalid(self, me: AsyncClient, query: str) -> None:
        """A parameter that the list does not have, or a value it does not take, is a mistake."""
        assert (await me.get(f"{PATH}?{query}")).status_code == 422

    async def test_invalid_cursor(self, me: AsyncClient) -> None:
        """A cursor that no page gave out is refused."""
        answer = await me.get(PATH, params={"cursor": "AAAA"})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-cursor")


class TestRead:
    async def test_unknown_id(self, me: AsyncClient) -> None:
        """An id that does not exist answers 404 with a problem document that names it."""
        ${r.id_name} = str(uuid4())
        answer = await me.get(f"{PATH}/{${r.id_name}}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/${not_found}")
        assert answer.json()["${r.singular}_ids"] == [${r.id_name}]

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's ${r.spoken} looks like none."""
        ${r.singular} = await make_${r.singular}(session, await make_user(session))
        assert (await me.get(f"{PATH}/{${r.singular}.id}")).status_code == 404

    async def test_known(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """Who has this version is told so in an answer without a body."""
        ${r.singular} = await make_${r.singular}(session, user)
        answer = await me.get(f"{PATH}/{${r.singular}.id}", headers={"If-None-Match": '"1"'})
        assert (answer.status_code, answer.content) == (304, b"")


class TestChange:
    async def test_leaves_the_rest(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """What the body does not name stays as it is, and the version goes up."""
        ${r.singular} = await make_${r.singular}(session, user)
        before = (await me.get(f"{PATH}/{${r.singular}.id}")).json()
        answer = await me.patch(f"{PATH}/{${r.singular}.id}", json=CHANGE)
        changed = {**before, **CHANGE, "version": 2, "updated_at": answer.json()["updated_at"]}
        assert (answer.status_code, answer.json()) == (200, changed)
        assert answer.headers["ETag"] == '"2"'
        assert (await me.get(f"{PATH}/{${r.singular}.id}")).json() == changed
% if r.required:

    @pytest.mark.parametrize("name", [${", ".join(f'"{field.name}"' for field in r.required)}])
    async def test_null_is_refused(
        self, me: AsyncClient, user: User, session: AsyncSession, name: str
    ) -> None:
        """A member that cannot be removed cannot be set to null."""
        ${r.singular} = await make_${r.singular}(session, user)
        answer = await me.patch(f"{PATH}/{${r.singular}.id}", json={name: None})
        assert answer.status_code == 422
% endif
% if [field for field in optional if not field.reference]:

    @pytest.mark.parametrize(
        ("name", "value"),
        [
% for field in [field for field in optional if not field.reference]:
            ("${field.name}", ${in_python(field, 1)}),
% endfor
        ],
    )
    async def test_null(
        self, me: AsyncClient, user: User, session: AsyncSession, name: str, value: object
    ) -> None:
        """Null takes away what there may not be (RFC 7396)."""
        ${r.singular} = await make_${r.singular}(session, user, **{name: value})
        answer = await me.patch(f"{PATH}/{${r.singular}.id}", json={name: None})
        assert (answer.status_code, answer.json()[name]) == (200, None)
% endif
% for field in [field for field in r.references if field.optional]:

    async def test_${field.singular_name}_is_set_and_removed(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """It gets ${field.a} and loses it again, alone and among several."""
        url = f"{PATH}/{(await make_${r.singular}(session, user)).id}"
% if field.reference.is_users:
        referred = user
% else:
        referred = await ${field.reference.factory}(session, user)
% endif
        for value in (str(referred.id), None):
            answer = await me.patch(url, json={"${field.name}": value})
            assert (answer.status_code, answer.json()["${field.name}"]) == (200, value)
            among = {"${r.plural}": [{"id": answer.json()["id"], "${field.name}": value}]}
            answer = await me.patch(PATH, json=among)
            assert (answer.status_code, answer.json()["${r.plural}"][0]["${field.name}"]) == (200, value)
% endfor
% for field in r.objects:

    async def test_merges_${field.name}(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """A member that is named changes, null takes it away, and the others stay (RFC 7396)."""
        ${r.singular} = await make_${r.singular}(session, user, ${field.name}={"a": 1, "b": [True], "c": "x"})
        change = {"${field.name}": {"a": 2, "c": None}}
        one = await me.patch(f"{PATH}/{${r.singular}.id}", json=change)
        assert one.json()["${field.name}"] == {"a": 2, "b": [True]}
        change = {"${field.name}": {"b": None, "d": 3}}
        among = {"${r.plural}": [{"id": str(${r.singular}.id), **change}]}
        several = await me.patch(PATH, json=among)
        assert several.json()["${r.plural}"][0]["${field.name}"] == {"a": 2, "d": 3}

    async def test_${field.name}_too_large(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Small changes do not add up to more than there may be."""
        ${r.singular} = await make_${r.singular}(session, user, ${field.name}={"x": "x" * 16_000})
        change = {"${field.name}": {"y": "y" * 400}}
        among = {"${r.plural}": [{"id": str(${r.singular}.id), **change}]}
        answers = [
            await me.patch(f"{PATH}/{${r.singular}.id}", json=change),
            await me.patch(PATH, json=among),
        ]
        kinds = [(answer.status_code, answer.json()["type"]) for answer in answers]
        assert kinds == [(422, "/problems/${slug(field, "TooLarge")}")] * 2
% endfor
% for field in r.references:

    async def test_${field.singular_name}_out_of_reach(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Nor can it be given ${field.a} that one may not reach, alone or among several."""
        ${r.singular}, other = await make_${r.singular}(session, user), await make_user(session)
        change = {"${field.name}": str(${"other.id" if field.reference.is_users else f"(await {field.reference.factory}(session, other)).id"})}
        among = {"${r.plural}": [{"id": str(${r.singular}.id), **change}]}
        answers = [
            await me.patch(f"{PATH}/{${r.singular}.id}", json=change),
            await me.patch(PATH, json=among),
        ]
        kinds = [(answer.status_code, answer.json()["type"]) for answer in answers]
        assert kinds == [(422, "/problems/${slug(field, "Unknown")}")] * 2
% endfor

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    async def test_another_version(
        self, me: AsyncClient, user: User, session: AsyncSession, method: str
    ) -> None:
        """Who saw another version changes and deletes nothing, and learns which it is."""
        ${r.singular} = await make_${r.singular}(session, user, version=3)
        body, headers = (CHANGE if method == "PATCH" else None), {"If-Match": '"2"'}
        answer = await me.request(method, f"{PATH}/{${r.singular}.id}", json=body, headers=headers)
        assert (answer.status_code, answer.headers["ETag"]) == (412, '"3"')
        await session.refresh(${r.singular})
        assert ${r.singular}.version == 3

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's ${r.spoken} looks like none, and stays as it is."""
        ${r.singular} = await make_${r.singular}(session, await make_user(session))
        answer = await me.patch(f"{PATH}/{${r.singular}.id}", json=CHANGE)
        await session.refresh(${r.singular})
        assert (answer.status_code, ${r.singular}.version) == (404, 1)


class TestChangeSeveral:
    async def test_in_order(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """Many ${r.spoken_plural} are changed and answered in the order of the request, as they are read."""
        ids = [str((await make_${r.singular}(session, user)).id) for _ in range(3)][::-1]
        changes = [{"id": ${r.id_name}, **CHANGE} for ${r.id_name} in ids${"[:1]" if v.unique else ""}]
        answer = await me.patch(PATH, json={"${r.plural}": changes})
        assert answer.status_code == 200
        changed = answer.json()["${r.plural}"]
        assert [one["version"] for one in changed] == [2] * len(changes)
        assert changed == [(await me.get(f"{PATH}/{one['id']}")).json() for one in changes]

    async def test_all_or_nothing(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """When one of them is somebody else's, none is changed, and the answer names it."""
        mine = await make_${r.singular}(session, user)
        other = await make_${r.singular}(session, await make_user(session))
        changes = [{"id": str(${r.singular}.id), **CHANGE} for ${r.singular} in (mine, other)]
        answer = await me.patch(PATH, json={"${r.plural}": changes})
        await session.refresh(mine)
        assert (answer.status_code, mine.version) == (404, 1)
        assert answer.json()["${r.singular}_ids"] == [str(other.id)]

    async def test_named_twice(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """One ${r.spoken} cannot be changed twice in a request: which change would win?"""
        change = {"id": str((await make_${r.singular}(session, user)).id), **CHANGE}
        assert (await me.patch(PATH, json={"${r.plural}": [change, change]})).status_code == 422


class TestDelete:
    async def test_is_gone(self, me: AsyncClient, user: User, session: AsyncSession) -> None:
        """A deleted ${r.spoken} is not found, and cannot be deleted again."""
        ${r.singular} = await make_${r.singular}(session, user)
        url = f"{PATH}/{${r.singular}.id}"
        answers = [await me.delete(url), await me.get(url), await me.delete(url)]
        assert [answer.status_code for answer in answers] == [204, 404, 404]

    async def test_of_another(self, me: AsyncClient, session: AsyncSession) -> None:
        """Somebody else's ${r.spoken} looks like none."""
        ${r.singular} = await make_${r.singular}(session, await make_user(session))
        assert (await me.delete(f"{PATH}/{${r.singular}.id}")).status_code == 404
% for field in r.references:

    async def test_${"outlives" if field.optional else "goes_with"}_its_${field.singular_name}(
        self, me: AsyncClient, user: User, session: AsyncSession
    ) -> None:
% if field.optional:
        """When its ${field.spoken} is deleted, ${r.a} stays without one, as another version of it."""
% else:
        """${capitalized(r.a)} is deleted with its ${field.spoken}, and that it is there does not prevent it."""
% endif
        referred = await ${"make_user(session)" if field.reference.is_users else f"{field.reference.factory}(session, user)"}
        ${r.singular} = await make_${r.singular}(session, user, ${field.name}=referred.id)
        await session.delete(referred)
        await session.commit()
% if field.optional:
        answer = await me.get(f"{PATH}/{${r.singular}.id}")
        assert (answer.json()["${field.name}"], answer.headers["ETag"]) == (None, '"2"')
        assert answer.json()["updated_at"] != answer.json()["created_at"]
% else:
        assert (await me.get(f"{PATH}/{${r.singular}.id}")).status_code == 404
% endif
% endfor


class TestStatements:
    async def test_one_a_request(
        self, me: AsyncClient, ${more}body: dict[str, Any], queries: Queries
    ) -> None:
        """Each request is one statement, however many rows it is about; many changes are more."""
% if r.made_for_each:
        new = ${several.format(9)}
% endif
        with queries.exactly(5):
            many = await me.post(f"{PATH}/bulk", json={"${r.plural}": ${"new" if r.made_for_each else several.format(most)}})
            url = f"{PATH}/{many.json()['${r.plural}'][${min(most, 2) - 1}]['id']}"
            answers = [
                await me.get(PATH),
                await me.get(url),
                await me.patch(url, json=CHANGE),
                await me.delete(url),
            ]
        assert [answer.status_code for answer in (many, *answers)] == [201, 200, 200, 200, 204]
