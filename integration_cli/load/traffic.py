"""What the load asks for: reads, lists and writes, each write with a value that no other has.

Every connection has items of its own, which it alone changes, and reads what its user's other
connections change. So each answer can be judged like all others of the history.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.load.generator import Send
from integration_cli.operation import Request
from integration_cli.pool import for_each
from integration_cli.scenarios.stage import Stage

OWN = 2  # items of each connection
PAGE = 20
MIX = {"read": 60, "list": 15, "write": 25}


@dataclass(slots=True)
class Traffic:
    """The connections of a load, and the items that it is about."""

    stage: Stage
    connections: list[Connection] = field(default_factory=list)
    items: dict[str, list[str]] = field(default_factory=dict)  # by user
    own: dict[str, list[str]] = field(default_factory=dict)  # by connection

    async def prepare(self, count: int) -> None:
        """Make the items of so many connections; those that are there stay."""
        members = self.stage.members
        new = [
            self.stage.connection(members[number % len(members)], f"load-{number}")
            for number in range(len(self.connections), count)
        ]
        await for_each(new, self._stock)
        self.connections += new

    def senders(self, count: int) -> list[Send]:
        """What sends a request over each of so many connections, when it is due."""
        return [self._sender(one) for one in self.connections[:count]]

    def break_off(self) -> None:
        """End what is under way; it is recorded as unanswered."""
        for connection in self.connections:
            connection.abort()

    def close(self) -> None:
        """Close every connection."""
        for connection in self.connections:
            connection.close()

    async def _stock(self, connection: Connection) -> None:
        user = connection.speaker.user
        for number in range(OWN):
            made = await self.stage.make(connection, f"{connection.name} item {number}")
            if made:
                self.own.setdefault(connection.name, []).append(made[0].id)
                self.items.setdefault(user, []).append(made[0].id)

    def _sender(self, connection: Connection) -> Send:
        choose = self._chooser(connection)

        async def send(due: int) -> None:
            operation = await connection.send(choose())
            self.stage.history.record(replace(operation, intended=due))

        return send

    def _chooser(self, connection: Connection) -> Callable[[], Request]:
        stage, random = self.stage, self.stage.random("load", connection.name)
        api, own = stage.api, self.own.get(connection.name, [])
        known = self.items.get(connection.speaker.user, [])
        deeds = {"live": 1} if not own else dict(MIX)
        if not stage.has(Capability.LIST):
            deeds.pop("list", None)
        if not stage.has(Capability.UPDATE):
            deeds.pop("write", None)
        names, weights = list(deeds), list(deeds.values())
        written = 0

        def choose() -> Request:
            nonlocal written
            deed = random.choices(names, weights)[0]
            if deed == "read":
                return api.read_item(random.choice(known))
            if deed == "list":
                return api.list_items(size=PAGE)
            if deed == "write":
                written += 1
                item = random.choice(own)
                return api.update_item(item, stage.change(f"{connection.name} load", written))
            return api.live()

        return choose


async def warm(traffic: Traffic, count: int) -> None:
    """Open the connections before the first request is due."""
    await asyncio.gather(*(one.send(one.site.api.live()) for one in traffic.connections[:count]))
