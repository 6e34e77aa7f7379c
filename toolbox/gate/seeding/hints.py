"""What conditions hint at: the numbers and strings in them, and strings that a regex matches."""

import random
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from toolbox.gate.seeding.catalog import tokens
from toolbox.gate.seeding.values import Hints

TYPED = re.compile(
    r"""(?P<text>'(?:[^']|'')*')::"""
    r"""(?P<type>"?[\w."]+(?: (?:with|without|varying|precision|time|zone)\b)*)"""
)
NUMBER = re.compile(r"\d+(\.\d+)?")
MATCHES = 300  # strings for one regex
REPEATS = 12  # how often a `*` or `+` repeats at most
CLASSES = {
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:alnum:]": "a-zA-Z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:space:]": " ",
    "[:punct:]": ".,!-",
    "[:xdigit:]": "0-9a-f",
}
CATEGORIES = {"DIGIT": "0123456789", "WORD": "abcXYZ019_", "SPACE": " "}
ANYTHING = "abcdefgxyzABCXYZ0123456789-_."


def hints_in(expressions: Iterable[str]) -> Hints:
    """Return what these conditions on a column hint at."""
    found = Hints(has_conditions=True)
    for expression in expressions:
        _read(expression, found)
    found.strings = list(dict.fromkeys(found.strings))[:60]
    found.typed = list(dict.fromkeys(found.typed))[:60]
    found.numbers = list(dict.fromkeys(found.numbers))[:60]
    return found


def _read(expression: str, found: Hints) -> None:
    """Add what one condition hints at; the deparser writes a string with its type behind it."""
    for match in TYPED.finditer(expression):
        found.typed.append((_unquoted(match["text"]), match["type"].strip()))
    operator = sign = ""
    for token in tokens(expression):
        if token.startswith("'"):
            _add(_unquoted(token), operator, found)
        elif NUMBER.fullmatch(token):
            found.numbers.append(f"-{token}" if sign == "-" else token)
        if token.strip("( "):
            sign = token
            operator = operator + token if set(token) <= set("~*!") else ""


def _add(text: str, operator: str, found: Hints) -> None:
    if operator.rstrip("*").endswith("~~"):
        found.matches += like(text)
    elif operator:
        found.matches += matching(text)
    else:
        found.strings.append(text)
        found.numbers += [text] if re.fullmatch(r"-?\d+(\.\d+)?", text) else []


def _unquoted(token: str) -> str:
    return token[1:-1].replace("''", "'")


def like(pattern: str) -> list[str]:
    """Return strings that a LIKE pattern matches."""
    return [pattern.replace("%", filling).replace("_", "a") for filling in ("", "a", "Ab1")]


def matching(pattern: str) -> list[str]:
    """Return strings that a regex of Postgres matches, as far as Python reads it the same way."""
    for name, characters in CLASSES.items():
        pattern = pattern.replace(name, characters)
    try:
        parsed: Any = import_module("re._parser").parse(pattern)
    except (re.error, OverflowError):
        return []
    dice = random.Random(pattern)  # noqa: S311 - the same strings each time
    return list(dict.fromkeys(_string(parsed, dice) for _ in range(MATCHES)))


def _string(parsed: Iterable[tuple[Any, Any]], dice: random.Random) -> str:
    return "".join(_part(str(operation), argument, dice) for operation, argument in parsed)


def _part(operation: str, argument: Any, dice: random.Random) -> str:  # noqa: ANN401, PLR0911 - re's own, and one for each kind
    match operation:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return next(each for each in ANYTHING if ord(each) != argument)
        case "ANY":
            return dice.choice(ANYTHING)
        case "IN":
            return dice.choice(_characters(argument))
        case "BRANCH":
            return _string(dice.choice(argument[1]), dice)
        case "SUBPATTERN":
            return _string(argument[-1], dice)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = argument
            most = min(int(high), low + REPEATS)
            return "".join(_string(inner, dice) for _ in range(dice.randint(low, most)))
        case _:
            return ""


def _characters(members: list[tuple[Any, Any]]) -> str:
    found = ""
    negated = str(members[0][0]) == "NEGATE"
    for operation, argument in members:
        match str(operation):
            case "LITERAL":
                found += chr(argument)
            case "RANGE":
                found += "".join(map(chr, range(argument[0], min(argument[1], 0x24F) + 1)))
            case "CATEGORY":
                found += CATEGORIES.get(str(argument).removeprefix("CATEGORY_"), ANYTHING)
    if negated:
        found = "".join(each for each in ANYTHING if each not in found)
    return found or "a"
