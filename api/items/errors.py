"""Refusals about items."""

from api.errors import ApiError


class ItemNotFound(ApiError):
    """There is no such item, or not for the one who asks."""

    status = 404
    title = "No such item"


class ItemNameTaken(ApiError):
    """The owner has another item of this name."""

    status = 409
    title = "Item name taken"


class ItemQuotaReached(ApiError):
    """The owner has as many items as it may have."""

    status = 409
    title = "Item quota reached"
