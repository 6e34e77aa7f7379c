"""Sending an app's statements before a revision and after it, and comparing what comes back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.safety import remedies, sql
from toolbox.gate.safety.previous_app import meaning
from toolbox.gate.safety.previous_app.probes import Probe, for_role, probes
from toolbox.gate.safety.previous_app.schema import read_schema
from toolbox.gate.safety.tracing import Trace

FOREIGN_KEY = "23503"  # foreign_key_violation: the row is used now, which says nothing
RULES = {
    "read": "previous-read-fails",
    "write": "previous-write-fails",
    "call": "previous-call-fails",
}


@dataclass(frozen=True)
class Answer:
    """What Postgres answered: the columns' types, the first row and how many, or an error."""

    types: tuple[int, ...] = ()
    rows: int = -1
    first: tuple[Any, ...] | None = None
    error: psycopg.Error | None = None


class PreviousApp:
    """The app that was written for the schema as it is when this is made."""

    def __init__(self, url: str, version_table: str = "alembic_version") -> None:
        """Learn what works now."""
        self.url = url
        with psycopg.connect(url) as connection:
            self.schema = read_schema(connection, version_table)
            self.known = list(self._working(connection, self._probes(connection)))
            self.values = meaning.read(connection, self.schema.tables)
            connection.rollback()

    @property
    def tables(self) -> set[str]:
        """The names of the tables and views that it knows."""
        return {table["identity"] for table in self.schema.tables}

    def uses_of(self, table: str) -> list[Probe]:
        """Return the statements about a table that worked before."""
        return [probe for probe, _ in self.known if probe.subject == f"table {table}"]

    def _probes(self, connection: Connection[Any]) -> Iterator[Probe]:
        every = [*probes(connection, self.schema)]
        yield from every
        granted: dict[str, set[str]] = {}
        for table in self.schema.tables:
            for role in table["roles"] or ():
                granted.setdefault(role, set()).add(table["identity"])
        for role, names in granted.items():
            for probe in every:
                if probe.subject.rpartition(" ")[2] in names:
                    yield for_role(probe, role)

    def _working(
        self, connection: Connection[Any], some: Iterator[Probe]
    ) -> Iterator[tuple[Probe, Answer]]:
        for probe in some:
            answer = ask(connection, probe)
            if answer.error is None:
                yield probe, answer
            else:
                yield from self._working(connection, iter(probe.parts))

    def meets(self, trace: Trace) -> Iterator[Finding]:
        """Yield what fails now, or answers something else, of what worked before."""
        seen = set()
        unreadable: set[str] = set()
        with psycopg.connect(self.url) as connection:
            for finding in self._differences(connection, trace):
                table = _table_of(finding.subject)
                key = finding.rule, finding.subject
                # Reads come first: that it cannot be written either goes without saying.
                if key in seen or (table in unreadable and finding.rule != RULES["read"]):
                    continue
                if finding.rule == RULES["read"]:
                    unreadable.add(table)
                seen.add(key)
                yield finding
            connection.rollback()

    def _differences(self, connection: Connection[Any], trace: Trace) -> Iterator[Finding]:
        for probe, before in self.known:
            after = ask(connection, probe)
            if after.error is not None:
                yield from self._broken(connection, trace, probe, after.error)
            elif probe.kind == "write":
                yield from self._written_else(trace, probe, before, after)
            else:
                yield from self._changed(trace, probe, before, after)
        for table, message in meaning.differences(
            connection, self.schema.tables, self.values, written(trace)
        ):
            yield _finding("meaning-changes", trace, table, message)

    def _broken(
        self, connection: Connection[Any], trace: Trace, probe: Probe, error: psycopg.Error
    ) -> Iterator[Finding]:
        if probe.what == "deletes a row" and error.sqlstate == FOREIGN_KEY:
            return
        if probe.what == "inserts by its default":
            return  # its sequence is gone: that is the column's finding
        exact = [(part, ask(connection, part).error) for part in probe.parts]
        failing = [(part, its) for part, its in exact if its is not None]
        if len(failing) > 1 and len({_reason(its) for _, its in failing}) == 1:
            failing = []  # it is not about the parts
        for part, its in failing or [(probe, error)]:
            as_role = f" as {part.role}" if part.role else ""
            reason = _reason(its)
            message = f"The previous app {part.what}{as_role}, which fails now: {reason}."
            yield _finding(RULES[part.kind], trace, part.subject, message, part.statement)

    def _written_else(
        self, trace: Trace, probe: Probe, before: Answer, after: Answer
    ) -> Iterator[Finding]:
        if after.rows != before.rows:
            message = (
                f"The previous app {probe.what}: that was {before.rows} rows, and is "
                f"{after.rows} now."
            )
            yield _finding("meaning-changes", trace, probe.subject, message, probe.statement)
        columns = probe.statement.partition(" RETURNING ")[2].split(", ")
        for name, was_empty, is_empty in zip(
            columns, before.first or (), after.first or (), strict=False
        ):
            if is_empty and not was_empty:
                subject = f"column {probe.subject.partition(' ')[2]}.{name.split(' ')[0]}"
                message = f"When the previous app {probe.what}, nothing fills it any more."
                yield _finding("meaning-changes", trace, subject, message, probe.statement)

    def _changed(
        self, trace: Trace, probe: Probe, before: Answer, after: Answer
    ) -> Iterator[Finding]:
        if probe.statement.startswith("SELECT nextval"):
            if before.first and after.first and after.first[0] <= before.first[0]:
                message = "It gives values again that it gave before."
                yield _finding("meaning-changes", trace, probe.subject, message, probe.statement)
            return
        for number, (old, new) in enumerate(zip(before.types, after.types, strict=False)):
            if not meaning.alike(old, new):
                part = probe.parts[number + 1].subject if probe.parts else probe.subject
                (_, expected), (_, given) = meaning.named(old, new)
                message = f"The previous app gets {given} where it expects {expected}."
                yield _finding("meaning-changes", trace, part, message, probe.statement)


