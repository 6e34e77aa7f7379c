"""Free attributes: what they can be, and that a change of them is a JSON Merge Patch."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from api.attributes import GREATEST, AttributeChanges, Attributes, patch, patched

ATTRIBUTES: TypeAdapter[dict[str, Any]] = TypeAdapter(Attributes)
CHANGES: TypeAdapter[dict[str, Any]] = TypeAdapter(AttributeChanges)


class TestAttributes:
    @pytest.mark.parametrize(
        "value", ["", "x" * 500, "🪔", 0, -GREATEST, 1.5, True, False, [], ["a", 1, True], [0] * 50]
    )
    def test_are_read(self, value: object) -> None:
        """A member is text, a number, a truth value, or a list of these, and stays what it is."""
        assert ATTRIBUTES.validate_python({"of it": value}) == {"of it": value}
        assert CHANGES.validate_python({"of it": value, "gone": None})["of it"] == value

    @pytest.mark.parametrize(
        "value",
        [
            *("x" * 501, "\x00", "\ud800", GREATEST + 1, 1e300, float("nan"), float("inf")),
            *({}, {"b": 1}, [[]], [{}], [None], ["\x00"], [0] * 51),
        ],
    )
    @pytest.mark.parametrize("adapter", [ATTRIBUTES, CHANGES])
    def test_are_none(self, adapter: TypeAdapter[Any], value: object) -> None:
        """What nests, what Postgres cannot hold, and what clients read differently is refused."""
        with pytest.raises(ValidationError) as refusal:
            adapter.validate_python({"a": value})
        assert refusal.value.errors()[0]["loc"] == ("a",)

    @pytest.mark.parametrize(
        "said",
        [
            [],
            "a",
            None,
            {"": 1},
            {"x" * 51: 1},
            {"\x00": 1},
            {str(number): 1 for number in range(51)},
        ],
    )
    def test_names(self, said: object) -> None:
        """Members have names, and there are not too many."""
        with pytest.raises(ValidationError):
            ATTRIBUTES.validate_python(said)

    def test_null(self) -> None:
        """Null takes a member away, so that a new row has none that is null."""
        assert CHANGES.validate_python({"a": None}) == {"a": None}
        with pytest.raises(ValidationError):
            ATTRIBUTES.validate_python({"a": None})

    def test_are_documented(self) -> None:
        """The document says what is refused."""
        schema = ATTRIBUTES.json_schema()
        assert (schema["type"], schema["maxProperties"]) == ("object", 50)
        assert schema["additionalProperties"] is False
        [member] = schema["patternProperties"].values()
        kinds = [one["type"] for one in member["anyOf"]]
        assert kinds == ["string", "number", "boolean", "array"]
        assert schema["propertyNames"]["maxLength"] == 50


class TestPatch:
    """RFC 7396, of what is flat; Postgres and Python say the same."""

    @pytest.mark.parametrize(
        ("before", "changes", "after"),
        [
            ({"a": "b"}, {"a": "c"}, {"a": "c"}),
            ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
            ({"a": "b"}, {"a": None}, {}),
            ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
            ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
            ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
            ({"a": 1}, {}, {"a": 1}),
            ({}, {"a": None}, {}),
            (None, {"a": 1, "b": None}, {"a": 1}),
            ({"a": 1}, None, None),
            (None, None, None),
        ],
    )
    async def test_merges(
        self, session: AsyncSession, before: Any, changes: Any, after: object
    ) -> None:
        """What is named changes, null takes it away, and the rest stays."""
        nullable = JSONB(none_as_null=True)
        statement = select(patched(literal(before, nullable), literal(changes, nullable)))
        assert (await session.execute(statement)).scalar_one() == after
        assert patch(before, changes) == after
