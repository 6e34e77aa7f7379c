"""What an app can use of a database: tables with a row of each, functions, sequences, enums."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from toolbox.gate.safety import sql

# Names are as regclass writes them: without the schema where search_path finds them, as apps do.
TABLES = """
SELECT c.oid::bigint, c.oid::regclass::text AS name, relkind::text AS kind,
       format('%I.%I', nspname, relname) AS identity,
       (SELECT array_agg(quote_ident(attname) ORDER BY ord)
        FROM pg_index, unnest(indkey) WITH ORDINALITY AS k (num, ord)
             JOIN pg_attribute AS a ON attrelid = c.oid AND a.attnum = num
        WHERE indrelid = c.oid AND indisprimary) AS key,
       (SELECT array_agg(role::regrole::text) FROM (
            SELECT DISTINCT grantee AS role FROM aclexplode(relacl) JOIN pg_roles AS r
            ON r.oid = grantee WHERE grantee <> relowner AND NOT rolsuper) AS g) AS roles
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^pg_|^information_schema$'
      AND relname <> %(version_table)s AND (relkind <> 'm' OR relispopulated)
ORDER BY name
"""
COLUMNS = """
SELECT attrelid::bigint AS table, quote_ident(attname) AS name,
       format_type(atttypid, atttypmod) AS type,
       attnotnull AS not_null, atthasdef AS has_default, attidentity::text AS identity,
       attgenerated::text AS generated
FROM pg_attribute WHERE attrelid = any(%(tables)s) AND attnum > 0 AND NOT attisdropped
ORDER BY attrelid, attnum
"""
UPSERTS = """
SELECT indrelid::bigint AS table,
       (SELECT string_agg(pg_get_indexdef(indexrelid, n, true), ', ' ORDER BY n)
        FROM generate_series(1, indnkeyatts) AS n) AS keys,
       pg_get_expr(indpred, indrelid) AS predicate
FROM pg_index
WHERE indrelid = any(%(tables)s) AND indisunique AND indimmediate AND indisvalid
      AND NOT indisexclusion
ORDER BY 1, 2
"""
FUNCTIONS = """
SELECT p.oid::regproc::text AS name, prokind::text AS kind,
       format('%%I.%%I(%%s)', nspname, proname, pg_get_function_identity_arguments(p.oid))
           AS identity,
       pronargdefaults AS optional,
       coalesce((SELECT array_agg(format('NULL::%%s', format_type(t, NULL)) ORDER BY ord)
        FROM unnest(proargtypes) WITH ORDINALITY AS a (t, ord)), '{}') AS arguments,
       CASE WHEN proallargtypes IS NULL THEN proargnames END AS names
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
WHERE pronamespace = any(array(  -- as an array it is asked first: most are Postgres's own
          SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'))
      AND prokind IN ('f', 'p') AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      AND NOT EXISTS (SELECT FROM unnest(proargtypes) AS t JOIN pg_type AS y ON y.oid = t
                      WHERE typtype = 'p')
      AND NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
ORDER BY 1
"""
SEQUENCES = """
SELECT c.oid::regclass::text AS name, format('%%I.%%I', nspname, relname) AS identity,
       EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
                                           AND deptype IN ('a', 'i')) AS owned
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind = 'S' AND nspname !~ '^pg_|^information_schema$'
ORDER BY 1
"""
ENUMS = """
SELECT enumtypid::regtype::text AS name, format('%%I.%%I', nspname, typname) AS identity,
       array_agg(quote_literal(enumlabel) ORDER BY enumsortorder) AS labels
FROM pg_enum JOIN pg_type AS t ON t.oid = enumtypid JOIN pg_namespace AS n ON n.oid = typnamespace
GROUP BY enumtypid, nspname, typname ORDER BY 1
"""
OWNED = """
SELECT s.oid::regclass::text, d.refobjid::regclass::text, quote_ident(attname)
FROM pg_class AS s JOIN pg_depend AS d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
     AND d.classid = 'pg_class'::regclass
     JOIN pg_attribute AS a ON attrelid = d.refobjid AND attnum = d.refobjsubid
WHERE s.relkind = 'S'
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Schema:
    """What is there, each a row of the statements above; tables have `columns` and `upserts`."""

    tables: list[Row]
    functions: list[Row]
    sequences: list[Row]
    enums: list[Row]


def read_schema(connection: Connection[Any], version_table: str = "alembic_version") -> Schema:
    """Read what an app can use."""
    with connection.cursor(row_factory=dict_row) as cursor:

        def rows(query: str, parameters: Row | None = None) -> list[Row]:
            return cursor.execute(query.encode(), parameters or {}).fetchall()

        tables = rows(TABLES.replace("%I", "%%I"), {"version_table": version_table})
        oids = {"tables": [table["oid"] for table in tables]}
        columns, upserts = rows(COLUMNS, oids), rows(UPSERTS, oids)
        for table in tables:
            table["columns"] = [one for one in columns if one["table"] == table["oid"]]
            table["upserts"] = [one for one in upserts if one["table"] == table["oid"]]
        return Schema(tables, rows(FUNCTIONS), rows(SEQUENCES), rows(ENUMS))


def advance_sequences(connection: Connection[Any]) -> None:
    """Move the sequences of columns past the values there, as if they had given them."""
    for sequence, table, column in connection.execute(OWNED).fetchall():
        last = f"SELECT setval('{sequence}', max({column})) FROM {table} HAVING max({column}) > 0"  # noqa: S608
        try:
            sql.run(connection, last)
        except psycopg.Error:
            continue
