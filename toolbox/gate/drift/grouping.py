"""What is told of one object together: each group of differences becomes a finding.

Postgres keeps a default, a NOT NULL, an identity's sequence, a constraint's index or a view's query
as objects of their own. Whoever reads a finding thinks of the column, the constraint, the view.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from toolbox.gate.catalog import Difference, Snapshot
from toolbox.gate.drift.classes import CONSTRAINTS, UNCLASSIFIED, rule_of

# Subjects that are told of as what they are part of, by how they begin.
INNER = (
    "column 1 of ",
    "default for ",
    "identity sequence of ",
    "not null of ",
    "rule ",
    "view column ",
    "materialized view column ",
    "composite type column ",
)
# What follows from another type: of the column, and of a foreign key's operators.
FOLLOWS_FROM_TYPE = frozenset({"column-storage"})
OF_TYPES = frozenset(
    {"conexclop", "conffeqop", "conpfeqop", "conppeqop", "indclass", "indcollation"}
)


@dataclass
class Group:
    """The differences of one subject under one rule."""

    rule: str
    subject: str
    differences: list[Difference] = field(default_factory=list)


def grouped(found: list[Difference], left: Snapshot, right: Snapshot) -> list[Group]:
    """Return the differences by subject and rule."""
    groups: dict[tuple[str, str], Group] = {}
    for one in found:
        rule = rule_of(one, left, right)
        subject = one.subject
        for side in (left, right):
            outer, of_constraint = _outer(one, side)
            if outer:
                subject = outer
                rule = of_constraint or rule
                break
        group = groups.setdefault((rule, subject), Group(rule, subject))
        group.differences.append(one)
    return _without_consequences([*groups.values()])


def _outer(one: Difference, side: Snapshot) -> tuple[str | None, str | None]:
    """Return what a subject is told of as, and the rule if that is a constraint's."""
    for whole in sorted(side.parts.get(one.subject, ())):
        if whole.startswith("constraint ") and one.subject.startswith(("index ", "trigger ")):
            return whole, _rule_of_constraint(whole, side)
        if whole.startswith("table ") and one.subject.startswith("type "):
            return whole, None
        if one.subject.startswith("type ") and one.subject.endswith("[]"):
            return whole, None
        if one.subject.startswith("rule ") and '"_RETURN"' not in one.subject:
            return None, None
        if one.subject.startswith((*INNER, "column ")) and _is_inner(one.subject, whole):
            return whole, None
    return None, None


def _is_inner(subject: str, whole: str) -> bool:
    if subject.startswith("column "):  # of an index
        return " of index " in subject
    if subject.startswith(("default ", "identity ", "not null ")):
        return whole.startswith("column ")
    return True


def _rule_of_constraint(subject: str, side: Snapshot) -> str | None:
    facts = side.entries.get(("pg_constraint", subject, ""), {})
    return CONSTRAINTS.get(str(facts.get("contype")))


def _without_consequences(groups: list[Group]) -> list[Group]:
    """Leave out what another type brings along, and links of what is told of already."""
    rules = defaultdict(set)
    for group in groups:
        rules[group.subject].add(group.rule)
    types_differ = any(group.rule == "column-type" for group in groups)
    return [
        group
        for group in groups
        if not (group.rule in FOLLOWS_FROM_TYPE and "column-type" in rules[group.subject])
        and not (types_differ and {one.attribute for one in group.differences} <= OF_TYPES)
        and not (group.rule == UNCLASSIFIED and _is_link(group) and len(rules[group.subject]) > 1)
    ]


def _is_link(group: Group) -> bool:
    return all(one.catalog == "pg_depend" for one in group.differences)
