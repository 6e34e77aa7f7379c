"""A history, indexed for the checks: who wrote what when, who saw what when, who deleted it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

from integration_cli.operation import Json, Kind, Operation
from integration_cli.profile import Fields, Profile, declared

CREATES = {Kind.CREATE_ITEM, Kind.CREATE_ITEMS}
UPDATES = {Kind.UPDATE_ITEM, Kind.UPDATE_ITEMS}
WRITES = CREATES | UPDATES
BULK = {Kind.CREATE_ITEMS, Kind.UPDATE_ITEMS}
READS = {Kind.READ_ITEM, Kind.LIST_ITEMS}
T = TypeVar("T")
AUDIT = "audit"  # the phase in which nothing else runs


class Item(NamedTuple):
    """An item as an answer shows it; what the app does not have is None."""

    id: str
    nonce: str
    unique: str | None
    counter: int | None
    version: int | None
    owner: str | None
    created: str | None
    updated: str | None


class Write(NamedTuple):
    """One item's new value by one operation. The nonce is unique to the operation."""

    nonce: str
    operation: Operation


class Read(NamedTuple):
    """One item's value in one answer; no nonce means that the item was not there (404)."""

    nonce: str | None
    operation: Operation
    version: int | None = None


@dataclass(slots=True)
class Trace:
    """What happened to one item. Refused writes are not in it: they did not happen."""

    item_id: str
    by_nonce: dict[str, Write] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    deletes: list[Operation] = field(default_factory=list)
    creation: Operation | None = None
    ordered: "Newest | None" = None
    # All changes, also those without a nonce.
    updates: list[Operation] = field(default_factory=list)

    @property
    def newest(self) -> "Newest":
        """The acknowledged writes, to ask for the newest one before an instant."""
        if self.ordered is None:
            self.ordered = Newest(self.writes)
        return self.ordered

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
    return one if one.operation.invoked >= other.operation.invoked else other


