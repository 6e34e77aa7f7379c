"""The mixed workload: clients that create, read, change and delete, and remember enough to ask.

Every item has one writing client, its creator; the user's other clients read it. Each write puts
a nonce in the item that no other write has, so that a read tells which write it shows, and a
growing number in its counter, for the eye of who reads the history.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.endpoints import Change
from integration_cli.operation import Operation, Request
from integration_cli.profile import declared
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.stage import Stage

LIVE_ITEMS = 5  # items that a client keeps at a time, so that a user's fit on one page
BATCH = 5  # items that a client always changes together
REMEMBERED = 20  # deleted items of a user that are still asked for
PAGE = 50
PAUSE = 0.2  # seconds after a lost connection: an app that is down is not helped by a storm

Deed = Callable[[], Awaitable[None]]
Renew = Callable[[Connection], Awaitable[None]]


@dataclass(slots=True)
class Shelf:
    """What the clients of one user know of its items: ids and unique values."""

    items: dict[str, str] = field(default_factory=dict)
    deleted: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Actor:
    """One client at work. Its choices follow from the seed; what they meet does not.

    `renew` signs a client in again when its token has expired.
    """

    def __init__(self, stage: Stage, connection: Connection, shelf: Shelf, renew: Renew) -> None:
        self._stage = stage
        self._api = stage.api
        self._connection = connection
        self._shelf = shelf
        self._mark = f"{stage.run_id} {connection.name}"
        self._random = stage.random(connection.name)
        self._renew = renew
        self._own: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._batch: list[str] = []
        self._version = 0
        self._deeds = self._possible()

    def _possible(self) -> dict[Deed, int]:
        """What this client does, and how often, as far as the app can."""
        has = self._stage.has
        if not has(Capability.ITEMS):
            return {self._ask_who_it_is: 1}
        deeds: list[tuple[Deed, int, tuple[Capability, ...]]] = [
            (self._create, 18, ()),
            (self._update, 22, (Capability.UPDATE,)),
            (self._read, 28, ()),
            (self._list, 8, (Capability.LIST,)),
            (self._bulk_update, 10, (Capability.BULK_CREATE, Capability.BULK_UPDATE)),
            (self._delete, 8, (Capability.DELETE,)),
            (self._be_refused, 6, ()),
        ]
        return {deed: weight for deed, weight, needs in deeds if has(*needs)}

    async def prepare(self) -> None:
        """Create the batch, where the app creates several items at once."""
        if not self._stage.has(Capability.BULK_CREATE):
            return
        nonce = self._nonce()
        new = [replace(self._new(number), nonce=nonce) for number in range(BATCH)]
        created = await self._send(self._api.create_items(new))
        if created.acknowledged:
            items = self._stage.items(created)
            self._batch = [item.id for item in items]
            self._shelf.items |= {item.id: item.unique or "" for item in items}

    async def do_everything_once(self) -> None:
        """Do one thing of each kind, so that every invariant has something to observe."""
        for deed in self._deeds:
            await deed()
        for refusal in self._refusals():
            await self._send(refusal())

    async def act(self) -> None:
        """Do one thing, and wait for its answer."""
        await self._random.choices([*self._deeds], [*self._deeds.values()])[0]()

    async def _send(self, request: Request) -> Operation:
        operation = await self._stage.send(self._connection, request)
        if operation.status == 401:
            await self._renew(self._connection)
        elif operation.status is None:
            await asyncio.sleep(PAUSE)
        return operation

    def _nonce(self) -> str:
        self._version += 1
        return f"{self._mark} write {self._version}"

    def _change(self, item_id: str = "") -> Change:
        partial = self._stage.has(Capability.PARTIAL)
        name = None if partial else self._shelf.items.get(item_id, self._mark)
        return Change(nonce=self._nonce(), counter=self._version, unique=name)

    def _new(self, number: int) -> Change:
        nonce = self._nonce()
        return Change(nonce, self._version, f"{self._mark} item {self._version}.{number}")

    async def _ask_who_it_is(self) -> None:
        await self._send(of_the_caller(self._stage))

    async def _create(self) -> None:
        if len(self._own) >= LIVE_ITEMS and self._stage.has(Capability.DELETE):
            await self._delete()
            return
        created = await self._send(self._api.create_item(self._new(0)))
        for item in self._stage.items(created) if created.acknowledged else []:
            self._own[item.id] = self._shelf.items[item.id] = item.unique or ""
            await self._send(self._api.read_item(item.id))

    async def _update(self) -> None:
        if not self._own:
            await self._create()
            return
        item_id = self._random.choice([*self._own])
        request = self._api.update_item(item_id, self._change(item_id))
        if item_id in self._tags and self._random.random() < 0.5:
            request = request.with_headers(If_Match=self._tags[item_id])
        changed = await self._send(request)
        if changed.acknowledged and changed.etag and self._stage.has(Capability.CONDITIONAL):
            self._tags[item_id] = changed.etag
        elif not changed.acknowledged:
            self._tags.pop(item_id, None)
        await self._send(self._api.read_item(item_id))

    async def _read(self) -> None:
        known = [*self._shelf.items, *self._shelf.deleted]
        if not known:
            await self._create()
            return
        await self._send(self._api.read_item(self._random.choice(known)))

    async def _list(self) -> None:
        await self._send(self._api.list_items(PAGE))

    async def _bulk_update(self) -> None:
        if not self._batch:
            await self._read()
            return
        change = self._change()
        order = self._random.sample(self._batch, len(self._batch))
        await self._send(self._api.update_items(dict.fromkeys(order, change)))

    async def _delete(self) -> None:
        if not self._own:
            await self._create()
            return
        item_id = self._random.choice([*self._own])
        self._own.pop(item_id)
        deleted = await self._send(self._api.delete_item(item_id))
        self._shelf.items.pop(item_id, None)
        if deleted.acknowledged:
            self._shelf.deleted.append(item_id)
            await self._send(self._api.read_item(item_id))

    async def _be_refused(self) -> None:
        """Ask for something that the app must refuse whole."""
        refusals = self._refusals()
        if refusals:
            await self._send(self._random.choice(refusals)())

    def _refusals(self) -> list[Callable[[], Request]]:
        has, refusals = self._stage.has, list[Callable[[], Request]]()
        if has(Capability.UNIQUE) and self._shelf.items:
            refusals.append(self._taken_name)
        if has(Capability.INVALID, Capability.UPDATE) and self._own:
            refusals.append(self._invalid)
        if has(Capability.CONDITIONAL) and self._own:
            refusals.append(self._stale)
        if has(Capability.BULK_UPDATE) and self._batch:
            refusals.append(self._stranger_in_bulk)
        if has(Capability.BULK_CREATE, Capability.UNIQUE) and self._batch:
            refusals.append(self._taken_name_in_bulk)
        return refusals

    def _taken_name(self) -> Request:
        taken = self._random.choice([*self._shelf.items.values()])
        return self._api.create_item(replace(self._new(0), unique=taken))

    def _invalid(self) -> Request:
        item_id = self._random.choice([*self._own])
        request = self._api.update_item(item_id, self._change(item_id))
        wrong = declared(self._stage.target.profile.items).invalid
        return replace(request, body={**(request.body or {}), **wrong})

    def _stale(self) -> Request:
        item_id = self._random.choice([*self._own])
        request = self._api.update_item(item_id, self._change(item_id))
        return request.with_headers(If_Match=f'"{uuid4()}"')

    def _stranger_in_bulk(self) -> Request:
        strangers = [*self._batch, str(uuid4())]
        return self._api.update_items(dict.fromkeys(strangers, self._change()))

    def _taken_name_in_bulk(self) -> Request:
        new = [self._new(number) for number in range(BATCH)]
        new[-1] = replace(new[-1], unique=self._shelf.items[self._batch[0]])
        return self._api.create_items(new)
