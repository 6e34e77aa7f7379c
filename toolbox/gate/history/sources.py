"""The revisions as they are written: read without running them, also where Alembic cannot."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.project import Project

NOT_REVISIONS = re.compile(r"\.#|__init__\.py$")  # what Alembic passes over
LEFT_BY_MERGES = re.compile(r"\.py(\.orig|\.rej|\.bak|\.save|~|\.\w*(BASE|LOCAL|REMOTE)\w*)$")


@dataclass(frozen=True)
class Source:
    """A revision's file, parsed.

    Args:
        path: the file.
        tree: what is in it.
        revision: its id.
        down: the ids that it follows; several for a merge, none for a base.
        labels: its branch's names.
        depends: revisions of other branches that it needs.
        lines: where each of these is assigned, by its name.
    """

    path: Path
    tree: ast.Module
    revision: str
    down: tuple[str, ...]
    labels: tuple[str, ...]
    depends: tuple[str, ...]
    lines: dict[str, int]

    def place(self, line: int | None = None, *, of: str = "revision") -> Place:
        """Return a place in it: a line, or where something is assigned."""
        return Place(self.revision, self.path, line or self.lines.get(of))

    def function(self, name: str) -> ast.FunctionDef | None:
        """Return `upgrade` or `downgrade`; None if the file has none."""
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == name:
                return statement
        return None


def fault(
    rule: str, subject: str, message: str, place: Place | None, remedy: str | None = None
) -> Finding:
    """Make a finding about the history."""
    return Finding(rule, Question.HISTORY, subject, message, place, remedy=remedy)


def folders(project: Project) -> list[Path]:
    """Return the folders in which a project has its revisions."""
    roots = [Path(each) for each in project.scripts._version_locations]  # noqa: SLF001 - all of them
    roots = [project.config_file.parent / each for each in roots]
    if not project.scripts.recursive_version_locations:
        return [each for each in roots if each.is_dir()]
    return [Path(folder) for root in roots for folder, _, _ in os.walk(root)]


def read_all(project: Project) -> tuple[list[Source], list[Finding]]:
    """Return the revisions in the order of their files, and what is wrong with the files."""
    sources: list[Source] = []
    findings: list[Finding] = []
    for folder in folders(project):
        if folder.name == "__pycache__":
            continue
        for path in sorted(folder.iterdir()):
            match _read(project, path):
                case Source() as source:
                    sources.append(source)
                case Finding() as finding:
                    findings.append(finding)
    return sources, [*findings, *_misnamed(project, sources)]


def _read(project: Project, path: Path) -> Source | Finding | None:
    if path.suffix == ".pyc":
        return None if project.scripts.sourceless else _stray(path, "has no source beside it")
    if LEFT_BY_MERGES.search(path.name):
        return _stray(path, "was left by a merge or an editor")
    if path.suffix != ".py" or NOT_REVISIONS.match(path.name):
        return None
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as exc:
        line = getattr(exc, "lineno", None)
        message = f"{path.name} is no Python: {exc}."
        return fault("broken-file", f"file {path.name}", message, Place("", path, line))
    return of_module(path, tree) or _stray(path, "has no `revision`, so Alembic can load nothing")


def _stray(path: Path, why: str) -> Finding:
    message = f"{path.name} is in the folder of the revisions and {why}."
    return fault("stray-file", f"file {path.name}", message, Place("", path))


def of_module(path: Path, tree: ast.Module) -> Source | None:
    """Return the revision in a module; None if it has none."""
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for name, value in _assignments(tree):
        try:
            values[name] = ast.literal_eval(value)
        except ValueError:
            continue
        finally:
            lines[name] = value.lineno
    revision = values.get("revision")
    if not isinstance(revision, str):
        return None
    return Source(
        path,
        tree,
        revision,
        _names(values.get("down_revision")),
        _names(values.get("branch_labels")),
        _names(values.get("depends_on")),
        lines,
    )


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def _names(value: object) -> tuple[str, ...]:
    match value:
        case str():
            return (value,)
        case tuple() | list() | set():
            return tuple(map(str, value))
    return ()


def _misnamed(project: Project, sources: list[Source]) -> Iterator[Finding]:
    """Give the files that do not bear their revision's id, where the project's others do."""
    if "%(rev)s" not in project.scripts.file_template:
        return
    wrong = [each for each in sources if each.revision not in each.path.name]
    if len(sources) - len(wrong) < max(3, len(wrong) * 2):
        return
    for each in wrong:
        message = f"{each.path.name} does not bear the id of its revision, {each.revision}."
        yield fault("misnamed-file", f"file {each.path.name}", message, each.place())
