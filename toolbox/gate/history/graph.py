"""How the revisions follow each other: what makes the history more than one line, or none."""

from collections import Counter
from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.history.sources import Source, fault

LONGEST = 32  # characters: alembic_version.version_num is varchar(32)


def check(sources: list[Source]) -> list[Finding]:
    """Return what is wrong with the graph of the revisions."""
    # Of files with one id Alembic takes one.
    single = [*{each.revision: each for each in sources}.values()]
    broken = [*_ids(sources), *_unknown(single), *_cycles(single)]
    if FATAL & {each.rule for each in broken}:
        return broken
    return [*broken, *_bases(single), *_heads(single)]


# With these Alembic loads no revision at all, or another one than is meant.
FATAL = frozenset(
    {"broken-file", "stray-file", "duplicate-revision", "unknown-revision", "revision-cycle"}
)


def _ids(sources: list[Source]) -> Iterator[Finding]:
    times = Counter(each.revision for each in sources)
    seen: set[str] = set()
    for each in sources:
        subject = f"revision {each.revision}"
        if len(each.revision) > LONGEST:
            message = (
                f"The id {each.revision!r} has {len(each.revision)} characters; alembic_version "
                f"holds {LONGEST}, so the upgrade fails after its work is done."
            )
            yield fault("long-revision-id", subject, message, each.place())
        if times[each.revision] > 1 and each.revision in seen:
            message = (
                f"{times[each.revision]} files have the id {each.revision!r}: one of them never "
                "runs."
            )
            yield fault("duplicate-revision", subject, message, each.place())
        seen.add(each.revision)
    labels = Counter(label for each in sources for label in each.labels)
    for each in sources:
        for label in each.labels:
            if labels[label] > 1 or label in times:
                message = f"The branch label {label!r} names more than one thing."
                yield fault(
                    "duplicate-revision", f"label {label}", message, each.place(of="branch_labels")
                )


def _unknown(sources: list[Source]) -> Iterator[Finding]:
    known = {each.revision for each in sources}
    labels = {label for each in sources for label in each.labels}
    for each in sources:
        for name in each.down:
            if not _is_known(name, known, set()):
                yield _of_unknown(each, name, "down_revision", "builds on")
        for name in each.depends:
            if not _is_known(name, known, labels):
                yield _of_unknown(each, name, "depends_on", "depends on")


def _is_known(name: str, known: set[str], labels: set[str]) -> bool:
    """Tell whether there is such a revision; Alembic lets its first characters do, too."""
    if name in known or name.partition("@")[0] in labels:
        return True
    return len([each for each in known if len(name) >= 4 and each.startswith(name)]) == 1


def _of_unknown(source: Source, name: str, where: str, verb: str) -> Finding:
    message = (
        f"{source.revision} {verb} {name!r}, which no file has: it was deleted, renamed, or is on "
        "a branch that was not merged."
    )
    return fault("unknown-revision", f"revision {source.revision}", message, source.place(of=where))


def _cycles(sources: list[Source]) -> Iterator[Finding]:
    """Give each circle once: what is left when all that has no open parent is taken away."""
    left = {each.revision: each for each in sources}
    while True:
        free = [
            name for name, each in left.items() if not {*each.down, *each.depends} & left.keys()
        ]
        if not free:
            break
        for name in free:
            del left[name]
    circle = [each for each in left.values() if _reaches(each, each.revision, left)]
    if circle:
        names = ", ".join(each.revision for each in circle)
        message = f"These revisions follow each other in a circle: {names}."
        yield fault(
            "revision-cycle",
            f"revision {circle[0].revision}",
            message,
            circle[0].place(of="down_revision"),
        )


def _reaches(source: Source, target: str, among: dict[str, Source]) -> bool:
    waiting, seen = [*source.down, *source.depends], set[str]()
    while waiting:
        name = waiting.pop()
        if name == target:
            return True
        if name in among and name not in seen:
            seen.add(name)
            waiting += [*among[name].down, *among[name].depends]
    return False


def _bases(sources: list[Source]) -> Iterator[Finding]:
    """Give the bases besides the first; one with a label of its own is meant to be one."""
    bases = [each for each in sources if not each.down]
    children = {name for each in sources for name in each.down}
    main = max(bases, key=lambda each: _descendants(each, sources), default=None)
    for each in bases:
        if each is main or each.labels or each.depends:
            continue
        alone = "" if each.revision in children else ", and nothing builds on it"
        message = (
            f"{each.revision} builds on nothing, beside the base {main.revision if main else ''}"
            f"{alone}: it lost its down_revision, or begins a branch and has no branch_labels."
        )
        yield fault(
            "several-bases", f"revision {each.revision}", message, each.place(of="down_revision")
        )


def _descendants(source: Source, sources: list[Source]) -> int:
    found, waiting = set[str](), [source.revision]
    while waiting:
        name = waiting.pop()
        for each in sources:
            if name in each.down and each.revision not in found:
                found.add(each.revision)
                waiting.append(each.revision)
    return len(found)


def _heads(sources: list[Source]) -> Iterator[Finding]:
    """Give the heads, where there are several in one branch."""
    followed = {name for each in sources for name in (*each.down, *each.depends)}
    labels = {label for each in sources for label in each.labels}
    heads = [
        each
        for each in sources
        if not any(each.revision.startswith(name) for name in followed - labels)
        and not set(each.labels) & followed
    ]
    by_branch: dict[frozenset[str], list[Source]] = {}
    for head in heads:
        by_branch.setdefault(_branch(head, sources), []).append(head)
    for branch in by_branch.values():
        if len(branch) > 1:
            names = ", ".join(each.revision for each in branch)
            message = (
                f"The history has {len(branch)} heads, {names}: `upgrade head` refuses. Two "
                "branches met that each added a revision."
            )
            remedy = "nox -s migrate -- --fix-heads"
            last = branch[-1]
            yield fault(
                "several-heads",
                f"revision {last.revision}",
                message,
                last.place(of="down_revision"),
                remedy,
            )


def _branch(source: Source, sources: list[Source]) -> frozenset[str]:
    """Return the labels of a revision's branch: its own and those of what it builds on."""
    by_name = {each.revision: each for each in sources}
    labels, waiting, seen = set[str](), [source.revision], set[str]()
    while waiting:
        each = by_name.get(waiting.pop())
        if each is not None and each.revision not in seen:
            seen.add(each.revision)
            labels |= set(each.labels)
            waiting += each.down
    return frozenset(labels)
