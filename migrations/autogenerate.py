"""What autogenerate forgets, written so that the previous version of the app can serve meanwhile.

Alembic's own comparison of check constraints is by name; here Postgres says whether two of the same
name are the same. A value that an enum lacks is added. See docs/decisions/0038.
"""

import logging
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.type_api import TypeEngine

log = logging.getLogger("alembic.env")

NAME = "pir.forgotten"
PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname", NAME]

DEFINITION = sa.text("""\
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = CAST(:owner AS regclass) AND conname = :name""")


class OutsideTransaction(ops.MigrateOperation):
    """A statement that ends the transaction before it, and runs in none.

    Args:
        statement: in SQL.
        one_way: why a downgrade cannot take it back.
    """

    def __init__(self, statement: str, one_way: str = "") -> None:
        self.statement = statement
        self.one_way = one_way

    def reverse(self) -> "NoWayBack":
        """Return what the downgrade says."""
        return NoWayBack(self.one_way)

    def to_diff_tuple(self) -> tuple[str, str]:
        """Say it as `alembic check` does."""
        return ("execute", self.statement)


class NoWayBack(ops.MigrateOperation):
    """What Postgres cannot undo; the gate then does not ask for a downgrade."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@renderers.dispatch_for(OutsideTransaction)
def _render_outside(_: AutogenContext, op: OutsideTransaction) -> str:
    # As one text: Alembic's printer would indent what follows a line that ends with a colon.
    return f"with op.get_context().autocommit_block():\n    op.execute({op.statement!r})"


@renderers.dispatch_for(NoWayBack)
def _render_no_way_back(_: AutogenContext, op: NoWayBack) -> str:
    return f"raise NotImplementedError({op.reason!r})"


def setup(plugin: Plugin) -> None:
    """Let Alembic ask for what it does not compare by itself."""
    plugin.add_autogenerate_comparator(_compare_enums, "schema", "values of enums")
    plugin.add_autogenerate_comparator(_compare_checks, "table", "texts of checks")


def _compare_enums(
    autogenerate: AutogenContext, upgrade: ops.UpgradeOps, schemas: Iterable[str | None]
) -> PriorityDispatchResult:
    inspector, metadata = autogenerate.inspector, autogenerate.metadata
    assert isinstance(inspector, PGInspector)  # noqa: S101 - the service has no other database
    assert isinstance(metadata, sa.MetaData)  # noqa: S101 - one, as env.py gives it
    known = {
        (schema, each["name"]): each["labels"]
        for schema in schemas
        for each in inspector.get_enums(schema)
    }
    for key, wanted in _declared(metadata).items():
        if key in known:
            upgrade.ops += _additions(autogenerate, key, known[key], wanted)
    return PriorityDispatchResult.CONTINUE


def _declared(metadata: sa.MetaData) -> dict[tuple[str | None, str], list[str]]:
    """Return the values of each enum type that the models use."""
    types = [_inner(column.type) for table in metadata.tables.values() for column in table.columns]
    return {
        (each.schema, each.name): list(each.enums)
        for each in types
        if isinstance(each, sa.Enum) and each.native_enum and each.name
    }


def _inner(kind: TypeEngine[object]) -> TypeEngine[object]:
    """Return what an array or a decorated type is made of."""
    match kind:
        case sa.TypeDecorator():
            return _inner(kind.impl_instance)
        case sa.ARRAY() | ARRAY():
            return _inner(kind.item_type)
    return kind


def _additions(
    autogenerate: AutogenContext, key: tuple[str | None, str], known: list[str], wanted: list[str]
) -> Iterator[OutsideTransaction]:
    """Give what adds the missing values at their places; say what Postgres cannot do."""
    schema, name = key
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
    quote = _preparer(autogenerate.migration_context).quote
    whole = ".".join(quote(part) for part in (schema, name) if part)
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


def _preparer(context: MigrationContext) -> sa.sql.compiler.IdentifierPreparer:
    return context.dialect.identifier_preparer


def _compare_checks(
    autogenerate: AutogenContext,
    modify: ops.ModifyTableOps,
    schema: str | None,
    name: str,
    there: sa.Table | None,
    wanted: sa.Table | None,
) -> PriorityDispatchResult:
    connection = autogenerate.connection
    if there is None or wanted is None or connection is None:
        return PriorityDispatchResult.CONTINUE
    preparer = _preparer(autogenerate.migration_context)
    owner = ".".join(preparer.quote(part) for part in (schema, name) if part)
    for check in wanted.constraints:
        if not isinstance(check, sa.CheckConstraint) or check.name is None:
            continue
        own = preparer.format_constraint(check)
        unquoted = own.strip('"') if own else ""
        old = connection.scalar(DEFINITION, {"owner": owner, "name": unquoted})
        if old is not None and old.removesuffix(" NOT VALID") != _as_postgres(
            connection, owner, check
        ):
            existing = sa.CheckConstraint(_expression(old), name=sa.sql.elements.conv(unquoted))
            there.append_constraint(existing)
            modify.ops.append(ops.DropConstraintOp.from_constraint(existing))
            modify.ops.append(ops.AddConstraintOp.from_constraint(check))
    return PriorityDispatchResult.CONTINUE


def _expression(definition: str) -> str:
    """Return what is between the parentheses of CHECK (...)."""
    return definition.removeprefix("CHECK (").removesuffix(" NOT VALID").removesuffix(")")


def _as_postgres(connection: sa.Connection, owner: str, check: sa.CheckConstraint) -> str | None:
    """Return a check as Postgres would write it; None if the table lacks a column of it."""
    text = check.sqltext.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    attempt = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE asked (LIKE {owner})")
        connection.exec_driver_sql(f"ALTER TABLE asked ADD CONSTRAINT asked CHECK ({text})")
        answer = connection.scalar(DEFINITION, {"owner": "pg_temp.asked", "name": "asked"})
        return None if answer is None else str(answer)
    except DBAPIError:
        return None
    finally:
        attempt.rollback()


def write_safely(
    context: MigrationContext, _revision: object, scripts: list[ops.MigrationScript]
) -> None:
    """Let no statement read a table's rows while its lock keeps writes out.

    An enum's values come first, because what is before them would be committed by itself, and
    checks are validated last, when what came before them is committed. A downgrade that cannot take
    back all only says so.
    """
    for script in scripts:
        for up in script.upgrade_ops_list:
            first = [each for each in up.ops if isinstance(each, OutsideTransaction)]
            rest = [each for each in up.ops if each not in first]
            up.ops = [*first, *rest, *_validations(context, rest)]
        for down in script.downgrade_ops_list:
            # In one transaction: where rows no longer fit, it leaves all as it was.
            one_way = [each for each in down.ops if isinstance(each, NoWayBack)]
            if one_way:
                down.ops[:] = one_way[:1]


def _validations(
    context: MigrationContext, found: Iterable[ops.MigrateOperation]
) -> Iterator[OutsideTransaction]:
    """Make checks that are added not valid, and give what validates them."""
    quote = _preparer(context).quote
    for op in found:
        if isinstance(op, ops.OpContainer):
            yield from _validations(context, op.ops)
        elif isinstance(op, ops.CreateCheckConstraintOp):
            op.kw.setdefault("postgresql_not_valid", True)
            table = ".".join(quote(part) for part in (op.schema, op.table_name) if part)
            name = quote(str(op.constraint_name))
            yield OutsideTransaction(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


Plugin.setup_plugin_from_module(sys.modules[__name__], NAME)
