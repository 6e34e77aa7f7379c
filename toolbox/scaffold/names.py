"""What a resource and its fields cannot be called, and what to write instead."""

import ast
import builtins
import keyword
import re
from collections.abc import Mapping

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from toolbox.errors import ToolboxError
from toolbox.scaffold.words import camel, looks_plural, plural

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 63  # bytes of a name in Postgres

# Columns that every resource has.
EVERY_ROW = {
    "id": "every row has one, which Postgres makes",
    "owner_id": "every row has its owner, who is whoever made it",
    "version": "every row counts its changes there",
    "created_at": "every row has the time of its making",
    "updated_at": "every row has the time of its last change",
}
# What every list's parameters are called, and those of the statements behind it.
OF_LISTS = frozenset(
    ["after", "after_id", "cursor", "limit", "login_id", "new", "nth", "order", "updated_since"]
)
# What SQLAlchemy's and pydantic's classes have, and the types that later fields are declared with.
OF_CLASSES = frozenset(
    [
        "bool",
        "construct",
        "copy",
        "date",
        "datetime",
        "dict",
        "given",
        "int",
        "json",
        "metadata",
        "registry",
        "schema",
        "str",
        "validate",
    ]
)


class Misnamed(ToolboxError):
    """A resource or a field cannot be called, or be, what the command line says."""


def check_resource(singular: str, several: str | None) -> str:
    """Return what several of a resource are called.

    Raises:
        Misnamed: one or several of it cannot be called so.
    """
    check(singular, "a resource")  # SQL has only the plural
    if several is None and looks_plural(singular):
        raise Misnamed(
            f"{singular!r} looks like a plural: name one of them, as `invoice`. If it is one, say "
            f"what several are called: --plural {plural(singular)}"
        )
    several = several or plural(singular)
    check(several, "several of a resource", in_sql=True)
    if several == singular:
        raise Misnamed(
            f"One and several are both called {singular!r}, and the code must tell them apart: "
            f"--plural {singular}_list, for example"
        )
    if hasattr(builtins, camel(singular)):
        raise hidden(camel(singular), singular)
    return several


def hidden(name: str, singular: str) -> Misnamed:
    """Return the refusal of what would have two meanings in the code."""
    return Misnamed(
        f"{name} would have two meanings in the code of {singular}: take a longer name for what is "
        f"called so, as `my_{singular}`."
    )


def check_within(source: str, meant: Mapping[str, str]) -> None:
    """Refuse a name that a function has for something else already.

    Args:
        source: a module of a resource that is called otherwise.
        meant: what it calls one and several, each with the name that would take its place.

    Raises:
        Misnamed: some function uses both.
    """
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            used |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
            for other, name in meant.items():
                if {other, name} <= used:
                    raise hidden(name, name)


def check_clear(source: str, singular: str) -> None:
    """Refuse a module in which a name is imported, made a class or assigned a second time.

    Raises:
        Misnamed: one is.
    """
    seen: set[str] = set()
    for node in ast.parse(source).body:
        for name in _bound(node):
            if name in seen:
                raise hidden(name, singular)
            seen.add(name)


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def check_field(name: str, text: str, singular: str) -> None:
    """Refuse what no column can be called.

    Raises:
        Misnamed: it is taken, or no name.
    """
    if name in EVERY_ROW:
        raise Misnamed(f"{text!r}: leave {name} out, {EVERY_ROW[name]}.")
    check(name, "a field", in_sql=True)
    if name in OF_LISTS | OF_CLASSES or name.startswith("model_"):
        raise Misnamed(
            f"{text!r}: {name} means something else in the code: take a longer name, as "
            f"`{singular}_{name}`."
        )


def check(name: str, what: str, *, in_sql: bool = False) -> None:
    """Refuse what is no name, or a word of Python's, or of SQL's where it stands in that.

    Raises:
        Misnamed: it is one of those.
    """
    if not NAME.fullmatch(name):
        raise Misnamed(
            f"{name!r} cannot name {what}: take lower-case letters, digits and single underscores, "
            "beginning with a letter, as `purchase_order`."
        )
    for language, is_word in (
        ("Python", keyword.iskeyword(name)),
        ("SQL", in_sql and name in RESERVED_WORDS),
    ):
        if is_word:
            raise Misnamed(
                f"{name!r} cannot name {what}, because it is a word of {language}'s: take another "
                f"or a longer one, as `{name}_of_sale`."
            )


def check_length(names: list[str]) -> None:
    """Refuse names of constraints that Postgres would cut.

    Raises:
        Misnamed: one is too long.
    """
    for name in names:
        if len(name) > LONGEST:
            raise Misnamed(
                f"Postgres would cut the name {name}, which may have {LONGEST} letters: take "
                "shorter names for the resource and its fields."
            )
