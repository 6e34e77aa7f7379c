"""The statements that an app would send, made from the schema that it was written for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from toolbox.gate.safety import sql
from toolbox.gate.safety.previous_app.schema import Row, Schema

# What a probe is about; each is a rule's name, less "previous-".
READ, WRITE, CALL = "read", "write", "call"


@dataclass(frozen=True)
class Probe:
    """A statement that the previous app may send.

    Args:
        kind: READ, WRITE or CALL.
        subject: what it uses, as a finding names it.
        what: what it does, in a few words.
        statement: it.
        prepare: what has to be done first, which is not the app's doing.
        parts: smaller ones that tell what exactly fails.
        role: as which role it is sent; None is the owner.
    """

    kind: str
    subject: str
    what: str
    statement: str
    prepare: str | None = None
    parts: Sequence["Probe"] = field(default=())
    role: str | None = None


def probes(connection: Connection[Any], schema: Schema) -> Iterator[Probe]:
    """Yield all of them; values are those of rows that are there."""
    for table in schema.tables:
        yield _reads(table)
        if table["kind"] in "rp":
            yield from _writes(connection, table)
    yield from _others(schema)


def for_role(probe: Probe, role: str) -> Probe:
    """Return the same, sent as a role."""
    statement = probe.statement.partition(" RETURNING ")[0]  # which would need SELECT
    return Probe(
        probe.kind, probe.subject, probe.what, statement, probe.prepare,
        tuple(for_role(part, role) for part in probe.parts), role,
    )  # fmt: skip


def _table(table: Row) -> str:
    kinds = {"v": "view", "m": "materialized view", "f": "foreign table"}
    return f"{kinds.get(table['kind'], 'table')} {table['identity']}"


def _column(table: Row, column: Row) -> str:
    return f"column {table['identity']}.{column['name']}"


def _reads(table: Row) -> Probe:
    names = ", ".join(column["name"] for column in table["columns"]) or "1"
    parts = [Probe(READ, _table(table), "reads it", f"SELECT 1 FROM {table['name']} LIMIT 1")]  # noqa: S608
    parts += [
        Probe(
            READ, _column(table, one), "reads it", f"SELECT {one['name']} FROM {table['name']} LIMIT 1"  # noqa: S608, E501
        )
        for one in table["columns"]
    ]  # fmt: skip
    return Probe(
        READ, _table(table), "reads all its columns", f"SELECT {names} FROM {table['name']} LIMIT 5",  # noqa: S608, E501
        parts=parts,
    )  # fmt: skip


def _writes(connection: Connection[Any], table: Row) -> Iterator[Probe]:
    sample = _sample(connection, table)
    if sample is None:
        return
    values, filled = sample
    where = _where(table, values)
    free = f"DELETE FROM {table['name']} WHERE {where}" if where else None  # noqa: S608
    given = [one for one in table["columns"] if not one["generated"] and one["identity"] != "a"]
    required = [one for one in given if _is_required(one, filled)]
    for what, columns in (
        ("inserts a row with all its columns", given),
        ("inserts a row with the columns that it must give", required),
    ):
        statement = _insert(table, columns, values)
        yield Probe(WRITE, _table(table), what, statement + _returning(table), free)
    for upsert in table["upserts"]:
        yield _upsert(table, upsert, given, values, free)
    if where and given:
        yield _update(table, given, values, where)
        yield from _nulls(table, given, filled, where)
        yield Probe(
            WRITE,
            _table(table),
            "deletes a row",
            f"DELETE FROM {table['name']} WHERE {where}",  # noqa: S608
        )


def _is_required(column: Row, filled: dict[str, bool]) -> bool:
    """Tell whether an app gives a column: it must, or all rows have it though they need not."""
    if column["has_default"] or column["identity"]:
        return False
    return bool(column["not_null"] or filled[column["name"]])


def _sample(
    connection: Connection[Any], table: Row
) -> tuple[dict[str, str], dict[str, bool]] | None:
    """Return a row's values as SQL, and of each column whether no row lacks it."""
    names = [column["name"] for column in table["columns"]]
    if not names:
        return None
    texts = ", ".join(f"quote_nullable({name}::text)" for name in names)
    # The oldest, which the project itself wrote if any; of these the last, as what a sequence gives
    # that begins anew is not what the last one has.
    keys = "".join(f", {name} DESC" for name in table["key"] or ())
    order = f"ORDER BY xmin::text::bigint{keys}"
    full = ", ".join(f"bool_and({name} IS NOT NULL)" for name in names)
    row = sql.run(connection, f"SELECT {texts} FROM {table['name']} {order} LIMIT 1").fetchone()  # noqa: S608
    if row is None:
        return None
    filled = sql.run(connection, f"SELECT {full} FROM {table['name']}").fetchone()  # noqa: S608
    return dict(zip(names, row, strict=True)), dict(zip(names, filled or (), strict=True))


