"""The statement that reads a catalog: its rows of this database that Postgres did not come with.

Columns are read as text that means the same in any database: expressions by the server's own
deparsers, a missing ACL as the one that it stands for. OIDs are left to `identities`.
"""

from types import MappingProxyType

from toolbox.gate.catalog.layout import Catalog

# Rows about what Postgres came with: the catalog, and the OID of what they are about.
BuiltIn = frozenset[tuple[str, int]]

# The first OID that is given to what users make (src/include/access/transam.h).
FIRST_OF_USERS = 16384

# Rows that Postgres came with are of transactions older than the database, unless they were
# changed since: a comment on the schema public, a revoked EXECUTE.
CHANGED_SINCE = """
age(t.xmin) < (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database())"""

# Tables for long values are made and kept with the tables that they serve.
TOAST = "(SELECT oid FROM pg_class WHERE relnamespace = 'pg_toast'::regnamespace)"
# Every sequence has the same columns.
SEQUENCES = "(SELECT oid FROM pg_class WHERE relkind = 'S')"

# Deparsers that know more than pg_get_expr does, and what is given in another form.
EXPRESSIONS = MappingProxyType(
    {
        "pg_attribute.attname": (
            "CASE WHEN (SELECT relkind FROM pg_class WHERE oid = t.attrelid) IN ('i', 'I') "
            "THEN t.attnum::text ELSE t.attname::text END"
        ),
        # Of other constraints it means nothing, and is another one where they were attached.
        "pg_constraint.connoinherit": "CASE WHEN t.contype IN ('c', 'n') THEN t.connoinherit END",
        "pg_enum.enumsortorder": "rank() OVER (PARTITION BY t.enumtypid ORDER BY t.enumsortorder)",
        "pg_index.indexprs": "pg_get_expr(t.indexprs, t.indrelid)",
        "pg_index.indpred": "pg_get_expr(t.indpred, t.indrelid)",
        "pg_proc.proargdefaults": "pg_get_expr(t.proargdefaults, 0)",
        "pg_proc.prosqlbody": "pg_get_function_sqlbody(t.oid)",
        "pg_rewrite.ev_action": (
            "CASE t.rulename WHEN '_RETURN' THEN pg_get_viewdef(t.ev_class) "
            "ELSE pg_get_ruledef(t.oid) END"
        ),
        "pg_rewrite.ev_qual": "NULL",
        "pg_statistic_ext.stxexprs": "pg_get_statisticsobjdef_expressions(t.oid)",
        # pg_get_expr does not know OLD and NEW.
        "pg_trigger.tgqual": (
            "CASE WHEN t.tgqual IS NOT NULL THEN substring(pg_get_triggerdef(t.oid) "
            "FROM ' WHEN \\((.*)\\) EXECUTE (?:FUNCTION|PROCEDURE) ') END"
        ),
        # It is the other one for whoever reads it, except where there is no other one.
        "pg_type.typdefault": "CASE WHEN t.typdefaultbin IS NULL THEN t.typdefault END",
        "pg_type.typdefaultbin": "pg_get_expr(t.typdefaultbin, 0)",
    }
)

# Facts that no column of the catalog itself has.
FURTHER = MappingProxyType(
    {
        "pg_attrdef": {
            "generated": "(SELECT attgenerated::text FROM pg_attribute "
            "WHERE attrelid = t.adrelid AND attnum = t.adnum)"
        },
        "pg_attribute": {"type": "format_type(t.atttypid, t.atttypmod)"},
        "pg_class": {
            "toast options": "(SELECT reloptions FROM pg_class WHERE oid = t.reltoastrelid)",
        },
        "pg_type": {"base type": "format_type(nullif(t.typbasetype, 0), t.typtypmod)"},
    }
)

# How SQL defines an object, to show: what is compared are the facts.
DEFINITIONS = MappingProxyType(
    {
        "pg_constraint": "pg_get_constraintdef(t.oid)",
        "pg_index": "pg_get_indexdef(t.indexrelid)",
        "pg_proc": "CASE WHEN t.prokind <> 'a' THEN pg_get_functiondef(t.oid) END",
        "pg_rewrite": "pg_get_ruledef(t.oid)",
        "pg_statistic_ext": "pg_get_statisticsobjdef(t.oid)",
        "pg_trigger": "CASE WHEN NOT t.tgisinternal THEN pg_get_triggerdef(t.oid) END",
    }
)

# What the privileges are where none were given or taken: acldefault's letter, and the owner.
DEFAULT_PRIVILEGES = MappingProxyType(
    {
        "pg_class": ("CASE t.relkind WHEN 'S' THEN 's' ELSE 'r' END", "relowner"),
        "pg_database": ("'d'", "datdba"),
        "pg_foreign_data_wrapper": ("'F'", "fdwowner"),
        "pg_foreign_server": ("'S'", "srvowner"),
        "pg_language": ("'l'", "lanowner"),
        "pg_largeobject_metadata": ("'L'", "lomowner"),
        "pg_namespace": ("'n'", "nspowner"),
        "pg_proc": ("'f'", "proowner"),
        "pg_type": ("'T'", "typowner"),
    }
)

