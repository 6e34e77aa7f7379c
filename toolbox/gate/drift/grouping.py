"""What is told of one object together: each group of differences becomes a finding.

Postgres keeps a default, a NOT NULL, an identity's sequence, a constraint's index or a view's query
as objects of their own. Whoever reads a finding thinks of the column, the constraint, the view.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from toolbox.gate.catalog import Difference, Snapshot, wholes_of
from toolbox.gate.drift.classes import CONSTRAINTS, UNCLASSIFIED, rule_of

# What is told of as what it is part of: how both begin.
INNER = (
    ("column ", "index "),
    ("composite type column ", "composite type "),
    ("constraint ", "trigger "),
    ("default for ", "column "),
    ("default for ", "view column "),
    ("identity sequence of ", "column "),
    ("index ", "constraint "),
    ("materialized view column ", "materialized view "),
    ("not null of ", "column "),
    ('rule "_RETURN" ', "view "),
    ('rule "_RETURN" ', "materialized view "),
    ("trigger ", "constraint "),
    ("type ", "table "),
    ("type ", "type "),
    ("view column ", "view "),
)
# What follows from another type: of the column, and of operators that go by it.
FOLLOWS_FROM_TYPE = frozenset({"column-storage"})
OF_TYPES = frozenset(
    {"conexclop", "conffeqop", "conpfeqop", "conppeqop", "indclass", "indcollation"}
)
# What a table that is a partition, or inherits, has of its parent.
INHERITED = frozenset(
    {"attinhcount", "attislocal", "coninhcount", "conislocal", "conparentid", "tgparentid"}
)


@dataclass
class Group:
    """The differences of one subject under one rule."""

    rule: str
    subject: str
    differences: list[Difference] = field(default_factory=list)

    @property
    def attributes(self) -> set[str]:
        """The facts that differ; "" for one that is on one side only."""
        return {one.attribute for one in self.differences}


def grouped(found: list[Difference], left: Snapshot, right: Snapshot) -> list[Group]:
    """Return the differences by subject and rule."""
    groups: dict[tuple[str, str], Group] = {}
    for one in found:
        subject = told_as(one.subject, left, right)
        rule = rule_of(one, left, right)
        if subject != one.subject and rule in {"foreign-key", "index", "trigger"}:
            rule = _rule_of_constraint(subject, left, right) or rule
        groups.setdefault((rule, subject), Group(rule, subject)).differences.append(one)
    return _without_consequences([*groups.values()], left, right)


def told_as(subject: str, *sides: Snapshot) -> str:
    """Return what a subject is told of as."""
    for side in sides:
        for whole in sorted(side.parts.get(subject, ())):
            if any(subject.startswith(a) and whole.startswith(b) for a, b in INNER):
                return told_as(whole, *sides)
    return subject


def _rule_of_constraint(subject: str, *sides: Snapshot) -> str | None:
    for side in sides:
        facts = side.entries.get(("pg_constraint", subject, ""), {})
        if facts:
            return CONSTRAINTS.get(str(facts["contype"]))
    return None


def _without_consequences(groups: list[Group], *sides: Snapshot) -> list[Group]:
    """Leave out what another finding brings along, and would be gone with it."""
    found = Rules(groups)

    def is_consequence(group: Group) -> bool:
        own = found.by_subject[group.subject]
        wholes = wholes_of(group.subject, *sides)
        above = {rule for whole in wholes for rule in found.by_subject.get(whole, ())}
        return (
            (group.attributes <= OF_TYPES and found.types_differ)
            or (
                group.attributes <= INHERITED
                and not found.families.isdisjoint({group.subject, *wholes})
            )
            or (group.attributes == {"relam"} and "table" in own)
            or (group.rule in FOLLOWS_FROM_TYPE and "column-type" in own)
            or (group.rule == "owner" and "owner" in above)
            or (group.rule != "extension" and "extension" in above)
            or (group.rule == UNCLASSIFIED and _is_known_link(group, found))
        )

    return [group for group in groups if not is_consequence(group)]


class Rules:
    """Which rules were found, and of what."""

    def __init__(self, groups: list[Group]) -> None:
        self.by_subject: dict[str, set[str]] = defaultdict(set)
        for group in groups:
            self.by_subject[group.subject].add(group.rule)
        self.types_differ = any(group.rule == "column-type" for group in groups)
        # What has another parent, or none.
        self.families = {
            one.subject
            for group in groups
            for one in group.differences
            if one.catalog == "pg_inherits"
        }


def _is_known_link(group: Group, found: Rules) -> bool:
    """Tell whether a group is only links between objects of which one is told of already."""
    return all(
        one.catalog == "pg_depend"
        and (
            len(found.by_subject[group.subject]) > 1
            or one.which.split(" ", 1)[1] in found.by_subject
        )
        for one in group.differences
    )
