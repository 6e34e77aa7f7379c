"""What the names in a revision's module mean: each call by the full name of what it calls."""

import ast
from collections.abc import Iterator


def imports(tree: ast.Module) -> dict[str, str]:
    """Return the full name of each imported name, wherever in the module it is imported."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    bound = each.asname or each.name.split(".")[0]
                    found[bound] = each.name if each.asname else bound
            case ast.ImportFrom(module=module, names=names, level=level):
                for each in names:
                    found[each.asname or each.name] = f"{'.' * level}{module or ''}.{each.name}"
    return found


def dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    """Return the full name of an expression like `a.b.c`; of a call's result, with `()`."""
    match node:
        case ast.Name(id=name):
            return known.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            before = dotted(value, known)
            return f"{before}.{attribute}" if before else None
        case ast.Call(func=function):
            before = dotted(function, known)
            return f"{before}()" if before else None
    return None


def calls(tree: ast.AST, known: dict[str, str]) -> Iterator[tuple[str, ast.Call]]:
    """Give all calls, each with the full name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := dotted(node.func, known)):
            yield name, node
