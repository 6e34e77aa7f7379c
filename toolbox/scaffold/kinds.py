"""The types that a field can have, each as every layer of the service says it."""

from dataclasses import dataclass
from enum import StrEnum


class Filter(StrEnum):
    """How a list is narrowed down by a field."""

    EXACT = "is exactly this"
    RANGE = "is between two"
    NONE = "is not asked for"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of field.

    Attributes:
        python: what a row has in Python.
        column: what stands in `mapped_column`; nothing where the annotation says it all.
        recordset: the SQLAlchemy type that a new row's JSON is read as.
        body: what a request's body has; nothing where the field gets a type of its own.
        query: the same where it is a parameter of a list.
        unused: makes the value of a member that was left out of a change, which nobody reads.
        filter: how a list is narrowed down by it.
    """

    python: str
    column: str
    recordset: str
    body: str
    query: str
    unused: str
    filter: Filter


NUMERIC = "Numeric({0.digits}, {0.places})"  # of the field

KINDS = {
    "str": Kind("str", "String({0.length})", "Text", "Name", "Name", "str", Filter.EXACT),
    "text": Kind("str", "Text", "Text", "", "", "str", Filter.NONE),
    "int": Kind("int", "", "Integer", "", "", "int", Filter.RANGE),
    "decimal": Kind("Decimal", NUMERIC, NUMERIC, "", "", "Decimal", Filter.RANGE),
    "bool": Kind("bool", "", "Boolean", "StrictBool", "bool", "bool", Filter.EXACT),
    "date": Kind("date", "", "Date", "Day", "Day", "lambda: date.min", Filter.RANGE),
    "datetime": Kind(
        "datetime",
        "DateTime(timezone=True)",
        "DateTime(timezone=True)",
        "Moment",
        "Moment",
        "lambda: datetime.now(UTC)",
        Filter.RANGE,
    ),
    "uuid": Kind("UUID", "", "Uuid", "UUID", "UUID", "uuid4", Filter.EXACT),
    "enum": Kind("str", "String(50)", "Text", "", "", "", Filter.EXACT),
    "json": Kind(
        "dict[str, Any]",
        "JSONB",
        "JSONB",
        "Attributes",
        "Attributes",
        "dict",
        Filter.NONE,
    ),
    "fk": Kind("UUID", "", "Uuid", "UUID", "UUID", "uuid4", Filter.EXACT),
}

# What others call them, for who does.
ALSO_CALLED = {
    **dict.fromkeys(("char", "email", "string", "url", "varchar"), "str"),
    **dict.fromkeys(("integer", "smallint"), "int"),
    **dict.fromkeys(("double", "float", "money", "number", "numeric", "real"), "decimal"),
    **dict.fromkeys(("boolean",), "bool"),
    **dict.fromkeys(("timestamp", "timestamptz"), "datetime"),
    **dict.fromkeys(("guid",), "uuid"),
    **dict.fromkeys(("choice",), "enum=draft,sent"),
    **dict.fromkeys(("dict", "jsonb", "map", "object"), "json"),
    **dict.fromkeys(("belongs_to", "foreign_key", "foreignkey", "ref", "references"), "fk=users"),
}
