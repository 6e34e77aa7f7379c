"""The bodies of requests and responses about items."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas import JSON_NUMBER, Body, Changes, Name, Text, View

MAX_ROWS = 1000

Description = Annotated[Text, Field(max_length=10_000)]
Quantity = Annotated[int, Field(ge=0, le=2_147_483_647)]


class NewItem(Body):
    """An item to be made."""

    name: Name
    description: Description = ""
    quantity: Annotated[Quantity, JSON_NUMBER] = 0


class NewItems(Body):
    """Items to be made together, or not at all."""

    items: Annotated[list[NewItem], Field(min_length=1, max_length=MAX_ROWS)]


class ItemChanges(Changes):
    """What of an item changes."""

    name: Name = Field(default_factory=str)
    description: Description = Field(default_factory=str)
    quantity: Annotated[Quantity, JSON_NUMBER] = Field(default_factory=int)


class OneItemChanges(ItemChanges):
    """What of one item among several changes."""

    id: UUID

    def given(self) -> dict[str, Any]:
        """Return the members that change the item, of which its id is none."""
        return {name: value for name, value in super().given().items() if name != "id"}


class ManyItemChanges(Body):
    """What changes of several items, all of it or nothing."""

    items: Annotated[list[OneItemChanges], Field(min_length=1, max_length=MAX_ROWS)]

    @model_validator(mode="after")
    def _name_each_item_once(self) -> Self:
        if len({item.id for item in self.items}) < len(self.items):
            raise PydanticCustomError("named_twice", "an item is named twice")
        return self


class ItemView(View):
    """An item as its owner sees it."""

    owner_id: UUID
    version: int
    name: str
    description: str
    quantity: int


class ItemList(Body):
    """Several items, in the order of the request."""

    items: list[ItemView]


class ItemPage(ItemList):
    """A page of items in the order of their ids, and the cursor of the next page."""

    next_cursor: str | None
