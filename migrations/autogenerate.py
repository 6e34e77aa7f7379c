"""What autogenerate forgets, written so that the previous version of the app can serve meanwhile.

Alembic's own comparison of check constraints is by name; here Postgres says whether two of the same
name are the same. Types of enums are made and dropped, and values that they lack are added
(migrations/enums.py). See docs/decisions/0038.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy.exc import DBAPIError

from migrations.enums import CreateEnum, DropEnum, compare_enums, without_types
from migrations.operations import NoWayBack, OutsideTransaction, preparer

NAME = "pir.forgotten"
PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname", NAME]

DEFINITION = sa.text("""\
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = CAST(:owner AS regclass) AND conname = :name""")


def setup(plugin: Plugin) -> None:
    """Let Alembic ask for what it does not compare by itself."""
    plugin.add_autogenerate_comparator(compare_enums, "schema", "values of enums")
    plugin.add_autogenerate_comparator(_compare_checks, "table", "texts of checks")


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
    own_names = preparer(autogenerate.migration_context)
    owner = ".".join(own_names.quote(part) for part in (schema, name) if part)
    for check in wanted.constraints:
        if not isinstance(check, sa.CheckConstraint) or check.name is None:
            continue
        own = own_names.format_constraint(check)
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
            rest = _in_order([each for each in up.ops if each not in first])
            up.ops = [*first, *rest, *_validations(context, rest)]
        for down in script.downgrade_ops_list:
            # In one transaction: where rows no longer fit, it leaves all as it was.
            one_way = [each for each in down.ops if isinstance(each, NoWayBack)]
            down.ops = [*one_way[:1]] or _in_order(down.ops)


def _in_order(found: Sequence[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Let a type be there before what is of it, and go after it; no table makes one by itself."""
    made = [each for each in found if isinstance(each, CreateEnum)]
    dropped = [each for each in found if isinstance(each, DropEnum)]
    for op in found:
        if isinstance(op, ops.CreateTableOp):
            op.columns = without_types(op.columns)
    return [*made, *(each for each in found if each not in made and each not in dropped), *dropped]


def _validations(
    context: MigrationContext, found: Iterable[ops.MigrateOperation]
) -> Iterator[OutsideTransaction]:
    """Make checks that are added not valid, and give what validates them."""
    quote = preparer(context).quote
    for op in found:
        if isinstance(op, ops.OpContainer):
            yield from _validations(context, op.ops)
        elif isinstance(op, ops.CreateCheckConstraintOp):
            op.kw.setdefault("postgresql_not_valid", True)
            table = ".".join(quote(part) for part in (op.schema, op.table_name) if part)
            name = quote(str(op.constraint_name))
            yield OutsideTransaction(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


Plugin.setup_plugin_from_module(sys.modules[__name__], NAME)
