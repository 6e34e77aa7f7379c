"""Rows for tables of every kind, made from the catalog: what Postgres allows is found."""

from typing import Any

import pytest
from psycopg import Connection

from toolbox.gate.seeding import seed

ROWS = 60

SCHEMAS = {
    "serial": "CREATE TABLE t (id serial PRIMARY KEY, v text NOT NULL UNIQUE)",
    "identity": "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
    "computed": """CREATE TABLE t (a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED,
        c int GENERATED ALWAYS AS (a + 1), CHECK (b > 10))""",
    "parent": """CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE t (id uuid PRIMARY KEY, p_id int NOT NULL REFERENCES p)""",
    "self": "CREATE TABLE t (id int PRIMARY KEY, up int NOT NULL REFERENCES t)",
    "nullable self": "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t, CHECK (up <> id))",
    "cycle": """CREATE TABLE t (id int PRIMARY KEY, b_id int NOT NULL);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES t);
        ALTER TABLE t ADD FOREIGN KEY (b_id) REFERENCES b""",
    "deferrable cycle": """CREATE TABLE t (id int PRIMARY KEY, b_id int NOT NULL);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES t);
        ALTER TABLE t ADD FOREIGN KEY (b_id) REFERENCES b DEFERRABLE INITIALLY DEFERRED""",
    "nullable cycle": """CREATE TABLE t (id int PRIMARY KEY, b_id int);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES t);
        ALTER TABLE t ADD FOREIGN KEY (b_id) REFERENCES b""",
    "keys that share a column": """CREATE TABLE a (tenant int, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE b (tenant int, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE t (tenant int NOT NULL, a_id int NOT NULL, b_id int,
            FOREIGN KEY (tenant, a_id) REFERENCES a, FOREIGN KEY (tenant, b_id) REFERENCES b)""",
    "match full": """CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL)""",
    "list": "CREATE TABLE t (v text NOT NULL CHECK (v IN ('new', 'paid')))",
    "range": "CREATE TABLE t (v int NOT NULL CHECK (v BETWEEN 17 AND 23))",
    "length": "CREATE TABLE t (v text NOT NULL CHECK (char_length(v) = 7))",
    "digest": "CREATE TABLE t (v bytea NOT NULL CHECK (octet_length(v) = 32))",
    "regex": "CREATE TABLE t (v text NOT NULL UNIQUE CHECK (v ~ '^[A-Z]{2}-[0-9]{4}$'))",
    "email": "CREATE TABLE t (v text NOT NULL UNIQUE CHECK (v LIKE '_%@_%._%' AND v = lower(v)))",
    "order of columns": "CREATE TABLE t (a date NOT NULL, b date NOT NULL, CHECK (b > a))",
    "equation": """CREATE TABLE t (price numeric(8,2) NOT NULL CHECK (price > 0),
        n int NOT NULL CHECK (n > 0 AND n < 100), total numeric(12,2) NOT NULL,
        CHECK (total = price * n))""",
    "implication": """CREATE TABLE t (state text NOT NULL CHECK (state IN ('open', 'closed')),
        closed_at timestamptz, CHECK ((state = 'closed') = (closed_at IS NOT NULL)))""",
    "one of several": """CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE t (a int REFERENCES p, b int REFERENCES p, CHECK (num_nonnulls(a, b) = 1))""",
    "json": """CREATE TABLE t (v jsonb NOT NULL
        CHECK (jsonb_typeof(v) = 'object' AND jsonb_typeof(v -> 'kind') = 'string'))""",
    "array": """CREATE TABLE t (v text[] NOT NULL
        CHECK (cardinality(v) BETWEEN 1 AND 2 AND v <@ ARRAY['red', 'blue']))""",
    "domain": """CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE DOMAIN small AS positive CHECK (VALUE < 5) NOT NULL; CREATE TABLE t (v small)""",
    "domain of the standard": """CREATE TABLE t (v information_schema.cardinal_number NOT NULL,
        name information_schema.sql_identifier NOT NULL, at information_schema.time_stamp)""",
    "division": "CREATE TABLE t (v int NOT NULL CHECK (100 / v > 3))",
    "exclusion": """CREATE TABLE t (v int4range NOT NULL, EXCLUDE USING gist (v WITH &&))""",
    "deferrable unique": "CREATE TABLE t (v int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    "unique expression": """CREATE TABLE t (v text NOT NULL);
        CREATE UNIQUE INDEX ON t (lower(v))""",
    "range partitions": """CREATE TABLE t (at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE t_2 PARTITION OF t DEFAULT""",
    "list partitions": """CREATE TABLE t (k text) PARTITION BY LIST (k);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES IN ('a', 'b');
        CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (NULL)""",
    "hash partitions": """CREATE TABLE t (k int NOT NULL) PARTITION BY HASH (k);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE t_2 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)""",
    "partitions of partitions": """CREATE TABLE t (k int NOT NULL, j int NOT NULL)
            PARTITION BY LIST (k);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (j);
        CREATE TABLE t_1_1 PARTITION OF t_1 FOR VALUES FROM (1000) TO (1010);
        CREATE TABLE t_1_2 PARTITION OF t_1 DEFAULT""",
    "inheritance": "CREATE TABLE p (a int NOT NULL); CREATE TABLE t (b int NOT NULL) INHERITS (p)",
    "row security": """CREATE TABLE t (v int NOT NULL); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        ALTER TABLE t FORCE ROW LEVEL SECURITY""",
    "trigger that raises for some": """CREATE TABLE t (v int NOT NULL);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.v % 2 = 1 THEN RAISE EXCEPTION 'odd'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()""",
    "no columns": "CREATE TABLE t ()",
    "awkward names": """CREATE TABLE t ("i" int NOT NULL, "n" int NOT NULL, "select" int NOT NULL,
        "a ""b" text NOT NULL CHECK ("a ""b" <> ''), "message" int, k0 int, t int)""",
}

FEW = {
    "one row": ("CREATE TABLE t (id int PRIMARY KEY CHECK (id = 1), v text)", 1),
    "two rows": ("CREATE TABLE t (v boolean PRIMARY KEY)", 2),
}


def number_of_rows(connection: Connection[Any], table: str = "t") -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema(connection: Connection[Any], name: str) -> None:
    """The table is full, to the last row or nearly so, and every constraint of it holds."""
    connection.execute(SCHEMAS[name].encode())
    assert seed(connection, ROWS) == []
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert number_of_rows(connection) >= ROWS // 3


@pytest.mark.parametrize("name", FEW)
def test_as_many_as_there_can_be(connection: Connection[Any], name: str) -> None:
    """A table that has room for a few rows gets those, which is no finding."""
    schema, rows = FEW[name]
    connection.execute(schema.encode())
    assert seed(connection, ROWS) == []
    assert number_of_rows(connection) == rows


def test_each_partition(connection: Connection[Any]) -> None:
    """Every partition has rows of its own, also one below another."""
    connection.execute(SCHEMAS["partitions of partitions"].encode())
    seed(connection, ROWS)
    assert number_of_rows(connection, "t_1_1") > 0
    assert number_of_rows(connection, "t_1_2") > 0


def test_constraints_are_as_they_were(connection: Connection[Any]) -> None:
    """A foreign key that had to wait for its cycle is as strict as before."""
    connection.execute(SCHEMAS["cycle"].encode())
    query = "SELECT conname, condeferrable, condeferred FROM pg_constraint ORDER BY oid"
    before = connection.execute(query).fetchall()
    seed(connection, ROWS)
    assert connection.execute(query).fetchall() == before


def test_sequences_go_on(connection: Connection[Any]) -> None:
    """What the app inserts afterwards gets numbers that are free."""
    connection.execute(SCHEMAS["serial"].encode())
    connection.execute("CREATE TABLE u (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)")
    seed(connection, ROWS)
    connection.execute("INSERT INTO t (v) VALUES ('from the app')")
    connection.execute("INSERT INTO u DEFAULT VALUES")


@pytest.mark.parametrize("name", ["list", "unique expression", "parent", "serial"])
def test_more(connection: Connection[Any], name: str) -> None:
    """A table that has rows gets more."""
    connection.execute(SCHEMAS[name].encode())
    seed(connection, ROWS)
    before = number_of_rows(connection)
    assert seed(connection, ROWS) == []
    assert number_of_rows(connection) > before
