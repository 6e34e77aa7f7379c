"""Which rule a difference falls under; what no table here knows is `unclassified`."""

from types import MappingProxyType

from toolbox.gate.catalog import Difference, Snapshot

UNCLASSIFIED = "unclassified"

# The rule for what a catalog tells, where nothing below says otherwise.
CATALOGS = MappingProxyType(
    {
        "pg_aggregate": "function",
        "pg_am": "operator",
        "pg_amop": "operator",
        "pg_amproc": "operator",
        "pg_attrdef": "column-default",
        "pg_attribute": "column",
        "pg_cast": "cast",
        "pg_class": "table",
        "pg_collation": "collation",
        "pg_constraint": "check-constraint",
        "pg_conversion": "cast",
        "pg_database": "database-settings",
        "pg_db_role_setting": "database-settings",
        "pg_default_acl": "privileges",
        "pg_description": "comment",
        "pg_enum": "enum",
        "pg_event_trigger": "trigger",
        "pg_extension": "extension",
        "pg_foreign_data_wrapper": "foreign-data",
        "pg_foreign_server": "foreign-data",
        "pg_foreign_table": "foreign-data",
        "pg_index": "index",
        "pg_inherits": "partition",
        "pg_init_privs": "privileges",
        "pg_language": "function",
        "pg_largeobject_metadata": "large-object",
        "pg_namespace": "schema",
        "pg_opclass": "operator",
        "pg_operator": "operator",
        "pg_opfamily": "operator",
        "pg_partitioned_table": "partition",
        "pg_policy": "row-security",
        "pg_proc": "function",
        "pg_publication": "publication",
        "pg_publication_namespace": "publication",
        "pg_publication_rel": "publication",
        "pg_range": "type",
        "pg_rewrite": "rewrite-rule",
        "pg_seclabel": "security-label",
        "pg_sequence": "sequence",
        "pg_shdescription": "comment",
        "pg_shseclabel": "security-label",
        "pg_statistic_ext": "statistics",
        "pg_subscription": "publication",
        "pg_subscription_rel": "publication",
        "pg_transform": "cast",
        "pg_trigger": "trigger",
        "pg_ts_config": "text-search",
        "pg_ts_config_map": "text-search",
        "pg_ts_dict": "text-search",
        "pg_ts_parser": "text-search",
        "pg_ts_template": "text-search",
        "pg_type": "type",
        "pg_user_mapping": "foreign-data",
    }
)

# The rule for one fact, whatever it is a fact of.
ATTRIBUTES = MappingProxyType(
    {
        "attcollation": "column-type",
        "attcompression": "column-storage",
        "attfdwoptions": "foreign-data",
        "attgenerated": "generated-column",
        "attidentity": "identity",
        "attinhcount": "partition",
        "attislocal": "partition",
        "conparentid": "partition",
        "coninhcount": "partition",
        "conislocal": "partition",
        "attnotnull": "column-nullable",
        "attoptions": "statistics",
        "attstattarget": "statistics",
        "attstorage": "column-storage",
        "atttypid": "column-type",
        "atttypmod": "column-type",
        "datacl": "privileges",
        "relforcerowsecurity": "row-security",
        "relispartition": "partition",
        "relpartbound": "partition",
        "relrowsecurity": "row-security",
        "type": "column-type",
    }
)
TABLE_OPTIONS = frozenset(
    {"relam", "reloptions", "relpersistence", "relreplident", "reltablespace", "toast options"}
)
# Columns that every table has: nothing but privileges on them can differ.
OF_EVERY_TABLE = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})
CONSTRAINTS = MappingProxyType(
    {
        "c": "check-constraint",
        "f": "foreign-key",
        "n": "column-nullable",
        "p": "primary-key",
        "t": "trigger",
        "u": "unique-constraint",
        "x": "exclusion-constraint",
    }
)

