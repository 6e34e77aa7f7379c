"""Enums as Postgres has them: types of their own, which tables only use.

Alembic leaves a type to the table that is created with it: a column that is added finds none, and
one that stays after its table is in the way of the next upgrade.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.util import PriorityDispatchResult
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.type_api import TypeEngine

from migrations.operations import OutsideTransaction, preparer

log = logging.getLogger("alembic.env")

# A type's schema, None for the one that is searched, and its name.
Key: TypeAlias = tuple[str | None, str]

COLUMNS = sa.text("""\
SELECT EXISTS (
    SELECT FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
    JOIN pg_type AS t ON atttypid IN (t.oid, t.typarray)
    WHERE t.oid = CAST(:name AS regtype) AND relkind IN ('r', 'p') AND NOT attisdropped
)""")


class EnumOperation(ops.MigrateOperation):
    """What is done to a type.

    Args:
        name: as SQL writes it.
        labels: its values, in order.
    """

    def __init__(self, name: str, labels: Sequence[str]) -> None:
        self.name = name
        self.labels = labels

    def to_diff_tuple(self) -> tuple[str, str, list[str]]:
        """Say it as `alembic check` does."""
        return (type(self).__name__, self.name, [*self.labels])


class CreateEnum(EnumOperation):
    """A type is made."""

    def reverse(self) -> "DropEnum":
        """Return what takes it back."""
        return DropEnum(self.name, self.labels)


class DropEnum(EnumOperation):
    """A type is dropped."""

    def reverse(self) -> CreateEnum:
        """Return what makes it again."""
        return CreateEnum(self.name, self.labels)


@renderers.dispatch_for(CreateEnum)
def _render_create(_: AutogenContext, op: CreateEnum) -> str:
    labels = ", ".join(_literal(label) for label in op.labels)
    return f"op.execute({f'CREATE TYPE {op.name} AS ENUM ({labels})'!r})"


@renderers.dispatch_for(DropEnum)
def _render_drop(_: AutogenContext, op: DropEnum) -> str:
    return f"op.execute({f'DROP TYPE {op.name}'!r})"


def compare_enums(
    autogenerate: AutogenContext, upgrade: ops.UpgradeOps, schemas: Iterable[str | None]
) -> PriorityDispatchResult:
    """Give the types and the values that the database lacks, and the types that nothing uses."""
    inspector, metadata = autogenerate.inspector, autogenerate.metadata
    assert isinstance(inspector, PGInspector)  # noqa: S101 - the service has no other database
    assert isinstance(metadata, sa.MetaData)  # noqa: S101 - one, as env.py gives it
    known = {
        (schema, each["name"]): each["labels"]
        for schema in schemas
        for each in inspector.get_enums(schema)
    }
    declared = _declared(metadata)
    for key, wanted in declared.items():
        if key in known:
            upgrade.ops += _additions(autogenerate, key, known[key], wanted)
        else:
            upgrade.ops.append(CreateEnum(_whole(autogenerate, key), wanted))
    for key, labels in known.items():
        if key not in declared and _has_columns(autogenerate, key):
            upgrade.ops.append(DropEnum(_whole(autogenerate, key), labels))
    return PriorityDispatchResult.CONTINUE


def _declared(metadata: sa.MetaData) -> dict[Key, list[str]]:
    """Return the values of each enum type that the models use."""
    types = [_inner(column.type) for table in metadata.tables.values() for column in table.columns]
    return {
        (each.schema, each.name): list(each.enums)
        for each in types
        if isinstance(each, sa.Enum) and each.native_enum and each.name
    }


def _inner(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return what an array or a decorated type is made of."""
    match kind:
        case sa.TypeDecorator():
            return _inner(kind.impl_instance)
        case sa.ARRAY() | ARRAY():
            return _inner(kind.item_type)
    return kind


def _additions(
    autogenerate: AutogenContext, key: Key, known: list[str], wanted: list[str]
) -> Iterator[OutsideTransaction]:
    """Give what adds the missing values at their places; say what Postgres cannot do."""
    _, name = key
    common = [each for each in wanted if each in known]
    if [each for each in known if each in wanted] != common or len(common) < len(known):
        log.warning(
            "The enum %s is %s in the database and %s in the models: Postgres can neither drop nor "
            "move a value, so nothing was written for that. A value may be renamed (ALTER TYPE ... "
            "RENAME VALUE) once no app that serves uses it.",
            name,
            known,
            wanted,
        )
    whole = _whole(autogenerate, key)
    for before, value in pairwise([None, *wanted]):
        if value in known or value is None:
            continue
        place = f"AFTER {_literal(before)}" if before else f"BEFORE {_literal(known[0])}"
        yield OutsideTransaction(
            f"ALTER TYPE {whole} ADD VALUE IF NOT EXISTS {_literal(value)} {place}",
            f"Postgres cannot drop the value {value!r} of {name}",
        )


def _literal(value: str) -> str:
    """Quote a value; a colon would otherwise begin a parameter's name in `op.execute`."""
    return "'" + value.replace("'", "''").replace(":", "\\:") + "'"


def _whole(autogenerate: AutogenContext, key: Key) -> str:
    """Return a type's name as SQL writes it."""
    quote = preparer(autogenerate.migration_context).quote
    return ".".join(quote(part) for part in key if part)


def _has_columns(autogenerate: AutogenContext, key: Key) -> bool:
    """Tell whether the database has columns of a type, which then go or change: none needs it."""
    connection = autogenerate.connection
    assert connection is not None  # noqa: S101 - autogenerate compares with a database
    return bool(connection.scalar(COLUMNS, {"name": _whole(autogenerate, key)}))


def without_types(columns: Iterable[SchemaItem]) -> list[SchemaItem]:
    """Return the columns of a table that makes no types: they are made before it."""
    return [_without_type(each) if isinstance(each, sa.Column) else each for each in columns]


def _without_type(column: sa.Column[Any]) -> sa.Column[Any]:
    kind = _uncreated(column.type)
    if kind is column.type:
        return column
    copied = column._copy()  # noqa: SLF001 - as Alembic does; the column is the models' own
    copied.type = kind
    return copied


def _uncreated(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    match kind:
        case sa.Enum(native_enum=True, name=str() as name):
            return ENUM(*kind.enums, name=name, schema=kind.schema, create_type=False)
        case sa.ARRAY():
            inner = _uncreated(kind.item_type)
            if inner is not kind.item_type:
                return ARRAY(inner, dimensions=kind.dimensions)
    return kind
