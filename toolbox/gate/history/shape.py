"""How a revision is written: does it say how to go back, and does it leave the work to Alembic?"""

import ast
import re
from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.history.names import calls, dotted, imports
from toolbox.gate.history.sources import Source, fault

TRANSACTION = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:commit|rollback|begin|start\s+transaction|end)\b(?!\s+\w+\s*\()",
    re.IGNORECASE,
)
SESSIONS = re.compile(r"(sqlalchemy\.orm|sqlmodel|sqlalchemy\.ext\.asyncio)\..*[Ss]ession(maker)?$")


def check(sources: list[Source]) -> list[Finding]:
    """Return what is wrong with how the revisions are written."""
    findings = []
    for source in sources:
        known = imports(source.tree)
        findings += [
            *_functions(source),
            *_module_level(source, known),
            *_own_transactions(source, known),
            *_sessions(source, known),
        ]
    return findings


def is_irreversible(source: Source) -> bool:
    """Tell whether a revision says that it cannot be taken back: its downgrade only raises."""
    downgrade = source.function("downgrade")
    body = _body(downgrade) if downgrade else []
    return bool(body) and isinstance(body[-1], ast.Raise) and not _does_something(body[:-1])


def _does_something(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Call) for each in body for node in ast.walk(each))


def _body(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return a function's statements that do something: no docstring, `pass` or `...`."""
    return [
        each
        for each in function.body
        if not isinstance(each, ast.Pass)
        and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        and not (isinstance(each, ast.Return) and each.value is None)
    ]


def _functions(source: Source) -> Iterator[Finding]:
    upgrade, downgrade = source.function("upgrade"), source.function("downgrade")
    subject = f"revision {source.revision}"
    if upgrade is None:
        message = f"{source.revision} has no upgrade(): Alembic fails at it."
        yield fault("empty-upgrade", subject, message, source.place())
        return
    has_work = bool(_body(upgrade))
    if downgrade is None:
        message = f"{source.revision} has no downgrade(): taking it back fails with a stack trace."
        yield fault("missing-downgrade", subject, message, source.place())
    elif has_work and not _body(downgrade):
        message = (
            f"The downgrade of {source.revision} does nothing: Alembic then says that the "
            "database is at the revision before, and it is not."
        )
        remedy = 'def downgrade() -> None:\n    raise NotImplementedError("why it cannot")'
        yield fault("missing-downgrade", subject, message, source.place(downgrade.lineno), remedy)
    elif not has_work and _body(downgrade) and not is_irreversible(source):
        message = f"The upgrade of {source.revision} does nothing, its downgrade does something."
        yield fault("empty-upgrade", subject, message, source.place(upgrade.lineno))


def _module_level(source: Source, known: dict[str, str]) -> Iterator[Finding]:
    for statement in source.tree.body:
        if _is_work(statement, known):
            message = (
                "This runs whenever Alembic loads the revisions, `alembic history` included, and "
                "not when the revision is applied."
            )
            yield fault(
                "module-level-work",
                f"revision {source.revision}",
                message,
                source.place(statement.lineno),
            )
            return


def _is_work(statement: ast.stmt, known: dict[str, str]) -> bool:
    match statement:
        case ast.For() | ast.While() | ast.With() | ast.Delete() | ast.AugAssign():
            return True
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            if isinstance(value, ast.Lambda):
                return False
            names = [name for name, _ in calls(value, known)]
            return any(re.match(r"alembic\.(op(?!\.f$)|context)\b", name) for name in names) or any(
                re.search(r"create_(async_)?engine|^open$|\.(connect|execute)$", name)
                for name in names
            )
    return False


def _own_transactions(source: Source, known: dict[str, str]) -> Iterator[Finding]:
    savepoints = _savepoints(source.tree, known)
    for name, call in calls(source.tree, known):
        last = name.rsplit(".", maxsplit=1)[-1]
        receiver = name.removesuffix(f".{last}")
        ends = last in {"commit", "rollback"} and not call.args and receiver not in savepoints
        says = last in {"execute", "exec_driver_sql", "text", "scalar", "execute_if"} and any(
            TRANSACTION.match(text) for text in _texts(call)
        )
        if ends or says:
            message = (
                "It ends the transaction that Alembic runs it in: what came before stays when what "
                "comes after fails, and the revision is neither applied nor not."
            )
            yield fault(
                "own-transaction",
                f"revision {source.revision}",
                message,
                source.place(call.lineno),
                "with op.get_context().autocommit_block():\n    op.execute(...)",
            )
            return


def _texts(call: ast.Call) -> Iterator[str]:
    for argument in call.args[:1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _savepoints(tree: ast.Module, known: dict[str, str]) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                if (dotted(call.func, known) or "").endswith("begin_nested"):
                    found.add(name)
            case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=name)):
                if (dotted(call.func, known) or "").endswith("begin_nested"):
                    found.add(name)
    return found


def _sessions(source: Source, known: dict[str, str]) -> Iterator[Finding]:
    for name, call in calls(source.tree, known):
        if SESSIONS.match(name):
            message = (
                "It opens an ORM session: that flushes and commits by rules of its own, and asks "
                "for columns that classes have, not the table at this revision."
            )
            remedy = (
                'items = sa.table("items", sa.column("id"), sa.column("name"))\n'
                "op.execute(items.update().values(name=sa.func.lower(items.c.name)))"
            )
            yield fault(
                "orm-session",
                f"revision {source.revision}",
                message,
                source.place(call.lineno),
                remedy,
            )
            return
