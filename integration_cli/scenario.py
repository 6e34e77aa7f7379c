"""The phases that make history: races, handoffs, mixed workload, quiesce, audit."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import monotonic

from integration_cli import accounts, endpoints
from integration_cli.checks.traces import CREATES
from integration_cli.client import Client
from integration_cli.connection import Connection
from integration_cli.crew import Member
from integration_cli.history import History
from integration_cli.outcome import NotFinished
from integration_cli.pool import for_each
from integration_cli.progress import Advance
from integration_cli.release import Racers
from integration_cli.seeds import numbered
from integration_cli.target import AppUrl
from integration_cli.workload import Actor, Shelf

RACERS = 8  # connections that race for one name
RACES = 5  # names per user
HANDOFFS = 40  # per user
RACING_USERS = 20
CLIENTS = 3  # connections per user in the mixed workload
SETTLE = 2.0  # seconds left to what timed out, before all counts as quiet
TICK = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run's phases, on one app, by one crew, into one history. Run them in this order."""

    app_url: AppUrl
    history: History
    members: list[Member]
    run_id: str
    seed: int

    async def races(self, advance: Advance) -> None:
        """Let users create one name on several connections at the same instant, a few times."""

        async def race(member: Member) -> None:
            async with self._racers(member, "racer", RACERS) as racers:
                for name in numbered(f"{self.run_id} race", RACES):
                    await racers.race(
                        [
                            endpoints.create_item({"name": name, "description": f"{name} {racer}"})
                            for racer in racers.names
                        ]
                    )
            advance(1)

        # One user after another: a race is the purer the less else is going on.
        await for_each(self.members[:RACING_USERS], race, 1)

    async def handoffs(self, advance: Advance) -> None:
        """Let one connection write, and another read what it wrote the instant it is answered."""

        async def hand_over(member: Member) -> None:
            mark = f"{self.run_id} {member.name} handoff"
            async with self._client(member, "handoff") as client:
                client.authorize(member.token)
                created = await client.send(endpoints.create_item({"name": mark}))
            async with self._racers(member, "handoff", 2) as racers:
                for item in created.items if created.acknowledged else []:
                    for nonce in numbered(mark, HANDOFFS):
                        write = endpoints.update_item(item.id, {"description": nonce})
                        await racers.follow(write, endpoints.read_item(item.id))
            advance(1)

        await for_each(self.members, hand_over)

    async def mixed(self, duration: float, advance: Advance) -> None:
        """Let several clients of every user work at once for a duration in seconds."""
        deadline = monotonic() + duration

        async def work(actor: Actor) -> None:
            await actor.prepare()
            # Each deed once, however short the time or slow the machine: nothing is left unjudged.
            await actor.do_everything_once()
            while monotonic() < deadline:
                await actor.act()

        ticking = asyncio.create_task(_tick(deadline, advance))
        try:
            async with AsyncExitStack() as stack:
                actors = [
                    actor for member in self.members for actor in await self._actors(stack, member)
                ]
                await for_each(actors, work, len(actors))
        finally:
            ticking.cancel()

    async def quiesce(self) -> None:
        """Wait until nothing is under way: all is answered already, or is given some time."""
        if any(operation.indeterminate for operation in self.history.operations):
            await asyncio.sleep(SETTLE)

    async def audit(self, advance: Advance) -> None:
        """Read every item that was ever acknowledged, one by one, and every user's whole list."""

        async def read(member: Member) -> None:
            async with self._client(member, "audit") as client:
                try:
                    await accounts.sign_in(client, member.account)
                except NotFinished:
                    return  # an app that went away leaves verdicts open; it does not void them
                await _list_all(client)
                for item_id in self._acknowledged(member):
                    await client.send(endpoints.read_item(item_id))
            advance(1)

        await for_each(self.members, read)

    def _client(self, member: Member, name: str) -> Client:
        return Client(self.app_url, f"{member.name}/{name}", member.name, self.history)

    def _racers(self, member: Member, name: str, count: int) -> Racers:
        connections = [
            Connection(self.app_url, f"{member.name}/{one}", member.name, member.token)
            for one in numbered(name, count)
        ]
        return Racers(connections, self.history)

    async def _actors(self, stack: AsyncExitStack, member: Member) -> list[Actor]:
        async def renew(client: Client) -> None:
            await accounts.sign_in(client, member.account)

        shelf, actors = Shelf(), list[Actor]()
        for name in numbered("client", CLIENTS):
            client = await stack.enter_async_context(self._client(member, name))
            client.authorize(member.token)
            actors.append(Actor(client, shelf, self.run_id, self.seed, renew))
        return actors

    def _acknowledged(self, member: Member) -> list[str]:
        return [
            item.id
            for one in self.history.operations
            if one.user == member.name and one.kind in CREATES and one.acknowledged
            for item in one.items
        ]


async def _tick(deadline: float, advance: Advance) -> None:
    while monotonic() < deadline:
        await asyncio.sleep(TICK)
        advance(TICK)


async def _list_all(client: Client) -> None:
    """Page through a list without a second try: the audit records what it meets."""
    cursors: list[str | None] = [None]
    while len(cursors) == len(set(cursors)):
        page = await client.send(endpoints.list_items(cursor=cursors[-1]))
        following = page.answer.get("next_cursor")
        if not page.acknowledged or following is None:
            return
        cursors.append(str(following))
