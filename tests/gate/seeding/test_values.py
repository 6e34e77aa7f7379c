"""The rows are awkward in the ways that break revisions, and the same each time."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from toolbox.gate.seeding import seed
from toolbox.gate.seeding.scalars import OTHERS

TYPES = sorted(set(OTHERS) - {"xml", "hstore", "ltree", "cube", "seg", "geometry", "geography"})
MORE_TYPES = [
    "smallint", "integer", "bigint", "real", "double precision", "numeric", "numeric(5,2)",
    "numeric(3,3)", "numeric(4,-2)", "money", "oid", "text", "varchar", "varchar(3)", "char",
    "char(2)", "name", "bit", "bit(70)", "varbit", "varbit(4)", "int[]", "text[]", "char(3)[]",
    "numeric(4,1)[]", "jsonb[]", "int4range", "numrange", "tstzrange", "daterange",
    "int8multirange", "datemultirange", "colour", "colour[]", "pair", "pair[]", "spans",
]  # fmt: skip
EXTENSIONS = ["citext", "hstore", "ltree", "cube", "seg", "vector(5)"]


@pytest.mark.parametrize("kind", [*TYPES, *MORE_TYPES])
def test_type(connection: Connection[Any], kind: str) -> None:
    """Every type of Postgres has values, which may not be NULL where that is forbidden."""
    connection.execute("CREATE TYPE colour AS ENUM ('red', 'it''s')")
    connection.execute("CREATE TYPE pair AS (a int, b varchar(3), c colour)")
    connection.execute("CREATE TYPE spans AS RANGE (subtype = text)")
    shown = '"char"' if kind == "char" and "char" in TYPES else kind
    connection.execute(f"CREATE TABLE t (a {shown} NOT NULL, b {shown})".encode())
    assert seed(connection, 40) == []
    found = connection.execute("SELECT count(*), count(b) FROM t").fetchone()
    assert found is not None
    assert found[0] == 40
    assert 0 < found[1] < 40


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_type_of_an_extension(connection: Connection[Any], kind: str) -> None:
    """Common types of extensions have values too."""
    connection.execute(f"CREATE EXTENSION {kind.removesuffix('(5)')}".encode())
    connection.execute(f"CREATE TABLE t (v {kind} NOT NULL)".encode())
    assert seed(connection, 10) == []
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (10,)


def test_awkward(connection: Connection[Any]) -> None:
    """There are NULLs, duplicates, empty strings, spaces, both cases and long text; leap days; and
    numbers that the next narrower type does not hold."""
    connection.execute("CREATE TABLE t (n int, b bigint, v text, d date)")
    seed(connection, 400)
    truths = connection.execute(
        """
        SELECT avg((v IS NULL)::int) BETWEEN 0.1 AND 0.3, count(v) > count(DISTINCT v),
            bool_or(v = ''), bool_or(v = ' '), bool_or(v = 'a'), bool_or(v = 'A'),
            max(length(v)) > 1000, bool_or(d = '2024-02-29'), max(n) > 32767, max(b) > 2147483647
        FROM t
        """
    ).fetchone()
    assert truths is not None
    assert all(truths), truths


def test_parents_come_first_in_a_tree(connection: Connection[Any]) -> None:
    """Rows that refer to rows of the same table make no circle, in which a query would not end."""
    connection.execute("CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t)")
    seed(connection, 100)
    found = connection.execute(
        """
        WITH RECURSIVE below AS (SELECT id FROM t WHERE up IS NULL
            UNION ALL SELECT t.id FROM t JOIN below ON t.up = below.id)
        SELECT count(*), (SELECT count(*) FROM t), (SELECT count(up) FROM t) FROM below
        """
    ).fetchone()
    assert found is not None
    assert found[0] == found[1] == 100
    assert found[2] > 20


def test_same_rows(connection: Connection[Any]) -> None:
    """The same number makes the same rows."""
    schema = "CREATE TABLE t (id uuid, v text, n int CHECK (n > 3), at timestamptz)"
    made = []
    for _ in range(2):
        connection.execute(schema)
        seed(connection, 50, number=7)
        made.append(connection.execute("SELECT * FROM t ORDER BY t").fetchall())
        connection.execute("DROP TABLE t")
    assert made[0] == made[1]


class TestCannotSeed:
    def test_constraint_is_named(self, connection: Connection[Any]) -> None:
        """A constraint that nothing satisfies is named, with its table."""
        connection.execute(
            "CREATE TABLE t (v int NOT NULL, CONSTRAINT never CHECK (v > 1 AND v < 1))"
        )
        (finding,) = seed(connection, 5)
        assert (finding.rule, finding.subject) == ("cannot-seed", "table public.t")
        assert "never" in finding.message

    def test_trigger_is_named(self, connection: Connection[Any]) -> None:
        """A trigger that refuses every row is named."""
        connection.execute(
            """
            CREATE TABLE t (v int);
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'closed'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()
            """
        )
        (finding,) = seed(connection, 5)
        assert "closed" in finding.message
        assert "no()" in finding.message

    def test_parent_without_rows(self, connection: Connection[Any]) -> None:
        """A table that must refer to one without rows says so."""
        connection.execute(
            "CREATE TABLE p (id int PRIMARY KEY CHECK (id IS NULL));"
            "CREATE TABLE t (v int NOT NULL REFERENCES p)"
        )
        findings = seed(connection, 5)
        assert [finding.subject for finding in findings] == ["table public.p", "table public.t"]
        assert "which has no rows" in findings[1].message

    def test_rows_of_the_project(self, connection: Connection[Any], tmp_path: Path) -> None:
        """The project's own statements fill such a table: of several, the first that works."""
        connection.execute("CREATE TABLE t (v text NOT NULL CHECK (md5(v) LIKE 'ffff%'))")
        (tmp_path / "public.t.sql").write_text("INSERT INTO t (old) VALUES ('x')")
        (finding,) = seed(connection, 5, given=tmp_path)
        assert "public.t.sql fails" in finding.message
        (tmp_path / "public.t.2.sql").write_text(
            "INSERT INTO t SELECT i FROM generate_series(1, 200000) AS i "
            "WHERE md5(i::text) LIKE 'ffff%'"
        )
        assert seed(connection, 5, given=tmp_path) == []
        assert connection.execute("SELECT count(*) > 0 FROM t").fetchone() == (True,)


def test_other_settings(database: str) -> None:
    """Rows are the same whatever the role's settings are, which the seeding leaves as they are."""
    made = []
    for zone, style in (("UTC", "ISO"), ("Asia/Kathmandu", "German")):
        with psycopg.connect(database) as other:
            other.execute(f"SET TimeZone = '{zone}'; SET DateStyle = '{style}'".encode())
            other.execute("CREATE TABLE t (at timestamptz, d date, i interval)")
            seed(other, 30)
            other.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'")
            made.append(other.execute("SELECT * FROM t ORDER BY t").fetchall())
            other.rollback()
    assert made[0] == made[1]
