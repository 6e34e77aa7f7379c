"""What a resource and its fields cannot be called, and what to write instead."""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Mapping

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from api.database import Base
from api.schemas import Changes, View
from toolbox.errors import ToolboxError
from toolbox.scaffold.words import camel, is_uncounted, looks_plural, plural
from toolbox.scaffold.wrap import WIDTH

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 63  # bytes of a name in Postgres

# Columns that every resource has.
EVERY_ROW = {
    "id": "every row has one, which Postgres makes",
    "owner_id": "every row has its owner, who is whoever made it",
    "version": "every row counts its changes there",
    "created_at": "every row has the time of its making",
    "updated_at": "every row has the time of its last change",
    "owner": "every row has its owner, who is whoever made it",
    "created": "every list can be read in the order in which its rows were made",
    "updated": "every list can be read in the order in which its rows were changed",
}
# What every list's parameters are called, and those of the statements behind it.
OF_LISTS = frozenset(
    ["after", "after_id", "cursor", "limit", "login_id", "new", "nth", "order", "updated_since"]
)
# What a factory of tests takes beside columns.
OF_FACTORIES = frozenset(["session"])
# What the classes of rows and bodies have, and the types that later fields are declared with.
OF_CLASSES = frozenset(
    ["bool", "date", "datetime", "dict", "int", "str"]
    + [name for each in (Base, Changes, View) for name in dir(each)]
)
# What every row's columns are called after.
OF_EVERY_ROW = frozenset(["id", "owner"])


class Misnamed(ToolboxError):
    """A resource or a field cannot be called, or be, what the command line says."""


def check_resource(singular: str, several: str | None) -> str:
    """Return what several of a resource are called.

    Raises:
        Misnamed: one or several of it cannot be called so.
    """
    check(singular, "a resource", f"{singular}_entry")  # SQL has only the plural
    if several is None and looks_plural(singular):
        regular = f"{singular}_entries" if is_uncounted(singular) else plural(singular)
        raise Misnamed(
            f"{singular!r} looks like a plural: name one of them, as `invoice`. If it is one, say "
            f"what several are called: --plural {regular}"
        )
    several = several or plural(singular)
    check(several, "several of a resource", f"{singular}_entries", in_sql=True)
    if several == singular:
        raise Misnamed(
            f"One and several are both called {singular!r}, and the code must tell them apart: "
            f"--plural {singular}_list, for example"
        )
    if hasattr(builtins, camel(singular)) or singular in OF_EVERY_ROW:
        raise hidden(camel(singular), singular)
    return several


def hidden(name: str, singular: str) -> Misnamed:
    """Return the refusal of what would have two meanings in the code."""
    return Misnamed(
        f"{name} would have two meanings in the code of {singular}: take a longer name for what is "
        f"called so, as `{singular}_entry`."
    )


def check_within(source: str, meant: Mapping[str, str], singular: str) -> None:
    """Refuse a name that a function has for something else already.

    Args:
        source: a module of a resource that is called otherwise.
        meant: what it calls one and several, each with the name that would take its place.
        singular: what one would be called, for the message.

    Raises:
        Misnamed: some function uses both.
    """
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            used |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
            for other, name in meant.items():
                if {other, name} <= used:
                    raise hidden(name, singular)


def check_clear(source: str, singular: str) -> None:
    """Refuse a module in which a name is imported, made a class or assigned a second time.

    Raises:
        Misnamed: one is, or a class has a member that a later one is declared with.
    """
    seen: set[str] = set()
    for node in ast.parse(source).body:
        for name in _bound(node):
            if name in seen:
                raise hidden(name, singular)
            seen.add(name)
        if isinstance(node, ast.ClassDef):
            _check_members(node, singular)


def _check_members(node: ast.ClassDef, singular: str) -> None:
    members: set[str] = set()
    for member in node.body:
        if isinstance(member, ast.AnnAssign):
            used = {each.id for each in ast.walk(member) if isinstance(each, ast.Name)}
            used -= set(_bound(member))
            if hides := used & members:
                name = min(hides)
                raise Misnamed(
                    f"{name} means something else in the code: take a longer name, as "
                    f"`{singular}_{name}`."
                )
            members |= set(_bound(member)) if member.value else set()


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
    check(name, "a field", f"{singular}_{name}", in_sql=True)
    if name in OF_LISTS | OF_CLASSES | OF_FACTORIES or name.startswith("model_"):
        raise Misnamed(
            f"{text!r}: {name} means something else in the code: take a longer name, as "
            f"`{singular}_{name}`."
        )


def check(name: str, what: str, instead: str, *, in_sql: bool = False) -> None:
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
                f"or a longer one, as `{instead}`."
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


def check_lines(lines: Iterable[str]) -> None:
    """Refuse names with which a line of code would be too long, and that no formatter can break.

    Raises:
        Misnamed: one is too long.
    """
    for line in lines:
        if len(line) > WIDTH:
            raise Misnamed(
                f"A line would have more than {WIDTH} letters, `{line.strip()}`: take shorter "
                "names for the resource and its fields."
            )