class Traces:
    """A whole history, read by an app's profile."""

    def __init__(self, operations: Sequence[Operation], profile: Profile) -> None:
        self.profile = profile
        self.operations = sorted(operations, key=lambda operation: operation.invoked)
        self.items: dict[str, Trace] = {}
        self._shown: dict[int, list[Item]] = {}
        self._made: dict[Callable[[Traces], Any], Any] = {}
        self._tagged: dict[tuple[str, str], str] = {}  # nonces, by item and entity tag
        for operation in self.operations:
            self._follow(operation)
        self._follow_users()

    @property
    def fields(self) -> Fields:
        """The members of the items, for who has met one."""
        return declared(self.profile.items).fields

    @cached_property
    def by_kind(self) -> dict[Kind, list[Operation]]:
        """The operations of each kind, in the order in which they began."""
        kinds: dict[Kind, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            kinds[operation.kind].append(operation)
        return kinds

    @cached_property
    def by_user(self) -> dict[str, list[Operation]]:
        """The operations of each user."""
        users: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            users[operation.user].append(operation)
        return users

    @cached_property
    def _races(self) -> dict[str, dict[str, list[Operation]]]:
        races: dict[str, dict[str, list[Operation]]] = defaultdict(lambda: defaultdict(list))
        for operation in self.operations:
            if operation.race:
                races[operation.race.partition("#")[0]][operation.race].append(operation)
        return races

    def races(self, scenario: str) -> dict[str, list[Operation]]:
        """The windows of a scenario, each with its operations in order."""
        return self._races.get(scenario, {})

    def once(self, make: Callable[["Traces"], T]) -> T:
        """What this makes of the history: made for the first check that asks, kept for others."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    def items_of(self, operation: Operation) -> list[Item]:
        """The items in an answer: a page, a bulk answer, or one."""
        known = self._shown.get(id(operation))
        if known is None:
            known = self._shown[id(operation)] = items_in(operation, self.profile)
        return known

    def shown(self, operation: Operation) -> list[Item]:
        """What a successful read shows."""
        seen = operation.kind in READS and operation.acknowledged
        return self.items_of(operation) if seen else []

    def bodies(self, operation: Operation) -> list[Json]:
        """The items in a request: those of a bulk request, or the one."""
        return bodies(operation, self.profile)

    def changes(self, operation: Operation) -> list[tuple[str, Json]]:
        """The ids that an update names, each with what it writes."""
        name = self.fields.id
        return [(str(one.get(name, operation.target)), one) for one in self.bodies(operation)]

    def nonces(self, operation: Operation) -> list[str]:
        """The marks that a write would leave, one for each item."""
        name = self.fields.nonce
        return [str(one[name]) for one in self.bodies(operation) if name in one]

    def _trace(self, item_id: str) -> Trace:
        trace = self.items.get(item_id)
        if trace is None:
            trace = self.items[item_id] = Trace(item_id)
        return trace

    def _follow(self, operation: Operation) -> None:
        kind = operation.kind
        self._follow_tag(operation)
        if kind in READS:
            self._follow_read(operation)
        elif operation.refused:
            return
        elif kind in CREATES:
            if operation.acknowledged:
                self._follow_creation(operation)
        elif kind in UPDATES:
            self._follow_update(operation)
        elif kind is Kind.DELETE_ITEM:
            self._trace(operation.target).deletes.append(operation)

    def _follow_tag(self, operation: Operation) -> None:
        if "etag" in operation.headers and operation.acknowledged:
            for item in self.items_of(operation):
                self._tagged.setdefault((item.id, operation.headers["etag"]), item.nonce)

    def _follow_users(self) -> None:
        """With a user goes all that it owns."""
        ends: dict[str, list[Operation]] = defaultdict(list)
        for one in self.operations:
            if one.kind is Kind.DELETE_USER and not one.refused:
                ends[one.user].append(one)
        for trace in self.items.values() if ends else ():
            if trace.creation:
                trace.deletes += ends.get(trace.creation.user, [])

    def _follow_creation(self, operation: Operation) -> None:
        name = self.fields.nonce
        for item, body in zip(self.items_of(operation), self.bodies(operation), strict=False):
            nonce = str(body.get(name, ""))
            trace = self._trace(item.id)
            trace.by_nonce[nonce] = Write(nonce, operation)
            trace.creation = operation

    def _follow_update(self, operation: Operation) -> None:
        name = self.fields.nonce
        for item_id, body in self.changes(operation):
            trace = self._trace(item_id)
            trace.updates.append(operation)
            if name in body:
                nonce = str(body[name])
                trace.by_nonce[nonce] = Write(nonce, operation)

    def _follow_read(self, operation: Operation) -> None:
        if operation.status in GONE and operation.kind is Kind.READ_ITEM:
            trace = self._trace(operation.target)
            # What is another's may look as if it were not there.
            if trace.creation is None or trace.creation.user == operation.user:
                trace.reads.append(Read(None, operation))
        elif operation.status == 304:
            # "Still as you know it": it shows the value of the tag that was sent.
            known = (operation.target, operation.sent.get("If-None-Match", ""))
            if known in self._tagged:
                read = Read(self._tagged[known], operation)
                self._trace(operation.target).reads.append(read)
        elif operation.acknowledged:
            for item in self.items_of(operation):
                self._trace(item.id).reads.append(Read(item.nonce, operation, item.version))


GONE = {404, 410}


def items_in(operation: Operation, profile: Profile) -> list[Item]:
    """The items in an answer, as the profile says where they stand; none where it has none."""
    if profile.items is None:
        return []
    answer, kind, fields = operation.answer, operation.kind, profile.items.fields
    if kind is Kind.LIST_ITEMS and profile.pages:
        found = answer.get(profile.pages.items)
    elif kind in BULK and profile.bulk:
        found = answer.get(profile.bulk.items)
    else:
        return [_item(answer, fields)] if fields.id in answer else []
    if not isinstance(found, list):
        return []
    return [_item(one, fields) for one in found if isinstance(one, dict) and fields.id in one]


def bodies(operation: Operation, profile: Profile) -> list[Json]:
    """The items in a request: those of a bulk request, or the one."""
    body = operation.body or {}
    if operation.kind in BULK and profile.bulk:
        found = body.get(profile.bulk.items, [])
        return found if isinstance(found, list) else []
    return [body]


def _item(one: Json, fields: Fields) -> Item:
    get = one.get
    return Item(
        str(one[fields.id]),
        str(get(fields.nonce, "")),
        # A member that the app does not have has no name, and so no value.
        get(fields.unique or ""),
        get(fields.counter or ""),
        get(fields.version or ""),
        str(get(fields.owner)) if fields.owner and fields.owner in one else None,
        get(fields.created or ""),
        get(fields.updated or ""),
    )


def distinct(operations: Iterable[Operation]) -> list[Operation]:
    """Each operation once, in the order in which they began."""
    once = {(one.invoked, one.client): one for one in operations}
    return [once[key] for key in sorted(once)]
