"""What the second engine saw that the first did not."""

import re
from collections.abc import Collection, Iterable

from toolbox.gate.catalog import Difference, Snapshot
from toolbox.gate.drift.dump import Block, Blocks, normal, with_names
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
IDENTIFIER = re.compile(r'"(?:[^"]|"")+"|[^\W\d]\w*')


def unexplained(
    left: Blocks, right: Blocks, snapshots: tuple[Snapshot, Snapshot], excused: list[Difference]
) -> dict[Block, tuple[str, str]]:
    """Return the blocks that differ, but for what the first engine saw and excused, on both sides.

    What is missing on a side is "" there.
    """
    right = with_names(right, _renamed(*snapshots))
    found = {}
    for block in left.keys() | right.keys():
        texts = left.get(block, ""), right.get(block, "")
        if normal(block, texts[0]) != normal(block, texts[1]) and not _is_excused(
            block, *texts, excused
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


def _is_excused(block: Block, left: str, right: str, excused: Iterable[Difference]) -> bool:
    wanted = normal(block, left)
    candidates = {right}
    for one in excused:
        for candidate in [*candidates]:
            candidates |= _replaced(candidate, str(one.right), str(one.left))
        if any(normal(block, candidate) == wanted for candidate in candidates):
            return True
        candidates = set(sorted(candidates)[:TRIES])
    return False


def _replaced(text: str, old: str, new: str) -> set[str]:
    old, new = old.strip().rstrip(";"), new.strip().rstrip(";")
    return {
        text[: found.start()] + new + text[found.end() :]
        for found in re.finditer(re.escape(old), text)
    }


def is_told(block: Block, texts: tuple[str, str], groups: Collection[Group]) -> bool:
    """Tell whether a finding of the first engine is about this block."""
    kind, _, name = block
    family = next((rules for suffix, rules in FAMILIES.items() if kind == suffix), None)
    words = set(IDENTIFIER.findall(" ".join([name, *texts])))
    return any(
        (group.rule in family if family else group.rule not in {"comment", "security-label"})
        and _own_name(group) in words
        for group in groups
    )


def _own_name(group: Group) -> str:
    """Return the name of the object that a finding is about, of a column its table's."""
    subject = group.subject
    if subject.startswith("column "):
        subject = subject.rpartition(".")[0]
    if subject == "database":
        return "this_database"
    return _last_name(subject)
