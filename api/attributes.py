"""Free attributes of a row: an object in one column, for what no query asks for.

It is flat. So a JSON Merge Patch of it (RFC 7396) is one operation of Postgres's, in the statement
that writes the row: two who change different members do not undo each other's change.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal
from sqlalchemy.dialects.postgresql import JSONB

from api.schemas import Text, storable

MOST = 50  # members, and values of a list
LONGEST_NAME = 50
LONGEST_TEXT = 500
# Beyond it not everybody reads the same number (RFC 8259, section 6).
GREATEST = 2**53 - 1

# For the document: what they say is enforced by `_value`.
_Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=r"^[^\u0000]*$")]
_Number = Annotated[float, Field(ge=-GREATEST, le=GREATEST)]
_One = _Text | _Number | bool
_Any = _One | Annotated[list[_One], Field(max_length=MOST)]


def _value(value: object) -> object:
    if isinstance(value, list) and len(value) <= MOST:
        return [_plain(one) for one in value]
    return _plain(value)


def _plain(value: object) -> object:
    match value:
        case str() if len(value) <= LONGEST_TEXT:
            return storable(value)
        case bool():
            return value
        case int() | float() if -GREATEST <= value <= GREATEST:  # which NaN is not
            return value
    raise ValueError(
        f"must be text of up to {LONGEST_TEXT} characters, a number from -{GREATEST} to "
        f"{GREATEST}, true, false, or a list of up to {MOST} of these"
    )


def _value_or_null(value: object) -> object:
    return None if value is None else _value(value)


MemberName = Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
Value = Annotated[Any, BeforeValidator(_value, json_schema_input_type=_Any)]
Patch = Annotated[Any, BeforeValidator(_value_or_null, json_schema_input_type=_Any | None)]

# A member whose name does not match the pattern is refused, which the document would leave open.
_object = Field(max_length=MOST, json_schema_extra={"additionalProperties": False})
Attributes = Annotated[dict[MemberName, Value], _object]
# Of a change: null removes a member, and what is left out stays.
AttributeChanges = Annotated[dict[MemberName, Patch], _object]


def patched(
    column: SQLColumnExpression[Any], patch: SQLColumnExpression[Any]
) -> ColumnElement[Any]:
    """Return what a column is when it has been changed: null where the patch is null."""
    before = func.coalesce(column, literal({}, JSONB), type_=JSONB)
    return func.jsonb_strip_nulls(before.concat(patch), type_=JSONB(none_as_null=True))


def patch(
    before: Mapping[str, Any] | None, changes: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Return the same of a row that is read and locked already."""
    if changes is None:
        return None
    after = {**(before or {}), **changes}
    return {name: value for name, value in after.items() if value is not None}
