"""The bodies of requests and responses about users."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, SecretStr

from api.schemas import Body, Changes, Name, View

# Lower case, so that one address is one account whatever way it is typed.
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
# NIST SP 800-63B, section 5.1.1.2, asks for long passwords and for no rules of composition.
Password = Annotated[SecretStr, Field(min_length=12, max_length=256)]


class NewUser(Body):
    """A person who signs up."""

    email: Email
    name: Name
    password: Password


class UserChanges(Changes):
    """What of a user changes."""

    name: Name = Field(default_factory=str)
    password: Password = Field(default_factory=lambda: SecretStr(""))


class UserView(View):
    """A user as it sees itself."""

    email: str
    name: str
