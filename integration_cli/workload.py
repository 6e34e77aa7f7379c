"""The mixed workload: clients that create, read, change and delete, and remember enough to ask.

Every item has one writing client, its creator; the user's other clients read it. Each write puts
a nonce in `description` that no other write has, so that a read tells which write it shows, and
a growing number in `quantity`, for the eye of who reads the history.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from integration_cli import endpoints
from integration_cli.client import Client
from integration_cli.operation import Json, Operation, Request
from integration_cli.seeds import stream

LIVE_ITEMS = 5  # items that a client keeps at a time, so that a user's fit on one page
BATCH = 5  # items that a client always changes together
REMEMBERED = 20  # deleted items of a user that are still asked for
PAGE = 200
PAUSE = 0.2  # seconds after a lost connection: an app that is down is not helped by a storm

Renew = Callable[[Client], Awaitable[None]]


@dataclass(slots=True)
class Shelf:
    """What the clients of one user know of its items: ids and names."""

    items: dict[str, str] = field(default_factory=dict)
    deleted: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Actor:
    """One client at work. Its choices follow from the seed; what they meet does not.

    `renew` signs a client in again when its token has expired.
    """

    def __init__(self, client: Client, shelf: Shelf, run_id: str, seed: int, renew: Renew) -> None:
        self._client = client
        self._shelf = shelf
        self._mark = f"{run_id} {client.name}"
        self._random = stream(seed, client.name)
        self._renew = renew
        self._own: dict[str, str] = {}
        self._batch: list[str] = []
        self._version = 0
        self._deeds: dict[Callable[[], Awaitable[None]], int] = {
            self._create: 18,
            self._update: 22,
            self._read: 28,
            self._list: 8,
            self._bulk_update: 10,
            self._delete: 8,
            self._be_refused: 6,
        }

    async def prepare(self) -> None:
        """Create the batch. An app that has no bulk endpoints leaves it empty."""
        nonce = self._nonce()
        bodies = [self._body(number) | {"description": nonce} for number in range(BATCH)]
        created = await self._send(endpoints.create_items(bodies))
        if created.acknowledged:
            self._batch = [item.id for item in created.items]
            self._shelf.items |= {item.id: item.name for item in created.items}

    async def do_everything_once(self) -> None:
        """Do one thing of each kind, so that every invariant has something to observe."""
        for deed in self._deeds:
            await deed()

    async def act(self) -> None:
        """Do one thing, and wait for its answer."""
        deeds, weights = list(self._deeds), list(self._deeds.values())
        await self._random.choices(deeds, weights)[0]()

    async def _send(self, request: Request) -> Operation:
        operation = await self._client.send(request)
        if operation.status == 401:
            await self._renew(self._client)
        elif operation.status is None:
            await asyncio.sleep(PAUSE)
        return operation

    def _nonce(self) -> str:
        self._version += 1
        return f"{self._mark} write {self._version}"

    def _change(self) -> Json:
        return {"description": self._nonce(), "quantity": self._version}

    def _body(self, number: int) -> Json:
        return {"name": f"{self._mark} item {self._version}.{number}", "quantity": self._version}

    async def _create(self) -> None:
        if len(self._own) >= LIVE_ITEMS:
            await self._delete()
            return
        nonce = self._nonce()
        created = await self._send(endpoints.create_item(self._body(0) | {"description": nonce}))
        for item in created.items if created.acknowledged else []:
            self._own[item.id] = self._shelf.items[item.id] = item.name
            await self._send(endpoints.read_item(item.id))

    async def _update(self) -> None:
        if not self._own:
            await self._create()
            return
        item_id = self._random.choice(list(self._own))
        await self._send(endpoints.update_item(item_id, self._change()))
        await self._send(endpoints.read_item(item_id))

    async def _read(self) -> None:
        known = [*self._shelf.items, *self._shelf.deleted]
        if not known:
            await self._create()
            return
        await self._send(endpoints.read_item(self._random.choice(known)))

    async def _list(self) -> None:
        await self._send(endpoints.list_items(PAGE))

    async def _bulk_update(self) -> None:
        if not self._batch:
            await self._update()
            return
        change = self._change()
        order = self._random.sample(self._batch, len(self._batch))
        await self._send(endpoints.update_items([{"id": one} | change for one in order]))

    async def _delete(self) -> None:
        if not self._own:
            await self._create()
            return
        item_id = self._random.choice(list(self._own))
        self._own.pop(item_id)
        deleted = await self._send(endpoints.delete_item(item_id))
        self._shelf.items.pop(item_id, None)
        if deleted.acknowledged:
            self._shelf.deleted.append(item_id)
            await self._send(endpoints.read_item(item_id))

    async def _be_refused(self) -> None:
        """Ask for something that the app must refuse whole."""
        requests = [self._taken_name, self._negative]
        if self._batch:
            requests += [self._stranger_in_bulk, self._taken_name_in_bulk]
        await self._send(self._random.choice(requests)())

    def _taken_name(self) -> Request:
        taken = self._random.choice([*self._shelf.items.values()] or [""])
        return endpoints.create_item({"name": taken} | self._change())

    def _negative(self) -> Request:
        item_id = self._random.choice([*self._own] or [str(uuid4())])
        return endpoints.update_item(item_id, self._change() | {"quantity": -1})

    def _stranger_in_bulk(self) -> Request:
        change = self._change()
        return endpoints.update_items(
            [{"id": one} | change for one in [*self._batch, str(uuid4())]]
        )

    def _taken_name_in_bulk(self) -> Request:
        bodies = [self._body(number) | self._change() for number in range(BATCH)]
        bodies[-1]["name"] = self._shelf.items[self._batch[0]]
        return endpoints.create_items(bodies)
