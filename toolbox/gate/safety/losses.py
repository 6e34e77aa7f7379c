"""What a revision took away from whoever was there before, as the catalogs tell."""

import re
from collections.abc import Collection, Iterator

from toolbox.gate.catalog import Difference, Snapshot, compare
from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.safety import remedies
from toolbox.gate.safety.previous_app.replay import line_of
from toolbox.gate.safety.tracing import Trace

# What can go without anybody who reads or writes failing for it: demands, speed, and words.
MISSED_BY_NOBODY = frozenset(
    {
        "pg_attrdef",
        "pg_constraint",
        "pg_depend",
        "pg_description",
        "pg_index",
        "pg_inherits",
        "pg_init_privs",
        "pg_rewrite",
        "pg_seclabel",
        "pg_shdepend",
        "pg_statistic_ext",
    }
)
# A trigger that has a number for a name enforces a foreign key.
NOT_MISSED = re.compile(r"index |constraint |not null |trigger \d+ \(")
PRIVILEGES = frozenset({"relacl", "attacl", "nspacl", "proacl", "typacl", "datacl", "lanacl"})
DEFERRAL = frozenset({"condeferrable", "condeferred"})
OWNERS = frozenset({"relowner", "nspowner", "proowner", "typowner"})


def find(
    trace: Trace, before: Snapshot, after: Snapshot, *, known: Collection[str]
) -> Iterator[Finding]:
    """Yield what is gone, of objects and of privileges.

    Args:
        trace: the revision.
        before: the database before it.
        after: and after it.
        known: what is known to fail for the app, and needs no second word.
    """
    seen = set(known)
    gone = {one.rpartition(" ")[2] for one in known}
    names = {subject.partition(" ")[2] for _, subject, _ in after.entries}
    for one in compare(before, after):
        if (
            not one.attribute
            and one.catalog == "pg_class"
            and one.subject.partition(" ")[2] in names
        ):
            continue  # a view took a table's place: what it does for the app has been tried
        finding = _judge(trace, one)
        if one.subject.partition(" ")[2] in gone:
            continue  # its row type, or its place in the catalog of another kind
        if finding and finding.subject not in seen:
            gone.add(one.subject.partition(" ")[2])
            seen.add(finding.subject)
            yield finding


def _judge(trace: Trace, one: Difference) -> Finding | None:
    if one.attribute in PRIVILEGES:
        lost = sorted(set(one.left or ()) - set(one.right or ()))
        if lost and one.left is not None:
            message = f"Privileges are gone, or fewer than before: {', '.join(map(str, lost))}."
            return _finding("privilege-lost", trace, one.subject, message)
    elif one.attribute in OWNERS and not one.subject.startswith(("index ", "type ")):
        message = f"It belongs to {one.right} now, and not to {one.left}."
        return _finding("privilege-lost", trace, one.subject, message)
    elif one.attribute in DEFERRAL and one.left and not one.right:
        message = (
            "It was checked at the end of a transaction, and is at once now: the previous app may "
            "write in an order that is wrong until then."
        )
        return _finding("previous-write-fails", trace, one.subject, message)
    elif not one.attribute and one.right is None and one.catalog not in MISSED_BY_NOBODY:
        if NOT_MISSED.match(one.subject):
            return None
        which = f" {one.which}" if one.which else ""
        return _finding("object-lost", trace, one.subject, f"{one.subject}{which} is gone.")
    return None


def _finding(rule: str, trace: Trace, subject: str, message: str) -> Finding:
    place = Place(trace.revision, trace.file, line_of(trace, subject))
    remedy = remedies.EXPAND_CONTRACT.format(rule=rule, subject=subject)
    return Finding(rule, Question.SAFETY, subject, message, place, remedy=remedy)