# Whose a row is, where a column has privileges and no owner of its own.
OWNERS = MappingProxyType(
    {"pg_attribute": "(SELECT relowner FROM pg_class WHERE oid = t.attrelid)"}
)

# Which rows of a catalog are read at all.
ROWS = MappingProxyType(
    {
        # Of the columns that every table has, ctid and its like, only privileges can differ.
        "pg_attribute": "(t.attnum > 0 OR t.attacl IS NOT NULL) AND NOT t.attisdropped "
        f"AND t.attrelid NOT IN {TOAST} AND t.attrelid NOT IN {SEQUENCES}",
        "pg_class": f"t.oid NOT IN {TOAST}",
        "pg_database": "t.datname = current_database()",
        # What an expression needs follows from the expression.
        "pg_depend": f"t.deptype <> 'n' AND t.objid NOT IN {TOAST}",
        "pg_index": f"t.indexrelid NOT IN {TOAST}",
    }
)

THIS_DATABASE = "(SELECT oid FROM pg_database WHERE datname = current_database())"


def statement(catalog: Catalog, also: BuiltIn = frozenset()) -> tuple[str, list[str]]:
    """Return the statement that reads a catalog, and the names of what it returns.

    Args:
        catalog: which one.
        also: what Postgres came with that is to be read although it was not changed.
    """
    selected = {name: _expression(catalog, name) for name in catalog.compared}
    keys = [catalog.subject, *(catalog.polymorphic or ())[:1], *catalog.references]
    keys += [*catalog.numbers, *catalog.numbers.values(), "attnum", "relkind", "tgisinternal"]
    for name in keys:
        if name in catalog.columns and name not in selected:
            selected[name] = _plain(catalog, name)
    selected |= FURTHER.get(catalog.name, {})
    if catalog.name in DEFINITIONS:
        selected["definition"] = DEFINITIONS[catalog.name]
    if owner := _owner(catalog):
        selected["acl owner"] = f"pg_get_userbyid({owner})::text"
    columns = ", ".join(selected.values())
    query = f"SELECT {columns} FROM {catalog.name} AS t WHERE {_condition(catalog, also)}"  # noqa: S608 - the server's own names
    return query, [*selected]


def _owner(catalog: Catalog) -> str | None:
    if catalog.name in DEFAULT_PRIVILEGES:
        return f"t.{DEFAULT_PRIVILEGES[catalog.name][1]}"
    return OWNERS.get(catalog.name)


def _expression(catalog: Catalog, name: str) -> str:
    given = EXPRESSIONS.get(f"{catalog.name}.{name}")
    if given is not None:
        return given
    of_type = catalog.columns[name]
    if of_type == "pg_node_tree":
        relation = next((c for c, of in catalog.references.items() if of == "pg_class"), "0")
        relation = "oid" if catalog.name == "pg_class" else relation
        return f"pg_get_expr(t.{name}, t.{relation})"
    if of_type == "aclitem[]":
        return _privileges(catalog, name)
    return _plain(catalog, name)


def _privileges(catalog: Catalog, name: str) -> str:
    if catalog.name in DEFAULT_PRIVILEGES:
        kind, owner = DEFAULT_PRIVILEGES[catalog.name]
        return f'coalesce(t.{name}, acldefault(({kind})::"char", t.{owner}))::text[]'
    return f"coalesce(t.{name}, '{{}}')::text[]"


def _plain(catalog: Catalog, name: str) -> str:
    of_type = catalog.columns[name]
    if of_type == "oid" or of_type.startswith("reg"):
        return f"t.{name}::bigint" if of_type == "oid" else f"t.{name}::oid::bigint"
    casts = {
        "oidvector": "oid[]::bigint[]",
        "oid[]": "bigint[]",
        "int2vector": "int2[]",
        "bytea": None,
        "boolean": None,
        "text": None,
        "text[]": None,
        "smallint": None,
        "smallint[]": None,
        "integer": None,
        "bigint": None,
        "real": None,
        '"char"[]': "text[]",
    }
    cast = casts.get(of_type, "text")
    return f"t.{name}" + (f"::{cast}" if cast else "")


def _condition(catalog: Catalog, also: BuiltIn) -> str:
    ours = ROWS.get(catalog.name, "true")
    subject = f"t.{catalog.subject}"
    if not catalog.shared:
        oids = [str(oid) for name, oid in also if name == catalog.name]
        more = f" OR {subject} IN ({', '.join(oids)})" if oids else ""
        return f"({ours}) AND ({subject} >= {FIRST_OF_USERS} OR {CHANGED_SINCE}{more})"
    if catalog.polymorphic:
        of_class, of_object = catalog.polymorphic
        return f"t.{of_class} = 'pg_database'::regclass AND t.{of_object} = {THIS_DATABASE}"
    for name, target in catalog.references.items():
        if target == "pg_database":
            return f"t.{name} = {THIS_DATABASE}"
    return ours
