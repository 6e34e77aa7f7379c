"""The connections of a load, each with items of its own."""

import asyncio
from dataclasses import dataclass, field, replace

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.load.generator import Send
from integration_cli.load.mix import Mix
from integration_cli.pool import for_each
from integration_cli.scenarios.stage import Stage

OWN = 2  # items of each connection


@dataclass(slots=True)
class Traffic:
    """The connections of a load, and the items that it is about."""

    stage: Stage
    connections: list[Connection] = field(default_factory=list)
    items: dict[str, list[str]] = field(default_factory=dict)  # by user
    own: dict[str, list[str]] = field(default_factory=dict)  # by connection
    mixes: dict[str, Mix] = field(default_factory=dict)  # by connection

    async def prepare(self, count: int) -> None:
        """Make the items of so many connections; those that are there stay."""
        members = self.stage.members
        new = [
            self.stage.connection(members[number % len(members)], f"load-{number}")
            for number in range(len(self.connections), count)
        ]
        if self.stage.has(Capability.ITEMS):
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
        stage, name = self.stage, connection.name
        if name not in self.mixes:
            # One for all steps: a value that two of them wrote would look like an older version.
            self.mixes[name] = Mix(
                stage.api,
                stage.capabilities,
                stage.random("load", name),
                f"{stage.run_id} {name} load",
                self.own.get(name, []),
                self.items.get(connection.speaker.user, []),
            )
        mix = self.mixes[name]

        async def send(due: int) -> None:
            operation = await connection.send(mix.next())
            stage.history.record(replace(operation, intended=due))

        return send


async def warm(traffic: Traffic, count: int) -> None:
    """Open the connections before the first request is due."""
    await asyncio.gather(*(one.send(one.site.api.live()) for one in traffic.connections[:count]))
