"""Refusals of who one says to be."""

from typing import ClassVar, Self

from api.errors import ApiError


class Unauthenticated(ApiError):
    """No good access token came with the request, or its log-in has ended."""

    status = 401
    title = "Not authenticated"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}

    @classmethod
    def because_log_in_ended(cls) -> Self:
        """Return the refusal of a token that was good until its log-in was ended."""
        return cls("The log-in of this access token has ended; log in again at /auth/token.")


class InvalidCredentials(ApiError):
    """The e-mail address and the password do not belong together."""

    status = 401
    title = "Invalid credentials"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class TooManyAttempts(ApiError):
    """Log-ins to this account failed too often; it takes none until some time has passed."""

    status = 429
    title = "Too many attempts"
    own_headers = ("Retry-After",)


class InvalidRefreshToken(ApiError):
    """The refresh token is unknown, spent or too old; the end of its log-in stays."""

    status = 401
    title = "Invalid refresh token"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}
    commits = True