def _where(table: Row, values: dict[str, str]) -> str | None:
    """Tell the row from all others."""
    if not table["key"]:
        return None
    return " AND ".join(f"{name} = {values[name]}" for name in table["key"])


def _insert(table: Row, columns: list[Row], values: dict[str, str]) -> str:
    if not columns:
        return f"INSERT INTO {table['name']} DEFAULT VALUES"
    names = ", ".join(column["name"] for column in columns)
    given = ", ".join(values[column["name"]] for column in columns)
    return f"INSERT INTO {table['name']} ({names}) VALUES ({given})"  # noqa: S608


def _returning(table: Row) -> str:
    """Ask which columns are left empty: what fills them may be gone."""
    return " RETURNING " + ", ".join(f"{one['name']} IS NULL" for one in table["columns"])


def _upsert(
    table: Row, upsert: Row, columns: list[Row], values: dict[str, str], free: str | None
) -> Probe:
    only = f" WHERE {upsert['predicate']}" if upsert["predicate"] else ""
    target = f"ON CONFLICT ({upsert['keys']}){only} DO NOTHING"
    return Probe(
        WRITE,
        _table(table),
        f"inserts a row unless there is one with its {upsert['keys']}",
        f"{_insert(table, columns, values)} {target}",
        free,
    )


def _update(table: Row, columns: list[Row], values: dict[str, str], where: str) -> Probe:
    def statement(some: list[Row]) -> str:
        sets = ", ".join(f"{one['name']} = {values[one['name']]}" for one in some)
        return f"UPDATE {table['name']} SET {sets} WHERE {where}"  # noqa: S608

    parts = [Probe(WRITE, _column(table, one), "sets it", statement([one])) for one in columns]
    return Probe(WRITE, _table(table), "updates all columns", statement(columns), None, parts)


def _nulls(table: Row, columns: list[Row], filled: dict[str, bool], where: str) -> Iterator[Probe]:
    """Yield one for each column that has NULLs in the data."""
    some = [one for one in columns if not one["not_null"] and not filled[one["name"]]]
    if not some:
        return

    def statement(names: list[str]) -> str:
        sets = ", ".join(f"{name} = NULL" for name in names)
        return f"UPDATE {table['name']} SET {sets} WHERE {where}"  # noqa: S608

    parts = [
        Probe(WRITE, _column(table, one), "sets it to NULL", statement([one["name"]]))
        for one in some
    ]
    every = statement([one["name"] for one in some])
    yield Probe(WRITE, _table(table), "sets columns to NULL", every, None, parts)


def _others(schema: Schema) -> Iterator[Probe]:
    for enum in schema.enums:
        labels = [f"{label}::{enum['name']}" for label in enum["labels"]]
        parts = [
            Probe(WRITE, f"type {enum['identity']}", f"uses {label}", f"SELECT {label}")
            for label in labels
        ]
        every = f"SELECT {', '.join(labels)}"
        yield Probe(WRITE, f"type {enum['identity']}", "uses its labels", every, None, parts)
    for sequence in schema.sequences:
        yield Probe(
            CALL, f"sequence {sequence['identity']}",
            "inserts by its default" if sequence["owned"] else "takes its next value",
            f"SELECT nextval('{sequence['name']}')",
        )  # fmt: skip
    for function in schema.functions:
        yield from _calls(function)


def _calls(function: Row) -> Iterator[Probe]:
    arguments: list[str] = function["arguments"]
    names: list[str] = [name for name in function["names"] or [] if name]
    ways = [("calls it", arguments)]
    if function["optional"]:
        few = arguments[: len(arguments) - function["optional"]]
        ways.append(("calls it without its optional arguments", few))
    if len(names) == len(arguments) > 0:
        named = [f'"{n}" => {a}' for n, a in zip(names, arguments, strict=True)]
        ways.append(("calls it with named arguments", named))
    for what, given in ways:
        how = "CALL" if function["kind"] == "p" else "SELECT"
        statement = f"{how} {function['name']}({', '.join(given)})"
        yield Probe(CALL, f"function {function['identity']}", what, statement)
