"""The phases in which much goes on at once, and the one in which nothing does: the audit."""

import asyncio
from time import monotonic

from integration_cli import accounts
from integration_cli.capabilities import Capability
from integration_cli.checks.traces import CREATES
from integration_cli.client import Client
from integration_cli.connection import Connection
from integration_cli.crew import Member
from integration_cli.history import History
from integration_cli.operation import Kind
from integration_cli.outcome import NotFinished
from integration_cli.pool import for_each
from integration_cli.progress import Advance
from integration_cli.scenarios.lists import walk
from integration_cli.scenarios.stage import Stage
from integration_cli.workload import Actor, Renew, Shelf

CLIENTS = 3  # connections of each user
SETTLE = 2.0  # seconds left to what timed out, before all counts as quiet
TICK = 0.5  # seconds


async def mixed_workload(stage: Stage, duration: float, advance: Advance) -> None:
    """Let several clients of every user work at once for a duration in seconds."""
    deadline = monotonic() + duration

    async def work(actor: Actor) -> None:
        await actor.prepare()
        # Each deed once, however short the time or slow the machine: nothing is left unjudged.
        await actor.do_everything_once()
        while monotonic() < deadline:
            await actor.act()

    actors, connections = list[Actor](), list[Connection]()
    for member in stage.members:
        shelf = Shelf()
        for number in range(CLIENTS):
            connections.append(stage.connection(member, f"client-{number}"))
            renew = _renewing(stage, member)
            actors.append(Actor(stage, connections[-1], shelf, renew))
    ticking = asyncio.create_task(_tick(deadline, advance))
    try:
        await for_each(actors, work, len(actors))
    finally:
        ticking.cancel()
        for connection in connections:
            connection.close()


async def quiesce(stage: Stage) -> None:
    """Wait until nothing is under way: all is answered already, or is given some time."""
    if any(operation.indeterminate for operation in stage.history.operations):
        await asyncio.sleep(SETTLE)


async def audit(stage: Stage, advance: Advance) -> None:
    """Read every user's whole list, and one by one what was acknowledged and is not in it."""

    async def read(member: Member) -> None:
        connection = stage.connection(member, "audit")
        try:
            await _renewing(stage, member)(connection)
            await _look(stage, connection, member)
        except NotFinished:
            return  # an app that went away leaves verdicts open; it does not void them
        finally:
            connection.close()
        advance(1)

    await for_each(stage.members, read, 4)


async def _look(stage: Stage, connection: Connection, member: Member) -> None:
    listed: set[str] = set()
    if stage.has(Capability.ME):
        await stage.send(connection, stage.api.read_me())
    if stage.has(Capability.LIST):
        pages = await walk(stage, [connection], f"audit#{member.name}", None)
        listed = {item.id for page in pages for item in stage.items(page)}
    deleted = _deleted(stage, member)
    random = stage.random("audit", member.name)
    for item_id in _acknowledged(stage, member):
        if item_id not in deleted and (item_id not in listed or random.random() < 0.05):
            await stage.send(connection, stage.api.read_item(item_id))


def _renewing(stage: Stage, member: Member) -> Renew:
    async def renew(connection: Connection) -> None:
        async with Client(stage.target.site, connection.name, member.name, History()) as client:
            token = await accounts.sign_in(client, member.account)
        if token:
            connection.token = token

    return renew


def _acknowledged(stage: Stage, member: Member) -> list[str]:
    return [
        item.id
        for one in stage.history.operations
        if one.user == member.name and one.kind in CREATES and one.acknowledged
        for item in stage.items(one)
    ]


def _deleted(stage: Stage, member: Member) -> set[str]:
    return {
        one.target
        for one in stage.history.operations
        if one.user == member.name and one.kind is Kind.DELETE_ITEM and one.acknowledged
    }


async def _tick(deadline: float, advance: Advance) -> None:
    while monotonic() < deadline:
        await asyncio.sleep(TICK)
        advance(TICK)
