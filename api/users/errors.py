"""Refusals about users."""

from api.errors import ApiError


class EmailTaken(ApiError):
    """Another account has this e-mail address."""

    status = 409
    title = "E-mail address taken"


class WrongPassword(ApiError):
    """The current password, which a change of it needs, is another."""

    status = 403
    title = "Wrong password"


class UserNotFound(ApiError):
    """There is no such user, or not for the one who asks."""

    status = 404
    title = "No such user"
