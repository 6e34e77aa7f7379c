"""The bodies of requests and responses about users."""

from typing import Annotated

from fastapi import Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    EmailStr,
    Field,
    SecretStr,
    StrictBool,
)
from pydantic_core import PydanticKnownError

from api.pagination import PageQuery
from api.schemas import JSON_NUMBER, Body, Changes, Name, View

# NIST SP 800-63B, section 5.1.1.2, asks for long passwords and for no rules of composition.
SHORTEST, LONGEST = 12, 256  # characters of a password


def _bare(address: object) -> object:
    # Pydantic takes the address out of "Ada <ada@example.com>" too.
    if isinstance(address, str) and "<" in address:
        raise ValueError("must be an e-mail address without a name")
    return address


def _fitting(secret: SecretStr) -> SecretStr:
    # Field(min_length=...) would not say that it is characters that are counted.
    if len(secret) < SHORTEST:
        raise PydanticKnownError("string_too_short", {"min_length": SHORTEST})
    if len(secret) > LONGEST:
        raise PydanticKnownError("string_too_long", {"max_length": LONGEST})
    return secret


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text that UTF-8 can encode") from None
    return secret


# Lower case, so that one address is one account whatever way it is typed.
Email = Annotated[
    EmailStr, Field(max_length=254), BeforeValidator(_bare), AfterValidator(str.lower)
]
Password = Annotated[
    SecretStr,
    Field(json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST}),
    AfterValidator(_fitting),
    AfterValidator(_encodable),
]
Quota = Annotated[int, Field(ge=0, le=2_147_483_647), JSON_NUMBER]


class NewUser(Body):
    """A person who signs up."""

    email: Email
    name: Name
    password: Password


class UserChanges(Changes):
    """What of a user changes; `is_admin` and `item_quota` are for administrators.

    A new password of one's own comes with the current one.
    """

    name: Name = Field(default_factory=str)
    password: Password = Field(default_factory=lambda: SecretStr(""))
    current_password: Annotated[SecretStr, AfterValidator(_encodable)] | None = None
    is_admin: StrictBool = Field(default_factory=bool)
    item_quota: Quota = Field(default_factory=int)


class UserView(View):
    """A user as it sees itself, and as administrators do."""

    email: str
    name: str
    is_admin: bool
    item_count: int
    item_quota: int


class UserPage(BaseModel):
    """A page of users in the order of their ids, and the cursor of the next page."""

    users: list[UserView]
    next_cursor: str | None


class UserQuery(PageQuery):
    """Which users to read."""

    email: Annotated[Email | None, Query(description="With exactly this e-mail address")] = None
