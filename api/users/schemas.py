"""The bodies of requests and responses about users."""

from typing import Annotated, Self

from pydantic import AfterValidator, EmailStr, Field, SecretStr, model_validator

from api.schemas import Body, Changes, Name, View


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text that UTF-8 can encode") from None
    return secret


# Lower case, so that one address is one account whatever way it is typed.
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
# NIST SP 800-63B, section 5.1.1.2, asks for long passwords and for no rules of composition.
Password = Annotated[SecretStr, Field(min_length=12, max_length=256), AfterValidator(_encodable)]


class NewUser(Body):
    """A person who signs up."""

    email: Email
    name: Name
    password: Password


class UserChanges(Changes):
    """What of a user changes; a new password comes with the current one."""

    name: Name = Field(default_factory=str)
    password: Password = Field(default_factory=lambda: SecretStr(""))
    current_password: SecretStr = Field(default_factory=lambda: SecretStr(""))

    @model_validator(mode="after")
    def _name_the_current_password(self) -> Self:
        if "password" in self.model_fields_set and "current_password" not in self.model_fields_set:
            raise ValueError("current_password is needed to change the password")
        return self


class UserView(View):
    """A user as it sees itself."""

    email: str
    name: str
