"""What the catalog says about the tables that are to get rows."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import Connection

Oid = int

TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\s+|.""", re.DOTALL)


@dataclass(frozen=True)
class Type:
    """A data type; `labels` are an enum's, `fields` a composite type's with their type modifier."""

    oid: Oid
    schema: str
    name: str
    kind: str
    shown: str
    element: Oid
    base: Oid
    base_typmod: int
    base_shown: str
    not_null: bool
    subtype: Oid
    labels: list[str]
    fields: list[tuple[Oid, int, str]]
    checks: list[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column; `generated` is the expression of a computed one, `default` that of another."""

    number: int
    name: str
    type: Oid
    typmod: int
    shown: str
    not_null: bool
    default: str | None
    generated: str | None
    sequence: str | None


@dataclass(frozen=True)
class Check:
    """A condition on a row, in SQL, and the columns it is about."""

    name: str
    expression: str
    columns: frozenset[int]


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key; `match` is f (FULL) or s (SIMPLE)."""

    name: str
    columns: tuple[int, ...]
    target: Oid
    target_name: str
    keys: tuple[str, ...]
    match: str
    deferrable: bool


@dataclass(frozen=True)
class Table:
    """A table that holds rows itself: an ordinary one, or a partition that has none below it."""

    oid: Oid
    name: str
    columns: dict[int, Column]
    checks: list[Check]
    foreign_keys: list[ForeignKey]
    uniques: list[frozenset[int]]
    has_deferrable_unique: bool
    roots: list[Oid] = field(default_factory=list)

    def named(self, number: int) -> str:
        """Return a column's name, quoted."""
        return quoted(self.columns[number].name)

    def needed(self, number: int) -> frozenset[int]:
        """Return the columns to fill so that a column is known: for a computed one, others."""
        generated = self.columns[number].generated
        return frozenset({number}) if generated is None else self.mentioned(generated)

    def mentioned(self, expression: str) -> frozenset[int]:
        """Return the columns that an expression speaks of."""
        return mentioned(expression, self.columns)


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a string as SQL writes it."""
    return ("E'" if "\\" in text else "'") + text.replace("\\", "\\\\").replace("'", "''") + "'"


OURS = """
    n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname !~ '^pg_(temp|toast_temp)_'
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass
        AND d.objid = c.oid AND d.deptype = 'e')
"""

# `conenforced` is not in a catalog before Postgres 18, hence by to_jsonb. A key that refers to a
# partitioned table has a shadow for each partition, which its parent speaks for.
TABLES = f"""
SELECT c.oid::int8, format('%I.%I', n.nspname, c.relname), c.relispartition,
    pg_get_partition_constraintdef(c.oid),
    (SELECT array_agg(relid::oid::int8) FROM pg_partition_ancestors(c.oid)),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(a.attnum, a.attname, a.atttypid::int8, a.atttypmod,
        format_type(a.atttypid, a.atttypmod), a.attnotnull,
        CASE a.attgenerated WHEN '' THEN pg_get_expr(ad.adbin, ad.adrelid) END,
        CASE a.attgenerated WHEN '' THEN NULL ELSE pg_get_expr(ad.adbin, ad.adrelid) END,
        (SELECT d.refobjid::regclass::text FROM pg_depend AS d
            JOIN pg_class AS s ON s.oid = d.refobjid AND s.relkind = 'S'
            WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid
            AND d.refclassid = 'pg_class'::regclass LIMIT 1),
        a.attidentity <> '') ORDER BY a.attnum), '[]')
        FROM pg_attribute AS a
        LEFT JOIN pg_attrdef AS ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(k.conname, k.contype, k.conkey,
        CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
        k.confrelid::int8, k.confrelid::regclass::text, k.confmatchtype, k.condeferrable,
        (SELECT array_agg(f.attname ORDER BY o.ord)
            FROM unnest(k.confkey) WITH ORDINALITY AS o(num, ord)
            JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = o.num)
        ) ORDER BY k.conname), '[]')
        FROM pg_constraint AS k LEFT JOIN pg_constraint AS up ON up.oid = k.conparentid
        WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f')
        AND coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true'
        AND up.conrelid IS DISTINCT FROM k.conrelid),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(i.indkey::int2[], i.indimmediate)
        ORDER BY i.indexrelid), '[]')
        FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND {OURS}
