"""Reading what a resource is to have: `number:str:unique amount:decimal customer:fk=users`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolbox.scaffold.field import Field, Reference
from toolbox.scaffold.kinds import KINDS
from toolbox.scaffold.names import Misnamed, check_field, check_length, check_resource
from toolbox.scaffold.resource import Resource

OPTIONS = ("unique", "optional", "index")
NOT_UNIQUE = {"bool", "enum"}
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
    plural = check_resource(singular, several)
    made = Resource(singular, plural, tuple(_field(text, singular, tables) for text in fields))
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
    return made


def _field(text: str, singular: str, tables: References) -> Field:
    name, *rest = text.split(":")
    if not rest or not rest[0]:
        raise Misnamed(f"{text!r} has no type: write it as `{name or 'name'}:str`.")
    kind, _, detail = rest[0].partition("=")
    if kind not in KINDS:
        raise Misnamed(f"{text!r}: there is no type {kind!r}. There is: {', '.join(KINDS)}.")
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


def _detailed(field: Field, text: str, detail: str, tables: References) -> Field:
    """Complete a field by what follows its type: `enum=draft,sent`, `decimal=12,2`, `fk=users`."""
    match field.type:
        case "enum":
            return _enum(field, text, detail)
        case "fk":
            return _reference(field, text, detail, tables)
        case "decimal" if detail:
            return _decimal(field, text, detail)
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
    if kind == "text" and words and set(words) != {"optional"}:
        raise Misnamed(f"{text!r}: a text is too long for an index: take str, of 200 characters.")
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
    return replace(field, values=values)


def _decimal(field: Field, text: str, detail: str) -> Field:
    said = DECIMAL.fullmatch(detail)
    if said is None or int(said["places"]) >= int(said["digits"]):
        raise Misnamed(
            f"{text!r}: say how many digits it has in all, at most 28, and how many of them after "
            f"the point, at most 6: `{field.name}:decimal=12,2`."
        )
    return replace(field, digits=int(said["digits"]), places=int(said["places"]))


def _reference(field: Field, text: str, detail: str, tables: References) -> Field:
    if detail not in tables:
        raise Misnamed(
            f"{text!r}: there is no table {detail!r} whose rows have an owner. There is: "
            f"{', '.join(sorted(tables))}. It is written as `customer:fk=users`."
        )
    if field.optional:
        raise Misnamed(
            f"{text!r}: a reference cannot be optional. Postgres would empty it when the other row "
            "is deleted, without a new version of this one, and who has read it would not learn of "
            "it. Leave :optional out, or give the relation a resource of its own."
        )
    if field.index or field.unique:
        raise Misnamed(
            f"{text!r}: leave :index out, a reference always has one; and one that is unique is "
            "rather a column of the other table."
        )
    return replace(field, reference=tables[detail])


def _constraints(resource: Resource) -> list[str]:
    table = resource.plural
    return [
        f"ix_{table}_owner_id_updated_at_id",
        *(f"ix_{table}_owner_id_{field.name}_id" for field in resource.indexed),
        *(f"uq_{table}_owner_id_{field.name}" for field in resource.uniques),
        *(f"ck_{table}_{field.name}_known" for field in resource.enums),
        *(
            f"fk_{table}_{field.name}_{field.reference.table}"
            for field in resource.references
            if field.reference
        ),
    ]
