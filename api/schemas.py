"""What bodies have in common, whichever resource they describe."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def storable(text: str) -> str:
    """Return a text that Postgres can hold.

    Raises:
        ValueError: it cannot.
    """
    if "\x00" in text:
        # Postgres's text cannot hold it: better said here than by the driver.
        raise ValueError("must not contain the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be text that UTF-8 can encode") from None
    return text


# The patterns are for the document: what they say is enforced beside them.
Text = Annotated[
    str, AfterValidator(storable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})
]
# What is stripped: White_Space in Unicode, which is not the \s of a pattern (ECMA-262, 22.2.2.9).
SPACES = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# The constraints come first: after a validator of ours they would look at what was sent.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": rf"^[^\u0000]*[^{SPACES}\u0000][^\u0000]*$"}),
]


def _a_number(value: object) -> object:
    if isinstance(value, bool | str):
        raise PydanticCustomError("number_type", "must be a number, no text and no truth value")
    return value


# For numbers in a body, where JSON tells them apart; in a query all is text.
JSON_NUMBER = BeforeValidator(_a_number)


def _rfc3339(text: object) -> object:
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        raise ValueError("must be a date and time as RFC 3339 writes them, with an offset")
    return text


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be in the years 1 to 9999 of UTC") from None


# Pydantic takes a number too, for seconds or for milliseconds, whichever seems likelier.
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc3339), AfterValidator(_in_utc)]


def _full_date(text: object) -> object:
    if not isinstance(text, str) or not FULL_DATE.fullmatch(text):
        raise ValueError("must be a date as RFC 3339 writes it: 2026-01-31")
    return text


Day = Annotated[date, BeforeValidator(_full_date)]


def numeral(digits: int, places: int) -> BeforeValidator:
    """Hold a decimal to at most so many digits, and write it with so many of them after the point.

    It comes as text in a body too, as it is answered: a number there would be binary floating point
    to many a client, which has no 0.10.

    Args:
        digits: in all, at most 28, which is as far as Python's decimals are exact.
        places: of them after the point, as Postgres will have it.
    """
    whole = f"-?[0-9]{{1,{digits - places}}}"
    pattern = f"{whole}(\\.[0-9]{{1,{places}}})?" if places else whole
    allowed = re.compile(pattern)

    def check(text: object) -> object:
        if not isinstance(text, str) or not allowed.fullmatch(text):
            raise ValueError(
                f"must be text that is a decimal, with at most {digits - places} digits before the "
                f"point and {places} after it"
            )
        # As it will be read back: 1.5 as 1.50, and no negative zero.
        return f"{Decimal(text) + 0:.{places}f}"

    described = Annotated[str, Field(pattern=f"^{pattern}$")]
    return BeforeValidator(check, json_schema_input_type=described)


class Body(BaseModel):
    """What a client sends; a member that it does not have is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid")


class Changes(Body):
    """What of a row changes: a member that is left out stays as it is.

    Fields take a default factory, whose value is never used: so a member may be left out, and yet
    null is refused where the column is not nullable.
    """

    def given(self) -> dict[str, Any]:
        """Return the members that the client sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class View(BaseModel):
    """What a client sees of a row."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    updated_at: datetime
