"""A snapshot has all that a database's catalogs tell, and leaves no trace."""

import psycopg

from tests.gate.conftest import Empty
from toolbox.gate.catalog import compare, skipped, snapshot
from toolbox.gate.catalog.layout import layout_of

TABLE = (
    "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text CHECK (name > ''))"
)
# Types whose values mean nothing in another database.
OIDS = ("oid", "oid[]", "oidvector", "regproc", "smallint[]", "int2vector")


def subjects(url: str) -> set[str]:
    return {subject for _, subject, _ in snapshot(url).entries}


def test_empty(empty: Empty) -> None:
    """A new database has nothing of its own but itself."""
    assert subjects(empty()) == {"database"}


def test_every_catalog_and_column(empty: Empty) -> None:
    """Every column of every catalog is compared, or is in the list of those that are not."""
    with psycopg.connect(empty()) as connection:
        rows = connection.execute(
            """
            SELECT c.relname::text, a.attname::text
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND attnum > 0
            """
        ).fetchall()
        layout = layout_of(connection)
    for catalog, column in rows:
        if catalog in skipped.CATALOGS or f"{catalog}.{column}" in skipped.COLUMNS:
            continue
        assert column in layout[catalog].compared


def test_in_a_transaction(empty: Empty) -> None:
    """A connection's snapshot has what its transaction did, and the transaction goes on."""
    with psycopg.connect(empty()) as connection:
        before = snapshot(connection)
        connection.execute("SET search_path = pg_temp, public")
        connection.execute(f"CREATE SCHEMA s; SET search_path = s; {TABLE}")
        after = snapshot(connection)
        assert connection.execute("SHOW search_path").fetchone() == ("s",)
    found = {one.subject for one in compare(before, after)}
    assert found == {"schema s", "table s.t"}


def test_same_twice(empty: Empty) -> None:
    """Two databases that were made alike do not differ, whatever OIDs they gave."""
    one, other = empty(), empty()
    with psycopg.connect(other) as connection:
        connection.execute("CREATE TABLE gone (a text); DROP TABLE gone")
    for url in (one, other):
        with psycopg.connect(url) as connection:
            connection.execute(TABLE)
            connection.execute("CREATE TABLE u (t_id int REFERENCES t, tags text[] DEFAULT '{a}')")
    assert compare(snapshot(one), snapshot(other)) == []


def test_numbers_mean_something(empty: Empty) -> None:
    """Every OID, and every number of a column, is rendered as what it stands for."""
    with psycopg.connect(empty()) as connection:
        layout = layout_of(connection)
    for name, catalog in layout.items():
        told = {*catalog.references, *catalog.numbers, *(catalog.polymorphic or ()), "oid"}
        told |= {"indoption", "refclassid", "refobjid", "tgtype"}
        for column in catalog.compared:
            if catalog.columns[column] in OIDS:
                assert column in told, f"{name}.{column}"
