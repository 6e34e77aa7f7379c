"""What a group of differences says, in a sentence."""

from types import MappingProxyType
from typing import Any

from toolbox.gate.catalog import Difference, Snapshot
from toolbox.gate.drift.grouping import Group

LONGEST = 300  # characters of a fact, of which the rest is left out
# Facts of which another one of the same subject says more.
SAID_BY = MappingProxyType({"atttypid": "type", "atttypmod": "type", "typtypmod": "base type"})
# The catalogs' names for facts are for those who know them; of common ones, SQL's are said too.
WORDS = MappingProxyType(
    {
        "adbin": "the default",
        "attcollation": "the collation",
        "attcompression": "the compression",
        "attgenerated": "GENERATED (s: STORED, v: VIRTUAL)",
        "attidentity": "the identity (a: ALWAYS, d: BY DEFAULT)",
        "attnotnull": "NOT NULL",
        "attstattarget": "the statistics target",
        "attstorage": "the storage (p: PLAIN, e: EXTERNAL, x: EXTENDED, m: MAIN)",
        "conbin": "the expression",
        "condeferrable": "DEFERRABLE",
        "condeferred": "INITIALLY DEFERRED",
        "conenforced": "ENFORCED",
        "confdeltype": "ON DELETE (a: NO ACTION, r: RESTRICT, c: CASCADE, n: SET NULL)",
        "conkey": "the columns",
        "convalidated": "VALID",
        "description": "the comment",
        "enumsortorder": "the place among the values",
        "generated": "GENERATED (s: STORED, v: VIRTUAL)",
        "indisvalid": "VALID",
        "indpred": "the predicate",
        "prosrc": "the body",
        "relacl": "the privileges",
        "relforcerowsecurity": "FORCE ROW LEVEL SECURITY",
        "reloptions": "the options",
        "relowner": "the owner",
        "relpartbound": "the partition's bounds",
        "relrowsecurity": "ROW LEVEL SECURITY",
        "tgenabled": "the trigger's state (O: enabled, D: disabled, R: REPLICA, A: ALWAYS)",
    }
)


def sentence(group: Group, left: Snapshot, right: Snapshot) -> str:
    """Say what differs, with both sides."""
    definitions = [side.definitions.get(group.subject) for side in (left, right)]
    if all(definitions) and definitions[0] != definitions[1]:
        return _both("the definition", *definitions)
    names = {one.attribute for one in group.differences}
    told = [one for one in group.differences if SAID_BY.get(one.attribute) not in names]
    return "; ".join(dict.fromkeys(_of(one, group, left, right) for one in told)) + "."


def _of(one: Difference, group: Group, left: Snapshot, right: Snapshot) -> str:
    if one.attribute:
        words = WORDS.get(one.attribute, one.attribute)
        about = "" if one.subject == group.subject else f" of {one.subject}"
        which = f" of {one.which}" if one.which else ""
        return _both(f"{words}{which}{about}", one.left, one.right).rstrip(".")
    where = "models" if one.right is None else "migrations"
    other = "migrations" if one.right is None else "models"
    what = one.which or one.subject
    definition = (left if one.right is None else right).definitions.get(one.subject)
    facts = one.left if one.right is None else one.right
    shown = definition or ", ".join(f"{k} {_text(v)}" for k, v in facts.items() if _is_telling(v))
    as_what = f" ({_short(shown)})" if shown and one.catalog in SHOWN else ""
    return f"only the {where} have {what}{as_what}, the {other} do not"


# Of what these tell, the facts say more than the name.
SHOWN = frozenset({"pg_attrdef", "pg_constraint", "pg_description", "pg_index", "pg_trigger"})


def _is_telling(value: Any) -> bool:  # noqa: ANN401 - a fact
    return value not in (None, "", "-", (), False, 0)


def _both(what: str, left: Any, right: Any) -> str:  # noqa: ANN401 - facts
    return f"{what}: models {_short(_text(left))}, migrations {_short(_text(right))}"


def _text(value: Any) -> str:  # noqa: ANN401 - a fact
    if value is None or value in {"", "-"}:
        return "none"
    if isinstance(value, tuple):
        return "{" + ", ".join(map(_text, value)) + "}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
