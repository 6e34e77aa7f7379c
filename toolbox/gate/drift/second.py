"""What the second engine saw that the first did not."""

import re
from collections.abc import Collection, Iterable

from toolbox.gate.catalog import Difference, Snapshot, wholes_of
from toolbox.gate.drift.dump import THIS_DATABASE, Block, Blocks, normal, with_names
from toolbox.gate.drift.grouping import Group

# Of an expression, as many ways to put the other side's in its place are tried.
TRIES = 256
# Blocks about something that the rules of these names tell of.
FAMILIES = {
    "ACL": {"privileges", "owner"},
    "DEFAULT ACL": {"privileges"},
    "COMMENT": {"comment"},
    "SECURITY LABEL": {"security-label"},
}
# Subjects with a list of columns whose order is that in which they were added to the table.
LISTS = ("statistics ", "trigger ")
IDENTIFIER = re.compile(r'"(?:[^"]|"")+"|[^\W\d]\w*')


def unexplained(
    left: Blocks, right: Blocks, snapshots: tuple[Snapshot, Snapshot], excused: list[Difference]
) -> dict[Block, tuple[str, str]]:
    """Return the blocks that differ, but for what the first engine saw and excused, on both sides.

    What is missing on a side is "" there.
    """
    right = with_names(right, _renamed(*snapshots))
    pairs = [(str(one.left), str(one.right)) for one in excused] + _definitions(*snapshots)
    found = {}
    for block in left.keys() | right.keys():
        texts = left.get(block, ""), right.get(block, "")
        if normal(block, texts[0]) != normal(block, texts[1]) and not _is_excused(
            block, *texts, pairs
        ):
            found[block] = texts
    return found


def _renamed(left: Snapshot, right: Snapshot) -> dict[str, str]:
    """Return, of what Postgres itself named, the right side's names and the left side's."""
    renamed = {}
    for subject, name in right.own_names.items():
        other = left.own_names.get(subject, name)
        if other != name:
            ours, theirs = _last_name(other), _last_name(name)
            renamed[theirs] = ours
    return renamed


def _last_name(identity: str) -> str:
    """Return the object's own name in an identity such as `constraint c on public.t`."""
    names = IDENTIFIER.findall(identity.split(" on ", 1)[0])
    return str(names[-1])


def _definitions(left: Snapshot, right: Snapshot) -> list[tuple[str, str]]:
    """Return the definitions that list the same columns in an order without meaning: UPDATE OF."""
    return [
        (definition, right.definitions[subject])
        for subject, definition in left.definitions.items()
        if (subject.startswith(LISTS) or " ON DELETE SET " in definition)
        and definition != right.definitions.get(subject, definition)
        and _words(definition) == _words(right.definitions[subject])
    ]


def _words(definition: str) -> list[str]:
    return sorted(re.findall(r"\w+|[^\w\s]", definition))


def _is_excused(block: Block, left: str, right: str, pairs: Iterable[tuple[str, str]]) -> bool:
    wanted = normal(block, left)
    candidates = {right}
    for ours, theirs in pairs:
        for candidate in [*candidates]:
            candidates |= _replaced(candidate, theirs, ours)
        if any(normal(block, candidate) == wanted for candidate in candidates):
            return True
        candidates = set(sorted(candidates)[:TRIES])
    return False


def _replaced(text: str, old: str, new: str) -> set[str]:
    pairs = {(old, new), (old.strip().rstrip(";"), new.strip().rstrip(";"))}
    return {
        text[: found.start()] + replacement + text[found.end() :]
        for expression, replacement in pairs
        for found in re.finditer(re.escape(expression), text)
        if expression
    }


def is_told(
    block: Block, texts: tuple[str, str], groups: Collection[Group], *sides: Snapshot
) -> bool:
    """Tell whether a finding of the first engine is about this block, or what it is part of."""
    kind, _, name = block
    family = FAMILIES.get(kind)
    words = set(IDENTIFIER.findall(" ".join([name, *texts])))
    return any(
        (
            _is_of_family(group, family)
            if family
            else group.rule not in {"comment", "security-label"}
        )
        and not words.isdisjoint(_names(group, sides))
        for group in groups
    )


def _names(group: Group, sides: Collection[Snapshot]) -> set[str]:
    """Return the names of what a finding is about: with a missing table, of all that is its."""
    subjects = {group.subject}
    if "" in group.attributes:
        subjects |= parts_of(group.subject, *sides)
    return set(map(own_name, subjects))


def parts_of(whole: str, *sides: Snapshot) -> set[str]:
    """Return all that is part of a subject, on any of the sides."""
    return {one for side in sides for one in side.parts if whole in wholes_of(one, *sides)}


def _is_of_family(group: Group, rules: set[str]) -> bool:
    """Tell whether a finding tells of comments, say: also that there is nothing to comment on."""
    return group.rule in rules or "" in group.attributes


def own_name(subject: str) -> str:
    """Return the name of an object, of a column its table's."""
    if subject.startswith("column "):
        subject = subject.rpartition(".")[0]
    return THIS_DATABASE if subject == "database" else _last_name(subject)
