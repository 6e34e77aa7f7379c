"""Rows that row-level security hides from an app that is neither their owner nor a superuser."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.safety import remedies, sql
from toolbox.gate.safety.tracing import Trace

RULE = "row-security-closed"
POLICIES = """
SELECT c.oid::regclass::text, format('%I.%I', nspname, relname), relforcerowsecurity,
       (SELECT array_agg(p::text ORDER BY polname) FROM pg_policy AS p WHERE polrelid = c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relrowsecurity AND relkind IN ('r', 'p')
"""
AS_APP = (
    "CREATE ROLE pir_gate_app",
    "GRANT pir_gate_app TO CURRENT_USER",
    "GRANT USAGE ON SCHEMA {schema} TO pir_gate_app",
    "GRANT ALL ON TABLE {table} TO pir_gate_app",
    "SET LOCAL ROLE pir_gate_app",
)

Secured = dict[str, tuple[Any, ...]]


def read(connection: Connection[Any]) -> Secured:
    """Return the tables with row-level security, by name, each with its policies."""
    return {row[1]: row for row in connection.execute(POLICIES).fetchall()}


def find(trace: Trace, connection: Connection[Any], before: Secured) -> Iterator[Finding]:
    """Yield the tables that hide rows from an app which may do everything to them."""
    for name, row in read(connection).items():
        if before.get(name) == row or f"table {name}" not in _known(trace):
            continue
        total, seen = _count(connection, row, as_app=False), _count(connection, row)
        if seen < total:
            yield Finding(
                RULE,
                Question.SAFETY,
                f"table {name}",
                f"An app that does not own {name} sees {seen} of its {total} rows.",
                Place(trace.revision, trace.file, _line(trace)),
                remedy=remedies.ROW_SECURITY.format(table=row[0]),
            )


def _known(trace: Trace) -> set[str]:
    """Return the tables that were there before."""
    return (
        {one.subject for one in trace.steps[0].before.relations.values()} if trace.steps else set()
    )


def _line(trace: Trace) -> int | None:
    for step in trace.steps:
        for oid, one in step.after.relations.items():
            then = step.before.relations.get(oid)
            if then and one.row_security != then.row_security:
                return step.place.line
    return None


def _count(connection: Connection[Any], row: tuple[Any, ...], *, as_app: bool = True) -> int:
    """Return how many rows of a table a role sees that was given all privileges."""
    table, schema = row[0], row[1].rpartition(".")[0]
    with connection.transaction(force_rollback=True):
        if as_app:
            try:
                for statement in AS_APP:
                    sql.run(connection, statement.format(table=table, schema=schema))
                return int(sql.one(connection, f"SELECT count(*) FROM {table}"))  # noqa: S608
            except psycopg.Error:
                return 0
        return int(sql.one(connection, f"SELECT count(*) FROM {table}"))  # noqa: S608
