"""What bodies have in common: dates and decimals are read one way, and come back as they are."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError

from api.schemas import Day, Name, numeral

DAY: TypeAdapter[date] = TypeAdapter(Day)
PRICE: TypeAdapter[Decimal] = TypeAdapter(Annotated[Decimal, numeral(digits=6, places=2)])
WHOLE: TypeAdapter[Decimal] = TypeAdapter(Annotated[Decimal, numeral(digits=3, places=0)])


class TestName:
    def test_is_documented(self) -> None:
        """Of each character the document says truly whether it is a name."""
        name: TypeAdapter[str] = TypeAdapter(Name)
        documented = jsonschema_rs.validator_for(name.json_schema())

        def is_taken(text: str) -> bool:
            try:
                name.validate_python(text)
            except ValidationError:
                return False
            return True

        characters = [chr(code) for code in range(0x1_0000) if not 0xD800 <= code < 0xE000]
        assert [c for c in characters if documented.is_valid(c) != is_taken(c)] == []


class TestDay:
    def test_is_read(self) -> None:
        """A date is written as RFC 3339 says."""
        assert DAY.validate_python("2028-02-29") == date(2028, 2, 29)

    @pytest.mark.parametrize(
        "said", ["2026-02-29", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "0000-01-01", 1, "1"]
    )
    def test_is_none(self, said: object) -> None:
        """A day that there is not, a time, and a number of seconds are no dates."""
        with pytest.raises(ValidationError):
            DAY.validate_python(said)


class TestNumeral:
    @pytest.mark.parametrize(
        ("said", "read"),
        [
            *(("0", "0.00"), ("1.5", "1.50"), ("9999.99", "9999.99"), ("-9999.99", "-9999.99")),
            *(("007", "7.00"), ("-0", "0.00"), ("-0.00", "0.00")),
        ],
    )
    def test_is_read(self, said: str, read: str) -> None:
        """It has the places that Postgres gives it, so that it is answered as it will be read."""
        assert str(PRICE.validate_python(said)) == read

    @pytest.mark.parametrize(
        "said",
        [
            *("", "10000", "0.001", "1.", ".5", "+1", "1e2", "1_0", "NaN", "Infinity", " 1", "1\n"),
            *("١", 1, 1.5, True, None),  # noqa: RUF001 - a digit, but not one of ours
        ],
    )
    def test_is_none(self, said: object) -> None:
        """More digits than fit, another way to write it, and a number of JSON's are refused."""
        with pytest.raises(ValidationError):
            PRICE.validate_python(said)

    def test_without_places(self) -> None:
        """Without places it is a whole number, and has no point."""
        assert str(WHOLE.validate_python("12")) == "12"
        with pytest.raises(ValidationError):
            WHOLE.validate_python("1.0")

    def test_is_documented(self) -> None:
        """The document says what is refused: text of so many digits."""
        schema: dict[str, Any] = PRICE.json_schema()
        assert schema == {"type": "string", "pattern": r"^-?[0-9]{1,4}(\.[0-9]{1,2})?$"}
