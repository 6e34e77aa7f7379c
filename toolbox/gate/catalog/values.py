"""The facts of a catalog's row as text, numbers and tuples that mean the same in any database."""

import re
from typing import Any

from toolbox.gate.catalog.identities import Identities, Row
from toolbox.gate.catalog.layout import Catalog

# Lists whose order means something; of all others, such as options and privileges, it does not.
ORDERED_LISTS = frozenset({"proargnames", "proargmodes", "stxexprs", "extcondition"})

# Lists of objects whose order means nothing; of others, such as arguments, it does.
SETS = frozenset({"confdelsetcols", "polroles", "prattrs", "stxkeys", "tgattr"})
# What is read with a row, and is no fact of it.
APART = frozenset({"definition", "acl owner"})
# The owner's own privileges go with the ownership.
OWNER = "owner"
ROLE = re.compile(r'"(?:[^"]|"")+"|\w+')


def render(catalog: Catalog, row: Row, names: Identities) -> dict[str, Any]:
    """Return the facts of a row, by column."""
    subject = catalog.subject
    polymorphic = catalog.polymorphic or ()
    further = row.keys() - catalog.columns.keys() - APART
    return {
        column: _render(catalog, column, row, names)
        for column in [*catalog.compared, *sorted(further)]
        if column != subject and column not in polymorphic
    }


def _render(catalog: Catalog, column: str, row: Row, names: Identities) -> Any:  # noqa: ANN401
    value = row[column]
    if value is None:
        return None
    if target := catalog.references.get(column):
        found = _of(names, names.catalogs[target], value)
        return tuple(sorted(found)) if column in SETS else found
    if column in catalog.numbers:
        found = _columns(names, row[catalog.numbers[column]], value)
        return tuple(sorted(found)) if column in SETS else found
    if catalog.columns.get(column) == "aclitem[]":
        return _privileges(value, row.get("acl owner"))
    if isinstance(value, list):
        ordered = column in ORDERED_LISTS or not all(isinstance(one, str) for one in value)
        return tuple(value if ordered else sorted(value))
    return value


def _privileges(value: list[str], owner: str | None) -> tuple[str, ...]:
    def role(match: re.Match[str]) -> str:
        name = match[0].strip('"').replace('""', '"')
        return OWNER if name == owner else match[0]

    def rename(item: str) -> str:
        holder, _, rest = item.rpartition("=")
        what, _, grantor = rest.partition("/")
        return f"{ROLE.sub(role, holder)}={what}/{ROLE.sub(role, grantor)}"

    return tuple(sorted(map(rename, value)))


def _of(names: Identities, catalog: int, value: int | list[int]) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return tuple(names.of((catalog, oid, 0)) for oid in value)
    return names.of((catalog, value, 0))


def _columns(names: Identities, relation: int, value: int | list[int]) -> Any:  # noqa: ANN401
    """Render numbers of columns; 0 stands for an expression."""
    if isinstance(value, list):
        return tuple(_columns(names, relation, one) for one in value)
    if not value or not relation:
        return value
    return names.of((names.catalogs["pg_class"], relation, value))
