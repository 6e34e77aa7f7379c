"""Revisions that the main branch has are frozen: databases have run them, and will not again."""

import ast
import copy
import hashlib
from collections.abc import Iterator

from alembic.script import Script

from toolbox.errors import ToolboxError
from toolbox.gate.exceptions import is_list
from toolbox.gate.finding import Finding
from toolbox.gate.history import git
from toolbox.gate.history.git import Unknown
from toolbox.gate.history.sources import Source, fault, folders, of_module
from toolbox.gate.project import Project

WHY = "Databases that have run it do not run it again: write a new revision instead."


def new_revisions(project: Project, against: str | None = None) -> list[Script] | Unknown:
    """Return the revisions that the main branch lacks, each after those that it builds on.

    Args:
        project: the project.
        against: the main branch, or any commit; see `git.base`.
    """
    known = frozen(project, against)
    if isinstance(known, Unknown):
        return known
    try:
        return [each for each in project.revisions() if each.revision not in known]
    except ToolboxError as exc:
        return Unknown(str(exc))


def frozen(project: Project, against: str | None = None) -> dict[str, Source] | Unknown:
    """Return the revisions of the main branch as they are there, by their ids."""
    at = git.base(project.config_file.parent, against)
    if isinstance(at, Unknown):
        return at
    found: dict[str, Source] = {}
    for folder in folders(project):
        if not folder.resolve().is_relative_to(at.root.resolve()):
            return Unknown(f"{folder} is outside of the repository {at.root}")
        for path, content in git.files(at, folder).items():
            try:
                source = of_module(path, ast.parse(content))
            except (SyntaxError, ValueError):
                continue
            if source is not None:
                found[source.revision] = source
    return found


def check(known: dict[str, Source], sources: list[Source]) -> list[Finding]:
    """Return which frozen revisions are not as they were.

    Args:
        known: those of the main branch, by their ids.
        sources: the revisions as they are now.
    """
    now = {each.revision: each for each in sources}
    return [
        finding
        for revision, before in known.items()
        for finding in _judge(before, now.get(revision))
    ]


def _judge(before: Source, now: Source | None) -> Iterator[Finding]:
    name = before.revision
    subject = f"revision {name}"
    if now is None:
        message = (
            f"{name} is on the main branch and has no file any more: Alembic cannot place a "
            "database that is at it."
        )
        yield fault("deleted-revision", subject, message, None)
        return
    if now.path.resolve() != before.path.resolve():
        message = f"{name} is on the main branch as {before.path.name}."
        yield fault("renamed-revision", subject, message, now.place())
    if (now.down, now.depends) != (before.down, before.depends):
        was = ", ".join(before.down) or "nothing"
        message = f"{name} is on the main branch, where it follows {was}. {WHY}"
        place = now.place(of="down_revision")
        yield fault("reparented-revision", subject, message, place)
    elif fingerprint(now.tree) != fingerprint(before.tree):
        message = f"{name} is on the main branch, where it does something else. {WHY}"
        yield fault("changed-revision", subject, message, now.place())


def fingerprint(tree: ast.Module) -> str:
    """Return what stays the same of a module while only how it reads is changed.

    That is, its syntax tree without comments, docstrings, annotations, and the exceptions that
    it makes for the gate.
    """
    tree = copy.deepcopy(tree)
    tree.body = [each for each in tree.body if not is_list(each)]
    cleaned = _Clean().visit(tree)
    return hashlib.sha256(ast.dump(cleaned).encode()).hexdigest()


class _Clean(ast.NodeTransformer):
    """Takes away what has no effect."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Take away the docstring."""
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take away the docstring and the annotations."""
        node.body = _without_docstring(node.body) or [ast.Pass()]
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Take away the annotation."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Make it an assignment without a type."""
        if node.value is None:
            return node
        return self.generic_visit(ast.Assign([node.target], node.value))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body
