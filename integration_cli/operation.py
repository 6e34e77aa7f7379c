"""The vocabulary of a history: a request to the app, and what became of it."""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    """What a request asks for, independent of its path."""

    PROBE = "probe"
    REGISTER = "register"
    SIGN_IN = "sign-in"
    DELETE_USER = "delete-user"
    CREATE_ITEM = "create-item"
    CREATE_ITEMS = "create-items"
    READ_ITEM = "read-item"
    LIST_ITEMS = "list-items"
    UPDATE_ITEM = "update-item"
    UPDATE_ITEMS = "update-items"
    DELETE_ITEM = "delete-item"


class Trouble(StrEnum):
    """Why there is no answer."""

    CONNECT = "no connection"
    TIMEOUT = "time-out"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `secret` keeps its body and its answer out of every history."""

    kind: Kind
    method: str
    path: str
    body: Json | None = None
    form: dict[str, str] | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An item as an answer shows it. `description` carries the nonce of the write it comes from."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A request and its answer, seen by one client.

    `invoked` and `returned` are monotonic nanoseconds of the machine that asks: they bound the
    instant at which the app acted, and are comparable within one history only.
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
    retry_after: str | None = None
    phase: str = ""
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
            return self.trouble == Trouble.CONNECT
        return 300 <= self.status < 500 and self.status != 408

    @property
    def indeterminate(self) -> bool:
        """A time-out, a reset or a 5xx: it may have happened, and it may still happen."""
        return not self.acknowledged and not self.refused

    @property
    def milliseconds(self) -> float:
        """From the request to the whole answer."""
        return (self.returned - self.invoked) / 1e6

    @property
    def outcome(self) -> str:
        """The status, or what stood in its place."""
        return str(self.status) if self.status is not None else str(self.trouble)

    @property
    def item_id(self) -> str:
        """The id that the path of a single-item request names."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def items(self) -> list[Item]:
        """The items in the answer: a page, a bulk answer, or one."""
        found = self.answer.get("items", [self.answer])
        return [
            Item(str(one["id"]), str(one.get("name", "")), str(one.get("description", "")))
            for one in (found if isinstance(found, list) else [])
            if isinstance(one, dict) and "id" in one
        ]

    def before(self, other: "Operation") -> bool:
        """Whether this was over before the other began: the only order a client can know."""
        return self.returned < other.invoked

    def redacted(self) -> "Operation":
        """The same without bodies: what a history may keep of a sign-in."""
        return replace(self, body=None, answer={})

    def to_json(self) -> Json:
        """A JSON object; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, line: Json) -> "Operation":
        """Read what `to_json` wrote.

        Raises:
            TypeError: a member is missing or unknown.
            ValueError: the kind is unknown.
        """
        return cls(**{**line, "kind": Kind(line["kind"])})
