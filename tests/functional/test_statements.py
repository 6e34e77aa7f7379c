"""Statements run alone: what they raise, what they return, and what they leave behind."""

from collections.abc import AsyncIterator
from enum import Enum
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import (
    Column,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database, is_unavailable, sqlstate, violates
from api.items.models import OWNER, UNIQUE_NAME, Item
from api.statements import InSession, Statements, compile_statement
from api.users.models import ITEM_QUOTA, UNIQUE_EMAIL, User
from tests.functional.factories import make_item, make_user

PID = select(func.pg_backend_pid().label("pid"))
SLEEP = select(func.pg_sleep(60).label("slept"))
ONE = select(literal(1).label("one"))


@pytest.fixture(params=["alone", "in a session"])
async def statements(
    request: pytest.FixtureRequest, database: Database
) -> AsyncIterator[Statements]:
    """Both of the ways in which a statement may run."""
    if request.param == "alone":
        yield database
    else:
        async with database.sessions() as session:
            yield InSession(session)


class TestRefused:
    @pytest.mark.parametrize("constraint", [UNIQUE_NAME, OWNER, UNIQUE_EMAIL, ITEM_QUOTA])
    async def test_constraint(
        self, statements: Statements, session: AsyncSession, constraint: str
    ) -> None:
        """A broken constraint is an IntegrityError that says which, on either way."""
        user = await make_user(session, item_quota=1)
        item = await make_item(session, user)
        name, of = bindparam("its_name", type_=String), bindparam("of", type_=Uuid)
        new = insert(Item).values(name=name, owner_id=of).returning(Item.id)
        broken: dict[str, tuple[Executable, dict[str, Any]]] = {
            UNIQUE_NAME: (new, {"its_name": item.name, "of": user.id}),
            OWNER: (new, {"its_name": "x", "of": uuid4()}),
            ITEM_QUOTA: (new, {"its_name": "x", "of": user.id}),
            UNIQUE_EMAIL: (
                insert(User)
                .values(email=bindparam("e"), name="x", password_hash="")
                .returning(User.id),
                {"e": user.email},
            ),
        }
        with pytest.raises(IntegrityError) as refused:
            await statements.rows(*broken[constraint])
        assert violates(refused.value, constraint)
        assert not violates(refused.value, constraint + "x")
        assert not is_unavailable(refused.value)
        assert user.email not in str(refused.value.statement)

    async def test_other_mistakes(self, statements: Statements) -> None:
        """What Postgres refuses otherwise has its code, on either way."""
        with pytest.raises(DBAPIError) as refused:
            await statements.rows(select(literal(1) / bindparam("zero", 0)), {})
        assert sqlstate(refused.value) == "22012"
        assert not is_unavailable(refused.value)

    async def test_value_of_another_kind(self, statements: Statements) -> None:
        """A value that asyncpg does not take is an error of the statement too."""
        with pytest.raises(DBAPIError):
            await statements.rows(select(cast(bindparam("n"), Integer)), {"n": "text"})


class Shouted(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, _: Any) -> str:
        return str(value).upper()


class Colour(Enum):
    RED = "red"


ODD = Table(
    "odd",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("shouted", Shouted),
    Column("colour", EnumColumn(Colour)),
    Column("made", Integer, default=lambda: 1),
    Column("changed", Integer, onupdate=lambda: 1),
)


class TestCompile:
    @pytest.mark.parametrize(
        "statement",
        [
            select(ODD.c.shouted),
            select(ODD.c.id, ODD.c.colour),
            insert(ODD).values(id=1).returning(ODD.c.id),
            update(ODD).values(id=1).returning(ODD.c.id),
            update(ODD).values(id=1, changed=2).returning(ODD.c.shouted),
        ],
    )
    def test_what_needs_a_session(self, statement: Any) -> None:
        """Values that Python would make or convert are refused, not passed on as they are."""
        with pytest.raises(TypeError, match="use a session"):
            compile_statement(statement)

    def test_what_is_no_query(self) -> None:
        """Nor is what returns no rows a statement for here."""
        with pytest.raises(TypeError):
            compile_statement(text("SELECT 1"))

    def test_once(self) -> None:
        """A statement is compiled once, and its own values are its defaults."""
        assert compile_statement(ONE) is compile_statement(ONE)
        assert compile_statement(ONE).arguments({}) == [1]

    def test_missing_parameter(self) -> None:
        """A parameter without a value is a mistake of ours, and none is made up."""
        with pytest.raises(KeyError):
            compile_statement(select(bindparam("n", type_=Integer))).arguments({})

    @pytest.mark.parametrize(
        ("type_", "value"),
        [
            (Integer(), 5),
            (JSONB(), {"a": [1, None]}),
            (JSONB(), []),
            (String(), "é"),
            (Integer(), None),
        ],
    )
    async def test_values_come_back(self, statements: Statements, type_: Any, value: Any) -> None:
        """Either way takes the same values, and returns the same rows."""
        statement = select(cast(bindparam("given", type_=type_), type_).label("back"))
        assert await statements.rows(statement, {"given": value}) == [{"back": value}]
