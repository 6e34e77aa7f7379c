"""A history, item by item: who wrote what when, who saw what when, and who deleted it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from integration_cli.operation import Item, Json, Kind, Operation

CREATES = {Kind.CREATE_ITEM, Kind.CREATE_ITEMS}
UPDATES = {Kind.UPDATE_ITEM, Kind.UPDATE_ITEMS}
READS = {Kind.READ_ITEM, Kind.LIST_ITEMS}
AUDIT = "audit"  # the phase in which nothing else runs


@dataclass(frozen=True, slots=True)
class Write:
    """One item's new value by one operation. The nonce is unique to the operation."""

    nonce: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Read:
    """One item's value in one answer; no nonce means that the item was not there (404)."""

    nonce: str | None
    operation: Operation


@dataclass(slots=True)
class Trace:
    """What happened to one item. Refused writes are not in it: they did not happen."""

    item_id: str
    by_nonce: dict[str, Write] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    deletes: list[Operation] = field(default_factory=list)

    @property
    def writes(self) -> Iterable[Write]:
        """The writes that happened, or may have."""
        return self.by_nonce.values()

    def written(self, nonce: str | None) -> Write | None:
        """The write that a read shows; None for a value this trace knows no write of."""
        return None if nonce is None else self.by_nonce.get(nonce)

    def may_be_gone(self, read: Operation) -> bool:
        """Whether a delete, done or possibly done, can explain that a read finds nothing."""
        return any(delete.invoked < read.returned for delete in self.deletes)


class Newest:
    """Among acknowledged writes, the one that began last of those over before an instant."""

    def __init__(self, writes: Iterable[Write]) -> None:
        done = [write for write in writes if write.operation.acknowledged]
        done.sort(key=lambda write: write.operation.returned)
        self._returned = [write.operation.returned for write in done]
        self._newest = list(accumulate(done, _later))

    def before(self, instant: int) -> Write | None:
        """The newest write that every read from this instant on must show, or a newer one."""
        position = bisect_left(self._returned, instant)
        return self._newest[position - 1] if position else None


def _later(one: Write, other: Write) -> Write:
    return max(one, other, key=lambda write: write.operation.invoked)


class Traces:
    """A whole history, indexed for the checks."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = sorted(operations, key=lambda operation: operation.invoked)
        self.items: dict[str, Trace] = {}
        for operation in self.operations:
            self._follow(operation)

    @cached_property
    def by_user(self) -> dict[str, list[Operation]]:
        """The operations of each user."""
        users: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            users[operation.user].append(operation)
        return users

    def _trace(self, item_id: str) -> Trace:
        return self.items.setdefault(item_id, Trace(item_id))

    def _follow(self, operation: Operation) -> None:
        if operation.kind in READS:
            self._follow_read(operation)
        elif operation.refused:
            return
        elif operation.kind in CREATES:
            for item, body in zip(operation.items, bodies(operation), strict=False):
                nonce = str(body.get("description", ""))
                self._trace(item.id).by_nonce[nonce] = Write(nonce, operation)
        elif operation.kind in UPDATES:
            for item_id, nonce in updated(operation):
                self._trace(item_id).by_nonce[nonce] = Write(nonce, operation)
        elif operation.kind is Kind.DELETE_ITEM:
            self._trace(operation.item_id).deletes.append(operation)

    def _follow_read(self, operation: Operation) -> None:
        if operation.status == 404 and operation.kind is Kind.READ_ITEM:
            self._trace(operation.item_id).reads.append(Read(None, operation))
        elif operation.acknowledged:
            for item in operation.items:
                self._trace(item.id).reads.append(Read(item.description, operation))


def bodies(operation: Operation) -> list[Json]:
    """The items in a request: those of a bulk request, or the one."""
    body = operation.body or {}
    found = body.get("items", [body])
    return found if isinstance(found, list) else []


def updated(operation: Operation) -> list[tuple[str, str]]:
    """The ids that an update names, each with the nonce that it writes."""
    return [
        (str(body.get("id", operation.item_id)), str(body["description"]))
        for body in bodies(operation)
        if "description" in body
    ]


def shown(operation: Operation) -> list[Item]:
    """What a successful read shows."""
    seen = operation.kind in READS and operation.acknowledged
    return operation.items if seen else []


def distinct(operations: Iterable[Operation]) -> list[Operation]:
    """Each operation once, in the order in which they began."""
    once = {(one.invoked, one.client): one for one in operations}
    return [once[key] for key in sorted(once)]
