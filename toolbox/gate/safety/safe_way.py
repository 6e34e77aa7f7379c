"""The safe way to make an index or a constraint, written with the names that the revision has."""

import re

from sqlalchemy.dialects import postgresql

from toolbox.gate.safety import remedies
from toolbox.gate.safety.states import Column, Constraint, Relation

# What `op.create_index` can say as readably: a B-tree on columns alone.
PLAIN = re.compile(
    r"CREATE (?P<unique>UNIQUE )?INDEX (?P<name>\w+) ON (?:ONLY )?(?P<table>[\w.]+)"
    r" USING btree \((?P<columns>\w+(?:, \w+)*)\)"
)
# Quotes a name where Postgres asks for it.
quoted = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]

ROOM = 79  # characters of arguments beside a call in a block, in a line of 100

KINDS = {"p": "PRIMARY KEY", "u": "UNIQUE"}


def literal(sql: str) -> str:
    """Write a statement as Python does, in double quotes where it can be."""
    if '"' not in sql and "\\" not in sql and "\n" not in sql:
        return f'"{sql}"'
    return repr(sql)


def in_autocommit(statement: str) -> str:
    """Return code that runs a statement outside of the transaction that Alembic opens."""
    return f"with op.get_context().autocommit_block():\n    {statement}"


def build(index: Relation) -> str:
    """Return code that builds an index while writes go on."""
    return in_autocommit(create(index))


def create(index: Relation) -> str:
    """Return the operation that creates an index without keeping writes waiting."""
    definition = index.definition or ""
    if (plain := PLAIN.fullmatch(definition)) is None:
        return f"op.execute({literal(definition.replace(' INDEX ', ' INDEX CONCURRENTLY ', 1))})"
    schema, _, table = plain["table"].rpartition(".")
    columns = ", ".join(f'"{column}"' for column in plain["columns"].split(", "))
    unique = ", unique=True" if plain["unique"] else ""
    arguments = (
        f'"{plain["name"]}", "{table}", [{columns}]{unique}{in_schema(schema)}, '
        "postgresql_concurrently=True"
    )
    if len(arguments) > ROOM:
        arguments = f"\n        {arguments}\n    "
    return f"op.create_index({arguments})"


def rebuild(index: Relation) -> str:
    """Return code that builds an index anew while writes go on."""
    return in_autocommit(f"op.execute({literal(f'REINDEX INDEX CONCURRENTLY {index.name}')})")


def replace_invalid(index: Relation) -> str:
    """Return code that makes an index again of which an invalid one is left."""
    drop = literal(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
    return in_autocommit(f"op.execute({drop})\n    {create(index)}")


def constrain(index: Relation, table: Relation, constraint: Constraint) -> str:
    """Return code that makes a constraint of an index that was built while writes went on."""
    if constraint.kind not in KINDS:
        return remedies.EXCLUSION
    add = (
        f"ALTER TABLE {table.name} ADD CONSTRAINT {quoted(constraint.name)} "
        f"{KINDS[constraint.kind]} USING INDEX {quoted(constraint.name)}"
    )
    return f"{build(index)}\nop.execute({literal(add)})"


def validate(table: Relation, constraint: Constraint) -> str:
    """Return code that adds a constraint, and has the rows read while writes go on."""
    definition = constraint.definition.removesuffix(" NOT VALID")
    return _in_two(table, constraint.name, definition)


def prove_not_null(table: Relation, column: Column) -> str:
    """Return code that makes a column NOT NULL, and has the rows read while writes go on."""
    schema, _, name = table.name.rpartition(".")
    constraint = f"{name}_{column.name}_not_null".replace('"', "")
    added = _in_two(table, constraint, f"CHECK ({quoted(column.name)} IS NOT NULL)")
    return added + remedies.NOW_NOT_NULL.format(
        table=name, column=column.name, constraint=constraint, schema=in_schema(schema)
    )


def _in_two(table: Relation, constraint: str, definition: str) -> str:
    alter, named = f"ALTER TABLE {table.name}", quoted(constraint)
    return remedies.NOT_VALID.format(
        add=literal(f"{alter} ADD CONSTRAINT {named} {definition} NOT VALID"),
        validate=literal(f"{alter} VALIDATE CONSTRAINT {named}"),
    )


def in_schema(schema: str) -> str:
    """Return the argument that names a schema, where it is not the one that is searched."""
    return "" if schema in {"", "public"} else f', schema="{schema}"'
