"""Rows that row-level security hides from an app that is neither their owner nor a superuser."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.safety import remedies, sql
from toolbox.gate.safety.previous_app import PreviousApp, Probe, ask, for_role
from toolbox.gate.safety.tracing import Trace

RULE = "row-security-closed"
POLICIES = """
SELECT c.oid::regclass::text, format('%I.%I', nspname, relname), relforcerowsecurity,
       (SELECT array_agg(p::text ORDER BY polname) FROM pg_policy AS p WHERE polrelid = c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relrowsecurity AND relkind IN ('r', 'p')
"""
ROLE = "pir_gate_app"
AS_APP = (
    "CREATE ROLE pir_gate_app",
    "GRANT pir_gate_app TO CURRENT_USER",
    "GRANT USAGE ON SCHEMA {schema} TO pir_gate_app",
    "GRANT ALL ON TABLE {table} TO pir_gate_app",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO pir_gate_app",
)

Secured = dict[str, tuple[Any, ...]]


def read(connection: Connection[Any]) -> Secured:
    """Return the tables with row-level security, by name, each with its policies."""
    return {row[1]: row for row in connection.execute(POLICIES).fetchall()}


def find(
    trace: Trace, connection: Connection[Any], before: Secured, app: PreviousApp
) -> Iterator[Finding]:
    """Yield the tables that hide rows from an app which may do everything to them.

    Args:
        trace: the revision.
        connection: to the database after it.
        before: what `read` said before it.
        app: the previous one, whose statements are sent as a role that owns nothing.
    """
    for name, row in read(connection).items():
        if before.get(name) != row and name in app.tables:
            with connection.transaction(force_rollback=True):
                message = _closed(connection, name, row, app)
            if message:
                place = Place(trace.revision, trace.file, _line(trace))
                remedy = remedies.ROW_SECURITY.format(table=row[0])
                yield Finding(RULE, Question.SAFETY, f"table {name}", message, place, remedy=remedy)


def _closed(
    connection: Connection[Any], name: str, row: tuple[Any, ...], app: PreviousApp
) -> str | None:
    """Say what an app cannot do to a table though it was given all privileges, if anything."""
    schema = name.rpartition(".")[0]
    try:
        with connection.transaction():
            for statement in AS_APP:
                sql.run(connection, statement.format(table=row[0], schema=schema))
    except psycopg.errors.InsufficientPrivilege:
        return None if row[3] else f"Without a policy, nobody but the owner sees rows of {name}."
    count = Probe("read", f"table {name}", "counts its rows", f"SELECT count(*) FROM {row[0]}")  # noqa: S608
    (total,), (seen,) = (
        ask(connection, one).first or (0,) for one in (count, for_role(count, ROLE))
    )
    if seen < total:
        return f"An app that does not own {name} sees {seen} of its {total} rows."
    for probe in app.uses_of(name):
        error = ask(connection, for_role(probe, ROLE)).error
        if error and "row-level security" in str(error):
            reason = error.diag.message_primary
            return f"An app that does not own {name} {probe.what}, which fails now: {reason}."
    return None


def _line(trace: Trace) -> int | None:
    """Return the line that switched it on, or else the last one."""
    for step in trace.steps:
        for oid, one in step.after.relations.items():
            then = step.before.relations.get(oid)
            if then and one.row_security != then.row_security:
                return step.place.line
    return trace.steps[-1].place.line if trace.steps else None
