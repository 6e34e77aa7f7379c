"""The revision that would end a difference, as Alembic code to paste."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext, MigrationStep
from sqlalchemy.exc import SQLAlchemyError

from toolbox.gate.catalog import Snapshot
from toolbox.gate.drift.altering import alterations
from toolbox.gate.drift.dump import SETTINGS, Blocks, normal
from toolbox.gate.drift.grouping import Group
from toolbox.gate.drift.second import is_told
from toolbox.gate.project import Project

DECLARE = "# Declare it with the models, or drop it in a revision."
GRANT = re.compile(r"GRANT (.+) TO (.+)")
# What these rules tell of is changed by making it anew.
MADE_ANEW = frozenset(
    {
        "check-constraint",
        "exclusion-constraint",
        "foreign-key",
        "index",
        "primary-key",
        "trigger",
        "unique-constraint",
    }
)
# What can be dropped and made, as a rule: nothing is kept in it.
DROPPED_AND_MADE = frozenset(
    {"aggregate", "collation", "materialized view", "publication", "statistics", "view"}
)
# What Alembic's renderer does not say whole: the kind of an identity, and all of a foreign key.
BEYOND_ALEMBIC = frozenset({"foreign-key", "identity"})


@dataclass
class Remedies:
    """Where the code comes from: Alembic's own renderer, pg_dump, or the server's deparsers."""

    operations: list[ops.MigrateOperation]
    models: Blocks
    migrations: Blocks
    left: Snapshot
    blocks: dict[str, str] = field(default_factory=dict)

    def of(self, group: Group) -> str:
        """Return the code that a revision needs so that the migrations say what the models do."""
        if all(one.left is None and not one.attribute for one in group.differences):
            return self._rendered(group) or DECLARE
        rendered = "" if group.rule in BEYOND_ALEMBIC else self._rendered(group)
        code = rendered or "\n".join(map(_execute, self._statements(group)))
        return code or f"# Bring {group.subject} to what the models say with op.execute(...)."

    def _rendered(self, group: Group) -> str:
        found = [one for one in self.operations if _is_about(one, group.subject)]
        return "\n".join(_render(one) for one in found)

    def _statements(self, group: Group) -> Iterable[str]:
        definition = self.left.definitions.get(group.subject)
        if group.rule == "function" and definition:
            return [definition]
        is_there = any(one.attribute for one in group.differences)
        if group.rule in MADE_ANEW and definition:
            return _anew(group.subject, definition, is_there=is_there)
        if is_there and (altered := alterations(group, self.left)):
            return altered
        found = []
        for block, text in self.models.items():
            other = self.migrations.get(block, "")
            if normal(block, text) != normal(block, other) and is_told(
                block, (text, other), [group], self.left
            ):
                found += [one for one in _split(text) if one not in _split(other)]
        if group.rule == "privileges":
            found += self._revoking(group)
        return [each for one in found for each in _for(group, one, is_there=is_there)]

    def _revoking(self, group: Group) -> Iterator[str]:
        """Give what takes back the privileges that only the migrations grant."""
        for block, text in self.migrations.items():
            other = self.models.get(block, "")
            if block[0] == "ACL" and is_told(block, (other, text), [group], self.left):
                for one in _split(text):
                    if one not in _split(other) and (found := GRANT.fullmatch(one)):
                        yield f"REVOKE {found[1]} FROM {found[2]}"


def operations(project: Project, url: str) -> list[ops.MigrateOperation]:
    """Return what autogenerate would do to a database at head; nothing where it fails."""
    found: list[ops.MigrateOperation] = []

    def work(_: tuple[str, ...], context: MigrationContext) -> Iterable[MigrationStep]:
        script = produce_migrations(context, project.metadata)
        if script.upgrade_ops is not None:
            found.extend(_flat(script.upgrade_ops.ops))
        return []

    try:
        project.run(url, work)
    except (SQLAlchemyError, ValueError, TypeError, NotImplementedError):
        # It crashes on some defaults; the code then comes from Postgres.
        return []
    return found


def _flat(found: Iterable[ops.MigrateOperation]) -> Iterable[ops.MigrateOperation]:
    for one in found:
        yield from _flat(one.ops) if isinstance(one, ops.ModifyTableOps) else [one]


def _is_about(one: ops.MigrateOperation, subject: str) -> bool:
    table = getattr(one, "table_name", None) or getattr(one, "source_table", None)
    schema = getattr(one, "schema", None) or "public"
    column = getattr(one, "column_name", None) or getattr(
        getattr(one, "column", None), "name", None
    )
    own = getattr(one, "index_name", None) or getattr(one, "constraint_name", None)
    if own:
        return subject in {f"index {schema}.{own}", f"constraint {own} on {schema}.{table}"}
    if column:
        return subject == f"column {schema}.{table}.{column}"
    return subject == f"table {schema}.{table}"


def _render(one: ops.MigrateOperation) -> str:
    code = render_python_code(ops.UpgradeOps([one]))
    lines = [line.removeprefix("    ") for line in code.splitlines()]
    return "\n".join(line for line in lines if not line.startswith("#")).strip()


def _anew(subject: str, definition: str, *, is_there: bool) -> list[str]:
    kind, _, rest = subject.partition(" ")
    name, _, table = rest.partition(" on ")
    if kind == "constraint":
        start = f"ALTER TABLE {table}"
        statements = [
            f"{start} DROP CONSTRAINT {name}",
            f"{start} ADD CONSTRAINT {name} {definition}",
        ]
    else:
        on = f" ON {table}" if kind == "trigger" else ""
        statements = [f"DROP {kind.upper()} {name}{on}", definition]
    return statements if is_there else statements[1:]


def _for(group: Group, statement: str, *, is_there: bool) -> list[str]:
    """Return a statement of a dump as it serves where the object is there, or is not."""
    if not is_there or not statement.startswith("CREATE"):
        return [statement]
    kind, _, name = group.subject.rpartition(" ")
    return [f"DROP {kind.upper()} {name}", statement] if kind in DROPPED_AND_MADE else []


def _split(text: str) -> list[str]:
    """Return a block's statements; with bodies in dollars, the block as a whole."""
    text = SETTINGS.sub("", text).partition("\\connect")[0].strip().rstrip(";")
    # An empty line is between statements where a line may end with a semicolon in quotes.
    end = r"(?!)" if "$" in text else r";\n\n+" if "'" in text else r";\n"
    return [one.strip().rstrip(";") for one in re.split(end, text) if one.strip()]


def _execute(statement: str) -> str:
    statement = statement.strip().rstrip(";")
    quotes = "'''" if '"""' in statement or statement.endswith('"') else '"""'
    raw = "r" if "\\" in statement else ""
    return f"op.execute({raw}{quotes}{statement}{quotes})"
