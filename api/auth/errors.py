"""Refusals of who one says to be."""

from typing import ClassVar

from api.errors import ApiError


class Unauthenticated(ApiError):
    """No good access token came with the request."""

    status = 401
    title = "Not authenticated"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class InvalidCredentials(ApiError):
    """The e-mail address and the password do not belong together."""

    status = 401
    title = "Invalid credentials"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class InvalidRefreshToken(ApiError):
    """The refresh token is unknown, spent or too old; the deletion of its family stays."""

    status = 401
    title = "Invalid refresh token"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}
    commits = True
