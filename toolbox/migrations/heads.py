"""Two heads made one: where two branches met, one revision is let follow the other's.

Only the file of the one that moves is written, at the places where its syntax tree says that its
parent stands: the assignment of `down_revision`, and the line of its docstring that repeats it.
"""

import ast
import re
from dataclasses import dataclass

from toolbox.errors import ToolboxError
from toolbox.gate.history import Unknown
from toolbox.gate.history.frozen import frozen
from toolbox.gate.history.names import calls, imports
from toolbox.gate.history.sources import Source, read_all
from toolbox.gate.project import Project

REPEATED = re.compile(r"^(Revises: ?|Revision \S+, after )(?P<parents>.*?)\.?$", re.MULTILINE)


@dataclass(frozen=True)
class Move:
    """What is to be done to two heads.

    Args:
        moved: the first revision of the branch that moves.
        onto: the head that it is to follow.
        why: why this one moves.
        both: tables that both branches name.
    """

    moved: Source
    onto: Source
    why: str
    both: tuple[str, ...]

    def __str__(self) -> str:
        """Say it to the user."""
        text = (
            f"{self.moved.revision} follows {self.onto.revision} now, instead of "
            f"{', '.join(self.moved.down)}: {self.why}.\n{self.moved.path.name} was changed."
        )
        if self.both:
            text += (
                f"\nBoth branches name {', '.join(self.both)}: read whether the one that moved "
                "still fits, and run nox -s check_migrations."
            )
        return text


def fix_heads(project: Project, against: str | None = None) -> Move | None:
    """Let one of two heads follow the other; None if there is one head.

    Args:
        project: whose.
        against: the main branch, or any commit, whose revisions stay where they are.

    Raises:
        ToolboxError: there are more than two heads, or neither may move.
    """
    sources, faults = read_all(project)
    if faults:
        raise ToolboxError(faults[0].message)
    move = plan(sources, frozen(project, against))
    if move is not None:
        move.moved.path.write_bytes(reparented(move.moved, move.onto.revision))
    return move


def plan(sources: list[Source], known: dict[str, Source] | Unknown) -> Move | None:
    """Return which revision is to follow which."""
    by_id = {each.revision: each for each in sources}
    followed = {name for each in sources for name in each.down}
    heads = [each for each in sources if each.revision not in followed]
    if len(heads) < 2:
        return None
    if len(heads) > 2:
        names = ", ".join(each.revision for each in heads)
        raise ToolboxError(f"There are {len(heads)} heads, {names}: merge one branch at a time.")
    on_main = set() if isinstance(known, Unknown) else known.keys()
    staying, moving = sorted(heads, key=lambda each: (each.revision not in on_main, each.path.name))
    if moving.revision in on_main:
        raise ToolboxError(
            f"{staying.revision} and {moving.revision} are both on the main branch, where "
            "databases have run them: neither may move. Join them: "
            f'nox -s migrate -- merge -m "merge" {staying.revision} {moving.revision}'
        )
    branch = _own(moving, by_id, _ancestors(staying, by_id))
    if len(branch[0].down) != 1:
        raise ToolboxError(
            f"{branch[0].revision} has {len(branch[0].down)} parents: set its down_revision by "
            "hand."
        )
    stuck = [each.revision for each in branch if each.revision in on_main]
    if stuck:
        raise ToolboxError(f"{stuck[0]} is on the main branch, so what it follows stays.")
    why = (
        f"{staying.revision} is on the main branch"
        if staying.revision in on_main
        else "its file is the later one"
    )
    others = _own(staying, by_id, _ancestors(moving, by_id))
    return Move(branch[0], staying, why, _both(branch, others))


def _ancestors(source: Source, by_id: dict[str, Source]) -> set[str]:
    found, waiting = set[str](), [source.revision]
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_id:
            found.add(name)
            waiting += by_id[name].down
    return found


def _own(head: Source, by_id: dict[str, Source], others: set[str]) -> list[Source]:
    """Return the revisions of a head's branch that the other has not, oldest first."""
    branch = [head]
    while len(branch[0].down) == 1 and branch[0].down[0] not in others:
        branch.insert(0, by_id[branch[0].down[0]])
    return branch


def _both(ours: list[Source], theirs: list[Source]) -> tuple[str, ...]:
    """Return the tables that both branches name."""
    return tuple(sorted(tables_of(ours) & tables_of(theirs)))


# Where an operation has the name of its table: as the first argument, or as the second.
SECOND = re.compile(r"alembic\.op\.(create|drop)_\w*(index|constraint|key)$")
IN_SQL = re.compile(
    r"\b(?:TABLE|INTO|UPDATE|FROM|JOIN|ON)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    r"([a-z_][\w.]*)",
    re.IGNORECASE,
)


def tables_of(branch: list[Source]) -> set[str]:
    """Return the tables that revisions name in operations, or in SQL."""
    found: set[str] = set()
    for source in branch:
        for name, call in calls(source.tree, imports(source.tree)):
            if not name.startswith("alembic.op.") or name == "alembic.op.f":
                continue
            texts = [_text(each) for each in call.args]
            texts += [_text(each.value) for each in call.keywords if each.arg == "table_name"]
            at = 1 if SECOND.match(name) else 0
            if name == "alembic.op.execute":
                found |= {match for text in texts for match in IN_SQL.findall(text or "")}
            else:
                found |= {text for text in (*texts[at : at + 1], *texts[len(call.args) :]) if text}
    return found


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
    return None


def reparented(source: Source, parent: str) -> bytes:
    """Return a revision's file with another parent, and everything else as it is."""
    content = source.path.read_bytes()
    spans: list[tuple[int, int, str]] = []
    for statement in source.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="down_revision")], value=value)
                | ast.AnnAssign(target=ast.Name(id="down_revision"), value=ast.expr() as value)
            ):
                spans.append((*_span(content, value), f'"{parent}"'))
            case ast.Expr(value=ast.Constant(value=str()) as value) if (
                statement is source.tree.body[0]
            ):
                spans += _repeated(content, _span(content, value), parent)
    for start, end, text in sorted(spans, reverse=True):
        content = content[:start] + text.encode() + content[end:]
    return content


def _repeated(content: bytes, span: tuple[int, int], parent: str) -> list[tuple[int, int, str]]:
    """Return where the docstring names the parent."""
    match = REPEATED.search(content[slice(*span)].decode())
    if match is None:
        return []
    before = content[slice(*span)].decode()
    start = span[0] + len(before[: match.start("parents")].encode())
    return [(start, start + len(match["parents"].encode()), parent)]


def _span(content: bytes, node: ast.expr) -> tuple[int, int]:
    """Return where a node begins and ends, in bytes: that is how `ast` counts columns."""
    lines = content.splitlines(keepends=True)
    starts = [sum(map(len, lines[: number - 1])) for number in (node.lineno, node.end_lineno or 0)]
    return starts[0] + node.col_offset, starts[1] + (node.end_col_offset or 0)