def ask(connection: Connection[Any], probe: Probe) -> Answer:
    """Send a probe, and undo what it did."""
    connection.execute("SAVEPOINT probe")
    try:
        connection.execute("SET LOCAL statement_timeout = '5s'")
        if probe.prepare:
            _prepare(connection, probe.prepare)
        if probe.role:
            sql.run(connection, f"SET LOCAL ROLE {probe.role}")
        cursor = sql.run(connection, probe.statement)
        types = tuple(column.type_code for column in cursor.description or ())
        answer = Answer(types, cursor.rowcount, cursor.fetchone() if types else None)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as exc:
        answer = Answer(error=exc)
    connection.execute("ROLLBACK TO SAVEPOINT probe")
    return answer


def _prepare(connection: Connection[Any], statement: str) -> None:
    """Make room for the row, whatever refers to it."""
    with suppress(psycopg.Error), connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        sql.run(connection, statement)
        connection.execute("SET LOCAL session_replication_role = origin")


def _reason(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).splitlines()[0]


def _table_of(subject: str) -> str:
    kind, _, name = subject.partition(" ")
    return name.rpartition(".")[0] if kind == "column" else name


def written(trace: Trace) -> set[str]:
    """Return the tables whose rows the revision changes, or adds to by a partition."""
    names = set()
    for step in trace.steps:
        for oid, one in step.after.relations.items():
            done = step.done(oid)
            if done.changed or done.inserted:
                names.add(one.name)
            then = step.before.relations.get(oid)
            if one.partition_of and then and not then.partition_of:
                names.add(step.after.relations[one.partition_of].name)
    return names


def _finding(
    rule: str, trace: Trace, subject: str, message: str, statement: str | None = None
) -> Finding:
    place = Place(trace.revision, trace.file, line_of(trace, subject))
    remedy = remedies.EXPAND_CONTRACT.format(rule=rule, subject=subject)
    return Finding(
        rule, Question.SAFETY, subject, message, place, statement=statement, remedy=remedy
    )


def line_of(trace: Trace, subject: str) -> int | None:
    """Return the line whose statement names an object, or else the last that changed something."""
    words = subject.rpartition(" ")[2].split("(")[0].replace('"', "").split(".")
    for word in reversed(words):
        for step in trace.steps:
            if step.text and word in step.text:
                return step.place.line
    lines = [step.place.line for step in trace.steps if step.place.line]
    return lines[-1] if lines else None
