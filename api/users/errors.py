"""Refusals about users."""

from api.errors import ApiError


class EmailTaken(ApiError):
    """Another account has this e-mail address."""

    status = 409
    title = "E-mail address taken"


class WrongPassword(ApiError):
    """The current password, which a change of one's own needs, is another or was not given."""

    status = 403
    title = "Wrong password"


class AdministratorsOnly(ApiError):
    """What was to be changed is for administrators to change."""

    status = 403
    title = "For administrators only"


class QuotaBelowCount(ApiError):
    """The user has more items than the new quota allows."""

    status = 409
    title = "Quota below count"


class UserNotFound(ApiError):
    """There is no such user, or not for the one who asks."""

    status = 404
    title = "No such user"
