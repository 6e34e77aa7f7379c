"""What is known of the app under judgement: its paths, members and statuses.

Nothing else in this package names a path or a member of the app, so that another API of users, and
of their things if they have any, is judged by writing a profile. The one for this project says of
each entry what it means: `profiles/pir.toml`.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

T = TypeVar("T")

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, which may have `{id}` in it."""

    method: str
    path: str

    @classmethod
    def parse(cls, text: str) -> "Route":
        """Read `GET /items/{id}`.

        Raises:
            ValueError: it is not that; the text says what it must be.
        """
        method, _, path = text.partition(" ")
        if method not in METHODS or not path.startswith("/"):
            raise ValueError('must be a method and a path, as "GET /items/{id}"')
        return cls(method, path)

    def to(self, target: str) -> str:
        """The path to one thing."""
        return self.path.replace("{id}", quote(target, safe=""))


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose body has places for what is known only when it is made, as `{email}`."""

    request: Route
    body: dict[str, object]
    encoding: str = "json"

    def fill(self, **known: str) -> dict[str, object]:
        """The body for this occasion."""
        return {name: _fill(value, known) for name, value in self.body.items()}


@dataclass(frozen=True, slots=True)
class Health:
    """Where the app says how it is."""

    live: Route
    ready: Route


@dataclass(frozen=True, slots=True)
class Accounts:
    """How users come, tell who they are, and go."""

    create: Route
    body: dict[str, object]
    delete: Route
    me: Route | None = None
    id: str = "id"
    email: str = "email"


@dataclass(frozen=True, slots=True)
class LogIn(Call):
    """How a token is got; `token` and `refresh_token` are members of the answer.

    `limited` is the status that answers who guessed a password too often.
    """

    token: str = "access_token"  # noqa: S105  # a member's name
    refresh_token: str | None = None
    limited: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A request that each user sends first, whose answer has an id that bodies need."""

    request: Route
    body: dict[str, object] = field(default_factory=dict)
    id: str = "id"

    def fill(self, mark: str) -> dict[str, object]:
        """The body, where `{mark}` is a text that no other has."""
        return {name: _fill(value, {"mark": mark}) for name, value in self.body.items()}


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of an item; those that an app does not have are None.

    Where the nonce is no text, `mark` says how it is written: each # is a digit.
    """

    id: str
    nonce: str
    mark: str | None = None
    unique: str | None = None
    counter: str | None = None
    owner: str | None = None
    version: str | None = None
    created: str | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """The things that users own."""

    create: Route
    read: Route
    fields: Fields
    update: Route | None = None
    delete: Route | None = None
    body: dict[str, object] = field(default_factory=dict)
    invalid: dict[str, object] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    samples: dict[str, list[object]] = field(default_factory=dict)
    taken: int = 409
    private: bool = False

    def __post_init__(self) -> None:
        """Refuse what would ask for the wrong thing, and hold the answer against the app."""
        for name in ("read", "update", "delete"):
            route: Route | None = getattr(self, name)
            if route and "{id}" not in route.path:
                raise ValueError(f"{name} needs {{id}} in its path")
        _require_places("body", self.body, known=self.given.keys())


@dataclass(frozen=True, slots=True)
class Pages:
    """How a user's items are listed."""

    request: Route
    items: str = ""
    size: str = "limit"
    position: str = "offset"
    next: str | None = None
    max_size: int = 100
    order: str | None = None
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulk:
    """How several items are made or changed, all of them or none."""

    create: Route | None = None
    update: Route | None = None
    items: str = "items"
    max_rows: int = 100


@dataclass(frozen=True, slots=True)
class Conditional:
    """What a change of another version than that of `If-Match` is answered with.

    `delete` tells whether a deletion looks at the header too.
    """

    stale: int = 412
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The header that makes a repeated POST act once."""

    header: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Members of what `accounts.me` answers."""

    limit: str
    count: str


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers by which the app can be watched; in lower case."""

    worker: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Overload:
    """How the app says that Postgres lets it have no more connections."""

    unreachable: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is known of an app.

    `beside` has profiles of other things of the same users.
    """

    name: str
    health: Health
    accounts: Accounts
    login: LogIn
    items: Items | None = None
    openapi: str | None = None
    password: Call | None = None
    refresh: Call | None = None
    revoke: Call | None = None
    pages: Pages | None = None
    bulk: Bulk | None = None
    conditional: Conditional | None = None
    idempotency: Idempotency | None = None
    quota: Quota | None = None
    headers: Headers = field(default_factory=Headers)
    overload: Overload = field(default_factory=Overload)
    beside: tuple["Profile", ...] = ()

    def __post_init__(self) -> None:
        """Refuse bodies that lack what they are for."""
        user = {"email", "password"}
        _require_places("accounts.body", self.accounts.body, user, known={"name"})
        _require_places("login.body", self.login.body, user)
        for name, call, needed in (
            ("password", self.password, "new_password"),
            ("refresh", self.refresh, "refresh_token"),
            ("revoke", self.revoke, "token"),
        ):
            if call:
                _require_places(f"{name}.body", call.body, {needed}, known={"password"})

    @property
    def given(self) -> dict[str, Given]:
        """What each user sends before it can make items."""
        return self.items.given if self.items else {}

    @property
    def taken(self) -> int:
        """The answer to a unique value that is taken, an account's or an item's."""
        return self.items.taken if self.items else 409


def declared(part: T | None) -> T:
    """A part of the profile that must be there: who asks has asked for the capability before."""
    if part is None:
        raise LookupError("the profile does not declare this")
    return part


def _require_places(
    where: str,
    body: dict[str, object],
    needed: Set[str] = frozenset(),
    known: Set[str] = frozenset(),
) -> None:
    texts = [value for value in body.values() if isinstance(value, str)]
    found = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
    for name in sorted(needed - found):
        raise ValueError(f"{where} needs {{{name}}}")
    for name in sorted(found - needed - known):
        raise ValueError(f"{where} has {{{name}}}, which nothing takes the place of")


def _fill(value: object, known: dict[str, str]) -> object:
    if not isinstance(value, str):
        return value
    for name, text in known.items():
        value = value.replace(f"{{{name}}}", text)
    return value
