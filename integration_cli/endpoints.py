"""The app's endpoints as requests. Both transports, `client` and `release`, send these."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from integration_cli.operation import Json, Kind, Request

PAGE_LIMIT = 1000
BULK_LIMIT = 1000


def live() -> Request:
    """Is a process there? Costs no database; warms a connection."""
    return Request(Kind.PROBE, "GET", "/health/live")


def ready() -> Request:
    """Can it serve?"""
    return Request(Kind.PROBE, "GET", "/health/ready")


def register(email: str, password: str, name: str) -> Request:
    """Create a user."""
    body = {"email": email, "password": password, "name": name}
    return Request(Kind.REGISTER, "POST", "/users", body, secret=True)


def sign_in(email: str, password: str) -> Request:
    """Ask for tokens: the OAuth 2 password grant (RFC 6749, 4.3), which is form-encoded."""
    form = {"grant_type": "password", "username": email, "password": password}
    return Request(Kind.SIGN_IN, "POST", "/auth/token", form=form, secret=True)


def delete_me() -> Request:
    """Delete the signed-in user, and with it everything that it owns."""
    return Request(Kind.DELETE_USER, "DELETE", "/users/me")


def create_item(item: Json) -> Request:
    """Create one item."""
    return Request(Kind.CREATE_ITEM, "POST", "/items", item)


def create_items(items: Sequence[Json]) -> Request:
    """Create up to `BULK_LIMIT` items, all or none."""
    return Request(Kind.CREATE_ITEMS, "POST", "/items/bulk", {"items": list(items)})


def read_item(item_id: str) -> Request:
    """Read one item."""
    return Request(Kind.READ_ITEM, "GET", f"/items/{quote(item_id, safe='')}")


def list_items(limit: int = PAGE_LIMIT, cursor: str | None = None) -> Request:
    """Read one page of the signed-in user's items."""
    query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
    return Request(Kind.LIST_ITEMS, "GET", f"/items?{urlencode(query)}")


def update_item(item_id: str, change: Json) -> Request:
    """Change one item."""
    return Request(Kind.UPDATE_ITEM, "PATCH", f"/items/{quote(item_id, safe='')}", change)


def update_items(changes: Sequence[Json]) -> Request:
    """Change up to `BULK_LIMIT` items, each named by its `id`, all or none."""
    return Request(Kind.UPDATE_ITEMS, "PATCH", "/items", {"items": list(changes)})


def delete_item(item_id: str) -> Request:
    """Delete one item."""
    return Request(Kind.DELETE_ITEM, "DELETE", f"/items/{quote(item_id, safe='')}")
