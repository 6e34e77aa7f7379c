"""The app's endpoints as requests, as its profile has them. Every transport sends these."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from integration_cli.operation import Json, Kind, Operation, Request
from integration_cli.profile import (
    Bulk,
    Call,
    Fields,
    Given,
    Items,
    Pages,
    Profile,
    Route,
    declared,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a write gives an item; what is None stays as it is, or is the app's choice.

    `unique` is needed to create an item, and by a PUT, which names everything.
    """

    nonce: str | None = None
    counter: int | None = None
    unique: str | None = None
    others: Json = field(default_factory=dict)  # by the app's own names


@dataclass(frozen=True, slots=True)
class Api:
    """Makes the requests that a profile describes."""

    profile: Profile

    @property
    def _items(self) -> Items:
        return declared(self.profile.items)

    @property
    def _fields(self) -> Fields:
        return self._items.fields

    def prepare(self, given: Given, mark: str) -> Request:
        """Ask for what other requests need, or make it."""
        body = given.fill(mark) or None
        return _plain(Kind.PREPARE, given.request, body=body)

    def live(self) -> Request:
        """Is a process there? Costs no database; warms a connection."""
        return _probe(self.profile.health.live)

    def ready(self) -> Request:
        """Can it serve?"""
        return _probe(self.profile.health.ready)

    def register(self, email: str, password: str, name: str) -> Request:
        """Create a user."""
        accounts = self.profile.accounts
        call = Call(accounts.create, accounts.body)
        known = {"email": email, "password": password, "name": name}
        return _call(Kind.REGISTER, call, known)

    def sign_in(self, email: str, password: str) -> Request:
        """Ask for tokens, for example by the OAuth 2 password grant (RFC 6749, 4.3)."""
        return _call(Kind.SIGN_IN, self.profile.login, {"email": email, "password": password})

    def refresh(self, refresh_token: str) -> Request:
        """Exchange a refresh token for new tokens."""
        known = {"refresh_token": refresh_token}
        return _call(Kind.REFRESH, declared(self.profile.refresh), known)

    def revoke(self, token: str) -> Request:
        """End the log-in of a token."""
        return _call(Kind.REVOKE, declared(self.profile.revoke), {"token": token})

    def change_password(self, password: str, new_password: str) -> Request:
        """Give the signed-in user another password."""
        known = {"password": password, "new_password": new_password}
        return _call(Kind.CHANGE_PASSWORD, declared(self.profile.password), known)

    def read_me(self) -> Request:
        """Who is signed in?"""
        return _plain(Kind.READ_ME, declared(self.profile.accounts.me))

    def delete_me(self) -> Request:
        """Delete the signed-in user, and with it everything that it owns."""
        return _plain(Kind.DELETE_USER, self.profile.accounts.delete)

    def create_item(self, new: Change) -> Request:
        """Create one item."""
        body = {**self._items.body, **self.members(new)}
        return _plain(Kind.CREATE_ITEM, self._items.create, body=body)

    def create_items(self, new: Sequence[Change]) -> Request:
        """Create several items, all or none."""
        bulk = declared(self.profile.bulk)
        bodies = [{**self._items.body, **self.members(one)} for one in new]
        return _many(Kind.CREATE_ITEMS, declared(bulk.create), bulk, bodies)

    def read_item(self, item_id: str) -> Request:
        """Read one item."""
        return _plain(Kind.READ_ITEM, self._items.read, item_id)

    def list_items(
        self, size: int | None = None, position: str | None = None, order: str | None = None
    ) -> Request:
        """Read one page of the signed-in user's items; the longest that the app gives."""
        pages: Pages = declared(self.profile.pages)
        query = {pages.size: str(min(size or pages.max_size, pages.max_size))}
        query |= {pages.position: position} if position else {}
        query |= {pages.order: order} if pages.order and order else {}
        route = pages.request
        return Request(Kind.LIST_ITEMS, route.method, f"{route.path}?{urlencode(query)}")

    def following(self, page: Operation, position: str | None) -> str | None:
        """Where the page after this one begins; None after the last."""
        pages: Pages = declared(self.profile.pages)
        if pages.next:
            named = page.answer.get(pages.next)
            return None if named is None else str(named)
        asked = parse_qs(urlsplit(page.path).query).get(pages.size, ["1"])
        rows = page.answer.get(pages.items)
        count = len(rows) if isinstance(rows, list) else 0
        return str(int(position or 0) + count) if count >= int(asked[0]) else None

    def update_item(self, item_id: str, change: Change) -> Request:
        """Change one item."""
        route = declared(self._items.update)
        body = self.members(change)
        if route.method == "PUT":
            body = {**self._items.body, **body}
        return _plain(Kind.UPDATE_ITEM, route, item_id, body)

    def update_items(self, changes: Mapping[str, Change]) -> Request:
        """Change several items, each by its id and in this order, all or none."""
        bulk, name = declared(self.profile.bulk), self._fields.id
        bodies = [{name: one, **self.members(change)} for one, change in changes.items()]
        return _many(Kind.UPDATE_ITEMS, declared(bulk.update), bulk, bodies)

    def delete_item(self, item_id: str) -> Request:
        """Delete one item."""
        return _plain(Kind.DELETE_ITEM, declared(self._items.delete), item_id)

    def members(self, change: Change) -> Json:
        """A change in the app's own words."""
        fields = self._fields
        nonce = change.nonce if change.nonce is None else written(change.nonce, fields.mark)
        named = (
            (fields.nonce, nonce),
            (fields.counter, change.counter),
            (fields.unique, change.unique),
        )
        return {name: value for name, value in named if name and value is not None} | change.others


def written(mark: str, form: str | None) -> str:
    """A mark as the app's member can hold it: itself, or digits made of it in a given form."""
    if form is None:
        return mark
    digits = iter(str(int.from_bytes(hashlib.sha256(mark.encode()).digest())))
    return "".join(next(digits) if character == "#" else character for character in form)


def _probe(route: Route) -> Request:
    return _plain(Kind.PROBE, route)


def _plain(kind: Kind, route: Route, target: str = "", body: Json | None = None) -> Request:
    return Request(kind, route.method, route.to(target), body, target=target)


def _call(kind: Kind, call: Call, known: Mapping[str, str]) -> Request:
    route, body = call.request, call.fill(**known)
    if call.encoding == "form":
        form = {name: str(value) for name, value in body.items()}
        return Request(kind, route.method, route.path, form=form)
    return Request(kind, route.method, route.path, body)


def _many(kind: Kind, route: Route, bulk: Bulk, bodies: list[Json]) -> Request:
    return Request(kind, route.method, route.path, {bulk.items: bodies})
