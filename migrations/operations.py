"""Operations that Alembic lacks, and how a revision writes them."""

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext


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


def preparer(context: MigrationContext) -> sa.sql.compiler.IdentifierPreparer:
    """Return what quotes names as this database wants them."""
    return context.dialect.identifier_preparer
