"""The vocabulary of a history: a request to the app, and what became of it."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

# Of an answer's headers, those that a check reads.
KEPT_HEADERS = frozenset({"etag", "date", "retry-after", "location", "connection", "x-request-id"})


def as_object(value: object) -> Json:
    """What JSON says as an object: a list becomes its member "", and anything else is empty."""
    if isinstance(value, list):
        return {"": value}
    return value if isinstance(value, dict) else {}


class Kind(StrEnum):
    """What a request asks for, independent of its path."""

    PROBE = "probe"
    REGISTER = "register"
    SIGN_IN = "sign-in"
    REFRESH = "refresh"
    REVOKE = "revoke"
    CHANGE_PASSWORD = "change-password"  # noqa: S105  # a kind of request
    READ_ME = "read-me"
    DELETE_USER = "delete-user"
    CREATE_ITEM = "create-item"
    CREATE_ITEMS = "create-items"
    READ_ITEM = "read-item"
    LIST_ITEMS = "list-items"
    UPDATE_ITEM = "update-item"
    UPDATE_ITEMS = "update-items"
    DELETE_ITEM = "delete-item"
    PREPARE = "prepare"  # what other requests need is asked for, or made
    MALFORMED = "malformed"
    IDLE = "idle"  # no request: a connection on which nothing was asked for a while


MAKING = {Kind.REGISTER, Kind.CREATE_ITEM, Kind.CREATE_ITEMS, Kind.PREPARE, Kind.MALFORMED}
SECRET = {Kind.REGISTER, Kind.SIGN_IN, Kind.REFRESH, Kind.REVOKE, Kind.CHANGE_PASSWORD}


class Trouble(StrEnum):
    """Why there is no answer."""

    CONNECT = "no connection"
    TIMEOUT = "time-out"
    RESET = "reset"
    ABORTED = "broken off by us"
    WITHHELD = "withheld"  # by us: the run may make no more rows


NEVER_SENT = {Trouble.CONNECT, Trouble.WITHHELD}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    `target` is the id of the one thing that it is about. `headers` are those that say what it
    means, as If-Match. `race` is the attempt that it is part of, which a check judges as a whole.
    """

    kind: Kind
    method: str
    path: str
    body: Json | None = None
    form: dict[str, str] | None = None
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    race: str = ""
    raw: bytes | None = None  # a body that is sent as it is, with a Content-Type in `headers`

    @property
    def rows(self) -> int:
        """How many rows the app may make of it, at most."""
        if self.kind not in MAKING or self.method == "GET":
            return 0
        if self.kind is not Kind.CREATE_ITEMS:
            return 1
        return sum(len(value) for value in (self.body or {}).values() if isinstance(value, list))

    def of(self, race: str) -> "Request":
        """The same request as part of an attempt."""
        return replace(self, race=race)

    def with_headers(self, **headers: str) -> "Request":
        """The same request with more headers; an underscore stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers=self.headers | named)


@dataclass(frozen=True, slots=True)
class Operation:
    """A request and its answer, seen by one client.

    `invoked` and `returned` are monotonic nanoseconds of the machine that asks: they bound the
    instant at which the app acted, and are comparable within one history only. `intended` is when
    the request was due; it differs from `invoked` where arrivals follow a schedule. `wall` is the
    time of day of `returned`, in seconds since 1970.

    `connection` names the TCP connection, `worker` the process that answered, if the app tells.
    `login` names the log-in whose token was sent, and never has the token. `sent` has the request's
    headers that matter, `headers` the answer's, in lower case. An answer that is a JSON list is
    kept as the member "" of an object.
    """

    kind: Kind
    method: str
    path: str
    client: str
    user: str
    invoked: int
    returned: int
    status: int | None = None
    trouble: str | None = None
    worker: str | None = None
    phase: str = ""
    race: str = ""
    target: str = ""
    intended: int | None = None
    wall: float = 0.0
    connection: str = ""
    login: str = ""
    sent: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Json | None = None
    answer: Json = field(default_factory=dict)

    @property
    def acknowledged(self) -> bool:
        """The app said that it did it (2xx)."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """The app said that it did not, or never heard of it. 408 is a proxy's guess, not a no."""
        if self.status is None:
            return self.trouble in NEVER_SENT
        return 300 <= self.status < 500 and self.status != 408

    @property
    def indeterminate(self) -> bool:
        """A time-out, a reset or a 5xx: it may have happened, and it may still happen."""
        return not self.acknowledged and not self.refused

    @property
    def failed(self) -> bool:
        """The app answered with a fault of its own; 503 only says that it is overloaded."""
        return self.status is not None and self.status >= 500 and self.status != 503

    @property
    def milliseconds(self) -> float:
        """From the request to the whole answer."""
        return (self.returned - self.invoked) / 1e6

    @property
    def outcome(self) -> str:
        """The status, or what stood in its place."""
        return str(self.status) if self.status is not None else str(self.trouble)

    @property
    def retry_after(self) -> str | None:
        """When the app asks to be asked again."""
        return self.headers.get("retry-after")

    @property
    def etag(self) -> str | None:
        """The version that the answer shows."""
        return self.headers.get("etag")

    def before(self, other: "Operation") -> bool:
        """Whether this was over before the other began: the only order a client can know."""
        return self.returned < other.invoked

    def redacted(self) -> "Operation":
        """The same without passwords and tokens: what a history may keep.

        Of a token's claims those stay that say since when and until when it is good.
        """
        if self.kind not in SECRET:
            return self
        answer = self.answer if self.acknowledged else {}
        plain = {name: value for name, value in answer.items() if _is_harmless(name, value)}
        for value in answer.values():
            plain |= _times(value)
        return replace(self, body=None, answer=plain)

    def to_json(self) -> Json:
        """A JSON object, without what is empty; `from_json` reads it back."""
        said = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in said.items() if value not in (None, "", {})}
        return {"user": "", **kept}

    @classmethod
    def from_json(cls, line: Json) -> "Operation":
        """Read what `to_json` wrote.

        Raises:
            TypeError: a member is missing or unknown.
            ValueError: the kind is unknown.
        """
        return cls(**{**line, "kind": Kind(line["kind"])})


def _is_harmless(name: str, value: object) -> bool:
    secret = any(word in name.lower() for word in ("password", "token", "secret"))
    return not secret and not isinstance(value, dict | list)


def _times(value: object) -> Json:
    """When a JSON Web Token was issued and expires; nothing for what is none."""
    parts = value.split(".") if isinstance(value, str) else []
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    named = as_object(claims)
    return {name: named[name] for name in ("iat", "exp") if name in named}
