"""What was computed or checked by an expression that gives something else now.

An index on an expression, a stored generated column and a validated constraint hold what functions
said when the rows were written. Postgres takes their authors' word that they say the same for ever,
and lets anybody replace them.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.safety import remedies, sql
from toolbox.gate.safety.previous_app.replay import line_of, written
from toolbox.gate.safety.tracing import Trace

RULE = "stale-expression"

# Each with the statement that tells what its expressions give.
INDEXES = """
SELECT format('index %I.%I', nspname, c.relname), format('%I.%I', nspname, t.relname),
       pg_relation_filenode(c.oid)::bigint, format(
           'SELECT md5(string_agg(ROW(%s)::text, '','' ORDER BY ctid)) FROM %s',
           concat_ws(', ', expressions, pg_get_expr(indpred, indrelid)), indrelid::regclass)
FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid
     JOIN pg_namespace AS n ON n.oid = t.relnamespace,
     LATERAL (SELECT string_agg(pg_get_indexdef(indexrelid, n::int, true), ', ') AS expressions
              FROM unnest(indkey) WITH ORDINALITY AS k (num, n) WHERE num = 0) AS e
WHERE c.relkind = 'i' AND indisvalid AND coalesce(expressions, pg_get_expr(indpred, indrelid)) <> ''
      AND nspname !~ '^pg_'
"""
COLUMNS = """
SELECT format('column %I.%I.%I', nspname, relname, attname), format('%I.%I', nspname, relname),
       c.oid::bigint, format(
           'SELECT count(*) FROM ONLY %s WHERE %I IS DISTINCT FROM (%s)',
           c.oid::regclass, attname, pg_get_expr(adbin, adrelid))
FROM pg_attrdef JOIN pg_class AS c ON c.oid = adrelid JOIN pg_namespace AS n ON n.oid = relnamespace
     JOIN pg_attribute AS a ON attrelid = adrelid AND attnum = adnum
WHERE attgenerated = 's'
"""
CONSTRAINTS = """
SELECT format('constraint %I of table %I.%I', conname, nspname, relname),
       format('%I.%I', nspname, relname), con.oid::bigint,
       format('SELECT count(*) FROM ONLY %s WHERE NOT (%s)', c.oid::regclass,
              pg_get_expr(conbin, conrelid))
FROM pg_constraint AS con JOIN pg_class AS c ON c.oid = conrelid
     JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE contype = 'c' AND convalidated
"""
SAYS = {
    "index": "It holds what its expression gave before: who asks by it misses rows.",
    "column": "{now} of its stored values are not what its expression gives now.",
    "constraint": "{now} rows break it now, though it is valid: a dump cannot be restored.",
}

Said = dict[tuple[str, str, int], Any]


def read(connection: Connection[Any]) -> Said:
    """Return what the expressions of indexes, columns and constraints give, by whose they are."""
    said: Said = {}
    for query in (INDEXES, COLUMNS, CONSTRAINTS):
        for subject, table, storage, statement in sql.run(connection, query).fetchall():
            try:
                said[subject, table, storage] = sql.one(connection, statement)
            except psycopg.Error:
                continue  # what it needs is gone: who writes a row fails, which is told there
    return said


def find(trace: Trace, connection: Connection[Any], before: Said) -> Iterator[Finding]:
    """Yield what holds, or was checked by, something else than its expression gives now.

    Args:
        trace: the revision.
        connection: to the database after it, in autocommit.
        before: what `read` said before it.
    """
    changed = written(trace)
    for one, now in read(connection).items():
        subject, table, _ = one
        kind = subject.partition(" ")[0]
        if one not in before or now == before[one] or (kind == "index" and table in changed):
            continue
        place = Place(trace.revision, trace.file, line_of(trace, subject))
        message = SAYS[kind].format(now=now)
        yield Finding(
            RULE, Question.SAFETY, subject, message, place, remedy=remedies.OTHER_FUNCTION
        )
