"""Reading what a resource is to have: `number:str:unique amount:decimal customer:fk=users`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from toolbox.scaffold.field import INTEGER, LENGTH, SHORTEST_UNIQUE, Field, Reference
from toolbox.scaffold.kinds import ALSO_CALLED, KINDS
from toolbox.scaffold.losses import loss_counter
from toolbox.scaffold.names import Misnamed, check_field, check_length, check_lines, check_resource
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.words import plural

OPTIONS = ("unique", "optional", "index")
NOT_UNIQUE = {"bool", "enum"}
NOT_INDEXED = {
    "text": "is too long for an index: take str, of up to 200 characters",
    "json": "has no order, and no query asks for what is in it: what is asked for gets a column",
}
LEAST_CHOICE = 100  # values of a field that is unique among an owner's rows
PARENTHESES = re.compile(r"(\w+)\((.*)\)")
BOUNDS = re.compile(r"(?P<least>-?[0-9]+)?\.\.(?P<most>-?[0-9]+)?")
VALUE = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
LONGEST_VALUE = 50  # as kinds.py has it
DECIMAL = re.compile(r"(?P<digits>1?[0-9]|2[0-8]),(?P<places>[0-6])")

References = Mapping[str, Reference]


def read(
    singular: str, fields: Sequence[str], tables: References, several: str | None = None
) -> Resource:
    """Make a resource of what the command line says.

    Args:
        singular: what one of it is called.
        fields: each as `name:type[:unique][:optional][:index]`.
        tables: those that a field may refer to.
        several: what several are called, where the rule of English does not say.

    Raises:
        Misnamed: something of it cannot be; the message says what to write instead.
    """
    several = check_resource(singular, several)
    made = Resource(singular, several, tuple(_field(text, singular, tables) for text in fields))
    names = [field.name for field in made.fields]
    names += [
        parameter
        for field in made.fields
        for parameter, _, _ in field.filters
        if parameter != field.name
    ]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Misnamed(f"Two fields would both be called {min(twice)}: rename one.")
    if all(field.reference for field in made.fields):
        raise Misnamed(
            f"{singular} needs at least one field of its own, as `name:str`: what only refers to "
            "other rows has nothing that could be changed."
        )
    check_length(_constraints(made))
    check_lines(_longest_lines(made))
    return made


def _field(text: str, singular: str, tables: References) -> Field:
    name, *rest = text.split(":")
    if not rest or not rest[0]:
        raise Misnamed(f"{text!r} has no type: write it as `{name or 'name'}:str`.")
    kind, _, detail = rest[0].partition("=")
    if kind not in KINDS:
        raise _no_kind(name, text, kind)
    if kind == "fk":
        name = f"{name.removesuffix('_id')}_id"
    check_field(name, text, singular)
    chosen = _options(text, kind, rest[1:])
    field = Field(
        name,
        kind,
        singular,
        unique="unique" in chosen,
        optional="optional" in chosen,
        index="index" in chosen,
    )
    return _detailed(field, text, detail, tables)


def _no_kind(name: str, text: str, kind: str) -> Misnamed:
    if (said := PARENTHESES.fullmatch(kind)) and said[1] in KINDS:
        return Misnamed(
            f"{text!r}: a shell reads parentheses as something else: write {name}:{said[1]}="
            f"{said[2].replace(' ', '')}."
        )
    meant = ALSO_CALLED.get(kind.partition("(")[0].lower())
    here = f" Take {name}:{meant}." if meant else ""
    return Misnamed(f"{text!r}: there is no type {kind!r}.{here} There is: {', '.join(KINDS)}.")


def _detailed(field: Field, text: str, detail: str, tables: References) -> Field:
    """Complete a field by what follows its type: `enum=draft,sent`, `int=0..10`, `fk=users`."""
    match field.type:
        case "enum":
            return _enum(field, text, detail)
        case "fk":
            return _reference(field, text, detail, tables)
        case "decimal" if detail:
            return _decimal(field, text, detail)
        case "int" if detail:
            return _int(field, text, detail)
        case "str" if detail:
            return _str(field, text, detail)
    if detail:
        raise Misnamed(f"{text!r}: {field.type} takes nothing behind it.")
    return field


def _options(text: str, kind: str, words: Sequence[str]) -> Sequence[str]:
    for word in words:
        if word not in OPTIONS:
            raise Misnamed(f"{text!r}: {word!r} is none of {', '.join(OPTIONS)}.")
    if len(set(words)) < len(words):
        raise Misnamed(f"{text!r} says something twice.")
    if kind in NOT_UNIQUE and "unique" in words:
        raise Misnamed(f"{text!r}: a unique {kind} would allow an owner as many rows as values.")
    if kind in NOT_INDEXED and {"unique", "index"} & set(words):
        raise Misnamed(f"{text!r}: a {kind} {NOT_INDEXED[kind]}.")
    return words


def _enum(field: Field, text: str, detail: str) -> Field:
    values = tuple(re.split(r"[|,]", detail)) if detail else ()
    if len(values) < 2 or len(set(values)) < len(values):
        raise Misnamed(f"{text!r}: name its values, each once, as `{field.name}:enum=draft,sent`.")
    for value in values:
        if not VALUE.fullmatch(value) or len(value) > LONGEST_VALUE:
            raise Misnamed(
                f"{text!r}: {value!r} cannot be a value: take lower-case letters, digits and "
                f"hyphens, at most {LONGEST_VALUE}."
            )
    made = replace(field, values=values)
    names = [name for name, _ in made.members]
    if len(set(names)) < len(names):
        raise Misnamed(f"{text!r}: two values differ only by a hyphen, and would have one name.")
    return made


def _decimal(field: Field, text: str, detail: str) -> Field:
    said = DECIMAL.fullmatch(detail)
    if said is None or int(said["places"]) >= int(said["digits"]):
        raise Misnamed(
            f"{text!r}: say how many digits it has in all, at most 28, and how many of them after "
            f"the point, at most 6: `{field.name}:decimal=12,2`."
        )
    whole = int(said["digits"]) - int(said["places"])
    if field.unique and 10**whole < LEAST_CHOICE**2:
        raise Misnamed(f"{text!r}: give what is unique four digits at least before the point.")
    return replace(field, digits=int(said["digits"]), places=int(said["places"]))


def _int(field: Field, text: str, detail: str) -> Field:
    said = BOUNDS.fullmatch(detail)
    if said is None or not (said["least"] or said["most"]):
        raise Misnamed(
            f"{text!r}: say what it is at the least and at the most, or one of the two: "
            f"`{field.name}:int=0..100`, `{field.name}:int=0..`."
        )
    least, most = (int(said[name]) if said[name] else None for name in ("least", "most"))
    bounded = replace(field, least=least, most=most)
    lowest, highest = bounded.bounds
    if lowest < INTEGER[0] or highest > INTEGER[1]:
        raise Misnamed(f"{text!r}: an int has 32 bits, which go from {INTEGER[0]} to {INTEGER[1]}.")
    if highest - lowest < 2:
        raise Misnamed(f"{text!r}: between {lowest} and {highest} is no choice: take bool or enum.")
    if field.unique and highest - lowest < LEAST_CHOICE:
        raise Misnamed(f"{text!r}: a unique one of so few would allow an owner hardly a row.")
    return bounded


def _str(field: Field, text: str, detail: str) -> Field:
    if not re.fullmatch("[0-9]{1,3}", detail) or not 1 <= int(detail) <= LENGTH:
        raise Misnamed(
            f"{text!r}: say how long it may be, from 1 to {LENGTH} characters: "
            f"`{field.name}:str=40`. What is longer is a text."
        )
    if field.unique and int(detail) < SHORTEST_UNIQUE:
        raise Misnamed(
            f"{text!r}: give what is unique {SHORTEST_UNIQUE} characters at least; of a few values "
            "make an enum."
        )
    return replace(field, length=int(detail))


def _reference(field: Field, text: str, detail: str, tables: References) -> Field:
    if detail not in tables:
        raise Misnamed(f"{text!r}: {_no_table(field, detail, tables)}")
    if field.index:
        raise Misnamed(f"{text!r}: leave :index out, a reference always has one.")
    return replace(field, reference=tables[detail])


def _no_table(field: Field, detail: str, tables: References) -> str:
    """Say why a table cannot be referred to, and what to write instead."""
    if detail == plural(field.resource):
        return (
            f"{detail} cannot refer to themselves from the beginning. Write the resource first, "
            "then the column by hand, and: nox -s revision"
        )
    meant = plural(detail) if plural(detail) in tables else "users"
    return (
        f"there is no table {detail!r} whose rows have an owner. There is: "
        f"{', '.join(sorted(tables))}. Take {field.name.removesuffix('_id')}:fk={meant}, for "
        "example."
    )


def _constraints(resource: Resource) -> list[str]:
    table = resource.plural
    return [
        f"ix_{table}_owner_id_updated_at_id",
        *(f"ix_{table}_owner_id_{field.name}_id" for field in resource.indexed),
        *(field.unique_name(table) for field in resource.uniques),
        *(f"ck_{table}_{field.name}_{field.check[0]}" for field in resource.checked if field.check),
        *(
            f"fk_{table}_{field.name}_{field.reference.table}"
            for field in resource.references
            if field.reference
        ),
        *([loss_counter(resource)] if resource.may_be_lost else []),
    ]


def _longest_lines(resource: Resource) -> Iterator[str]:
    """Give the lines of code that names alone make long."""
    yield f"class One{resource.model}Changes({resource.model}Changes):"
    for field in resource.fields:
        for name, operator, _ in field.filters:
            yield f'    "{name}": {resource.model}.{field.name}.{operator},'
