"""Resources as nobody would think of them: any names, any fields, any options."""

import random
from collections.abc import Iterator
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.scaffold.build import write
from toolbox.scaffold.field import Reference
from toolbox.scaffold.grammar import OPTIONS, read
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.tables import references

SINGULAR = [
    *("address", "analysis", "box", "category", "child", "class", "delivery", "event", "file"),
    *("group", "image", "invoice", "link", "model", "order", "person", "question", "status"),
    *("table", "tag", "token", "unit", "view", "x"),
    *("long_term_agreement_of_several_parties", "purchase_order_confirmation", "object_of_rule"),
]
FIELDS = [
    *("a", "access_token", "body", "branch", "caller", "code", "colour", "count", "day"),
    *("decimal", "describes_at_great_length_what_it_is", "email", "enum", "fields", "hash", "key"),
    *(
        "kind",
        "list",
        "made",
        "metadata",
        "name",
        "names",
        "now",
        "number",
        "other",
        "page",
        "part",
    ),
    *("password", "query", "referred", "row", "rows", "secret", "self", "session", "size", "state"),
    *(
        "status",
        "text",
        "title",
        "type",
        "updated",
        "url",
        "user",
        "uuid",
        "value",
        "values",
        "view",
    ),
]
TYPES = [
    *("str", "str=3", "str=40", "text", "int", "int=0..", "int=..9", "int=1..5", "int=1000..2000"),
    *("int=-5..5", "decimal", "decimal=28,6", "decimal=3,0", "decimal=2,1", "bool", "date"),
    *("datetime", "uuid", "enum=new,well-used,gone", "enum=off,on", "json"),
]
MOST_FIELDS = 9


def write_resources(folder: Path, seed: int, number: int) -> Iterator[tuple[Resource, list[Path]]]:
    """Write so many resources in a copy of the checkout; give each with the paths of its files.

    Each may refer to those before it. What is refused is not counted.
    """
    chance = random.Random(seed)  # noqa: S311 - the same for each run
    tables = references()
    while number:
        name, *fields = words(chance, [*tables])
        try:
            made = read(name, fields, tables)
            files = write(made, folder)
        except ToolboxError:
            continue
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        module = f"api.{made.plural}.models"
        tables[made.plural] = Reference(made.plural, made.model, module, "owner_id")
        number -= 1
        yield made, [*files]


def words(chance: random.Random, tables: list[str]) -> list[str]:
    """Return what somebody might type."""
    fields = chance.sample(FIELDS, chance.randint(1, MOST_FIELDS))
    return [chance.choice(SINGULAR), *(f"{name}:{_type(chance, tables)}" for name in fields)]


def _type(chance: random.Random, tables: list[str]) -> str:
    kind = f"fk={chance.choice(tables)}" if chance.random() < 0.25 else chance.choice(TYPES)
    options = [option for option in OPTIONS if chance.random() < 0.2]
    return ":".join([kind, *options])