# The rule by what the subject is, for catalogs that have several kinds, or tell of all.
KINDS = MappingProxyType(
    {
        "foreign table": "foreign-data",
        "identity": "identity",
        "index": "index",
        "materialized view": "view",
        "not null": "column-nullable",
        "sequence": "sequence",
        "table": "table",
        "view": "view",
    }
)
TYPES = MappingProxyType({"d": "domain", "e": "enum"})


def rule_of(one: Difference, left: Snapshot, right: Snapshot) -> str:
    """Return the name of the rule that a difference falls under."""
    if one.attribute.endswith("owner") or one.attribute == "datdba":
        return "owner"
    if one.attribute.endswith("acl") or one.catalog == "pg_init_privs":
        return "privileges"
    facts = [_facts(one, side) for side in (left, right)]
    special = SPECIAL.get(one.catalog)
    found = special(one, facts) if special else None
    return found or ATTRIBUTES.get(one.attribute) or CATALOGS.get(one.catalog, UNCLASSIFIED)


def _facts(one: Difference, side: Snapshot) -> dict[str, object]:
    return side.entries.get((one.catalog, one.subject, ""), {})


Facts = list[dict[str, object]]


def _values(facts: Facts, name: str) -> set[object]:
    return {one.get(name) for one in facts} - {None}


def _kind(one: Difference) -> str | None:
    for kind, name in KINDS.items():
        if one.subject.startswith(f"{kind} "):
            return name
    return None


def _of_attribute(one: Difference, _: Facts) -> str | None:
    if " of index " in one.subject:
        return "index"
    if one.subject.startswith(("view ", "materialized view ")):
        return "view"
    if one.subject.rsplit(".", 1)[-1] in OF_EVERY_TABLE:
        return "privileges"
    if one.which == "order" or one.subject.startswith("composite type column "):
        return "type"
    return None


def _of_class(one: Difference, _: Facts) -> str | None:
    if one.subject.startswith("composite type "):
        return "type"
    kind = _kind(one)
    if kind == "table" and one.attribute in TABLE_OPTIONS:
        return "table-options"
    return None if one.attribute in ATTRIBUTES else kind


def _of_constraint(one: Difference, facts: Facts) -> str | None:
    if one.attribute in ATTRIBUTES:
        return None
    if one.subject.startswith("domain constraint "):
        return "domain"
    for kind in _values(facts, "contype"):
        return CONSTRAINTS.get(str(kind))
    return None


def _of_depend(one: Difference, _: Facts) -> str | None:
    kind, other = one.which.split(" ", 1)
    if kind in "ex":
        return "extension"
    if kind in "PS":
        return "partition"
    if " of index " in one.subject or one.subject.startswith("index "):
        return "index"
    if one.subject.startswith("sequence ") or other.startswith("sequence "):
        return "sequence"
    return UNCLASSIFIED


def _of_rewrite(one: Difference, _: Facts) -> str | None:
    return "view" if one.subject.startswith('rule "_RETURN" ') else None


def _of_sequence(one: Difference, _: Facts) -> str | None:
    return _kind(one)


def _of_trigger(_: Difference, facts: Facts) -> str | None:
    constraints = " ".join(map(str, _values(facts, "tgconstraint")))
    return "foreign-key" if True in _values(facts, "tgisinternal") and constraints else None


def _of_type(_: Difference, facts: Facts) -> str | None:
    for kind in _values(facts, "typtype"):
        return TYPES.get(str(kind))
    return None


def _of_default(_: Difference, facts: Facts) -> str | None:
    return "generated-column" if _values(facts, "generated") & {"s", "v"} else None


SPECIAL = MappingProxyType(
    {
        "pg_attrdef": _of_default,
        "pg_attribute": _of_attribute,
        "pg_class": _of_class,
        "pg_constraint": _of_constraint,
        "pg_depend": _of_depend,
        "pg_rewrite": _of_rewrite,
        "pg_sequence": _of_sequence,
        "pg_trigger": _of_trigger,
        "pg_type": _of_type,
    }
)
