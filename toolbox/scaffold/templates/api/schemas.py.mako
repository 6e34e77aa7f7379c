"""The bodies of requests and responses about ${r.spoken_plural}."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from api.attributes import AttributeChanges, Attributes
from api.schemas import JSON_NUMBER, Body, Changes, Day, Moment, Name, Text, View, numeral

MAX_ROWS = 1000

% for field in r.own_types:
% if field.type == "text":
${field.own_type} = Annotated[Text, Field(max_length=10_000)]
% elif field.type == "str":
${field.own_type} = Annotated[Name, Field(max_length=${field.length})]
% elif field.type == "int":
${field.own_type} = Annotated[int, Field(ge=${f"{field.bounds[0]:_}"}, le=${f"{field.bounds[1]:_}"})]
% else:
${field.own_type} = Annotated[Decimal, numeral(digits=${field.digits}, places=${field.places})]
% endif
% endfor
% for field in r.enums:


class ${field.own_type}(StrEnum):
    """What the ${field.spoken} of ${r.a} can be; the table's check says the same."""

% for name, value in field.members:
    ${name} = "${value}"
% endfor
% endfor


class New${r.model}(Body):
    """${capitalized(r.a)} to be made."""

% for field in r.fields:
    ${field.new}
% endfor


class New${r.models}(Body):
    """${capitalized(r.spoken_plural)} to be made together, or not at all."""

    ${r.plural}: Annotated[list[New${r.model}], Field(min_length=1, max_length=MAX_ROWS)]


class ${r.model}Changes(Changes):
    """What of ${r.a} changes."""

% for field in r.fields:
    ${field.changed}
% endfor


class One${r.model}Changes(${r.model}Changes):
    """What of one ${r.spoken} among several changes."""

    id: UUID

    def given(self) -> dict[str, Any]:
        """Return the members that change the ${r.spoken}, of which its id is none."""
        return {name: value for name, value in super().given().items() if name != "id"}


class Many${r.model}Changes(Body):
    """What changes of several ${r.spoken_plural}, all of it or nothing."""

    ${r.plural}: Annotated[list[One${r.model}Changes], Field(min_length=1, max_length=MAX_ROWS)]

    @model_validator(mode="after")
    def _name_each_${r.singular}_once(self) -> Self:
        if len({${r.singular}.id for ${r.singular} in self.${r.plural}}) < len(self.${r.plural}):
            raise PydanticCustomError("named_twice", "${r.a} is named twice")
        return self


class ${r.model}View(View):
    """${capitalized(r.a)} as its owner sees it."""

    owner_id: UUID
    version: int
% for field in r.fields:
    ${field.shown}
% endfor


class ${r.model}List(Body):
    """Several ${r.spoken_plural}, in the order of the request."""

    ${r.plural}: list[${r.model}View]


class ${r.model}Page(${r.model}List):
    """A page of ${r.spoken_plural} in the order asked for, and the cursor of the next page."""

    next_cursor: str | None
