"""The bodies of requests and responses about logging in."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from api.schemas import Body


class LogIn(BaseModel):
    """An e-mail address and a password, as a form (RFC 6749, section 4.3.2).

    What else OAuth2 clients send, as scopes, is ignored.
    """

    grant_type: Literal["password"] = "password"
    username: str = Field(min_length=1, description="The e-mail address")
    password: SecretStr = Field(min_length=1)


class TokenPair(BaseModel):
    """An access token and the refresh token that gets the next one (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    refresh_token: str


class Refresh(Body):
    """A refresh token to be exchanged."""

    refresh_token: SecretStr