ORDER BY 2
"""

TYPES = """
SELECT t.oid::int8, n.nspname, t.typname, t.typtype::text, format_type(t.oid, -1),
    CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END,
    t.typbasetype::int8, t.typtypmod, format_type(t.typbasetype, t.typtypmod), t.typnotnull,
    coalesce(r.rngsubtype, m.rngtypid, 0)::int8,
    coalesce((SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder)
        FROM pg_enum AS e WHERE e.enumtypid = t.oid), '[]'),
    coalesce((SELECT jsonb_agg(jsonb_build_array(a.atttypid::int8, a.atttypmod,
            format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
        FROM pg_attribute AS a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid
        AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
    coalesce((SELECT jsonb_agg(jsonb_build_array(k.conname, pg_get_expr(k.conbin, 0))
            ORDER BY k.conname)
        FROM pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'c'), '[]')
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_range AS m ON m.rngmultitypid = t.oid
WHERE n.nspname !~ '^pg_(toast|temp)'
AND (t.typtype <> 'c' OR n.nspname NOT IN ('pg_catalog', 'information_schema'))
AND t.oid BETWEEN %s AND %s
"""
# Postgres's source gives the OIDs below it (FirstUnpinnedObjectId of access/transam.h), so that
# what has them, most of all types, is the same in every database of a version.
FIRST_UNPINNED = 12_000
LAST = 2**32 - 1  # no OID is larger
_built_in: dict[int, dict[Oid, Type]] = {}  # by the server's version


def read_types(connection: Connection[Any]) -> dict[Oid, Type]:
    """Return all types by their OID."""
    version = connection.info.server_version
    if version not in _built_in:
        _built_in[version] = _types(connection, 0, FIRST_UNPINNED - 1)
    return _built_in[version] | _types(connection, FIRST_UNPINNED, LAST)


def _types(connection: Connection[Any], first: Oid, last: Oid) -> dict[Oid, Type]:
    rows = connection.execute(TYPES.encode(), [first, last])
    return {row[0]: Type(*row) for row in rows}


def read_tables(connection: Connection[Any], types: dict[Oid, Type]) -> list[Table]:
    """Return the tables that hold rows, in the order of their names; not those of extensions."""
    return [_table(row, types) for row in connection.execute(TABLES.encode())]


def _table(row: tuple[Any, ...], types: dict[Oid, Type]) -> Table:
    oid, name, is_partition, bounds, roots, columns, constraints, uniques = row
    by_number = {each[0]: _column(name, each) for each in columns}
    checks = [
        Check(each[0], each[3], frozenset(each[2] or ())) for each in constraints if each[1] == "c"
    ]
    if is_partition and bounds is not None:
        checks.append(Check("the bounds of the partition", bounds, mentioned(bounds, by_number)))
    for column in by_number.values():
        checks += _domain_checks(column, types)
    keys = [
        ForeignKey(each[0], tuple(each[2]), each[4], each[5], tuple(each[8]), each[6], each[7])
        for each in constraints
        if each[1] == "f"
    ]
    found = Table(
        oid,
        name,
        by_number,
        [],
        keys,
        [frozenset(columns) - {0} for columns, _ in uniques],
        not all(immediate for _, immediate in uniques),
        roots or [],
    )
    for check in checks:
        columns = frozenset(number for each in check.columns for number in found.needed(each))
        found.checks.append(replace(check, columns=columns))
    return found


def _column(table: str, row: list[Any]) -> Column:
    number, name, oid, typmod, shown, not_null, default, generated, sequence, is_identity = row
    if is_identity:
        sequence = f"pg_get_serial_sequence({literal(table)}, {literal(name)})"
    elif sequence:
        sequence = literal(sequence)
    return Column(number, name, oid, typmod, shown, not_null, default, generated, sequence)


def _domain_checks(column: Column, types: dict[Oid, Type]) -> list[Check]:
    found: list[Check] = []
    each = types[column.type]
    while each.kind == "d":
        found += [
            Check(
                name,
                substitute(expression, "VALUE", quoted(column.name)),
                frozenset({column.number}),
            )
            for name, expression in each.checks
        ]
        if each.not_null:
            found.append(
                Check(each.name, f"{quoted(column.name)} IS NOT NULL", frozenset({column.number}))
            )
        each = types[each.base]
    return found


def tokens(expression: str) -> list[str]:
    """Split an expression at its strings and quoted names, which stay whole."""
    return TOKEN.findall(expression)


def mentioned(expression: str, columns: dict[int, Column]) -> frozenset[int]:
    """Return the columns that an expression speaks of."""
    words = {token.strip('"').replace('""', '"') for token in tokens(expression)}
    return frozenset(number for number, column in columns.items() if column.name in words)


def substitute(expression: str, word: str, by: str) -> str:
    """Return an expression in which a word outside of strings is another expression."""
    return "".join(by if token == word else token for token in tokens(expression))
