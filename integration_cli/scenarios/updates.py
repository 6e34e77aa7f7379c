"""Writes that must not undo one another: increments, changes of different members, lock cycles."""

import asyncio

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.endpoints import Change
from integration_cli.operation import Request
from integration_cli.scenarios.stage import Stage, Window

CLIENTS = 6
TRIES = 8  # of an increment that others are ahead of
ROWS = 8
PAIRS = 3
ABREAST = 8  # items, so that of four workers each changes two at a time


async def increments(stage: Stage) -> None:
    """Clients read a counter and write it back with one more, if it still has the version read."""
    async with stage.racers(stage.member(0), "increment", CLIENTS) as racers:
        async for window, item, _ in stage.races(racers, "increments", 12):
            await asyncio.gather(
                *(_increment(stage, one, window.race, item.id) for one in racers.connections)
            )
            await racers.each(stage.api.read_item(item.id).of(window.race))


async def _increment(stage: Stage, connection: Connection, race: str, item_id: str) -> None:
    for attempt in range(TRIES):
        read = await stage.send(connection, stage.api.read_item(item_id).of(race))
        items = stage.items(read)
        if not items or read.etag is None:
            return
        change = stage.change(race, f"{connection.name} {attempt}", (items[0].counter or 0) + 1)
        write = stage.api.update_item(item_id, change).with_headers(If_Match=read.etag)
        done = await stage.send(connection, write.of(race))
        if done.acknowledged or done.indeterminate:
            return


async def merges(stage: Stage) -> None:
    """Clients change different members of one item at the same instant."""
    async with stage.racers(stage.member(1), "merge", 3) as racers:
        async for window, item, _ in stage.races(racers, "merges", 40):
            item_id, mark = item.id, f"{stage.run_id} {window.race}"
            changes = [
                Change(nonce=f"{mark} merged"),
                Change(counter=1 + window.number),
                Change(unique=f"{mark} merged"),
            ]
            turned = changes[window.number % 3 :] + changes[: window.number % 3]
            writes = [stage.api.update_item(item_id, one).of(window.race) for one in turned]
            await racers.race(writes, window.gaps(3))
            await racers.each(stage.api.read_item(item_id).of(window.race))


async def abreast(stage: Stage) -> None:
    """A user changes several items at the same instant, each a different one, and reads it back."""
    rows = "abreast#rows"
    async with stage.racers(stage.member(1), "abreast", ABREAST) as racers:
        await racers.spread(stage.workers)
        new = [stage.api.create_item(stage.new(rows, f" {n}")).of(rows) for n in range(ABREAST)]
        made = [stage.items(one) for one in await racers.race(new)]
        if not all(made):
            return
        ids = [items[0].id for items in made]
        for window in stage.windows("abreast", 15):
            writes = [
                stage.api.update_item(one, stage.change(f"{rows} {n}", window.number))
                for n, one in enumerate(ids)
            ]
            await racers.race([one.of(window.race) for one in writes], window.gaps(ABREAST))
            reads = [stage.api.read_item(one).of(window.race) for one in ids]
            await racers.race(reads)


async def opposite_orders(stage: Stage) -> None:
    """Bulk updates of the same rows in opposite orders, and pages read while they are at it."""
    count = 2 * PAIRS + 1
    async with stage.racers(stage.member(2), "opposed", count) as racers:
        await racers.spread(stage.workers)
        new = [stage.new("opposed#rows", f" {number}") for number in range(ROWS)]
        created = await stage.send(racers.connections[0], stage.api.create_items(new))
        rows = [item.id for item in stage.items(created)] if created.acknowledged else []
        for window in stage.windows("aligned", 5) if rows else ():
            writes = opposed_updates(stage, window.race, rows, PAIRS, aligned=True)
            await racers.race(writes, window.gaps(count))
        for window in stage.windows("opposed", 30) if rows else ():
            writes = opposed_updates(stage, window.race, rows, PAIRS)
            page = stage.api.list_items(size=ROWS * 4).of(window.race)
            await racers.race([*writes, page], window.gaps(count))
        # Few: Postgres looks for a deadlock only after a second (its deadlock_timeout).
        for window in stage.windows("opposed-creation", 4):
            await racers.race(_opposed_creations(stage, window), window.gaps(count))
        if rows:
            await stage.send(racers.connections[0], stage.api.list_items(size=ROWS * 4))


def opposed_updates(
    stage: Stage, race: str, rows: list[str], pairs: int, *, aligned: bool = False
) -> list[Request]:
    """Bulk updates of these rows, forwards and backwards in turn; or all in one order."""
    return [
        stage.api.update_items(
            dict.fromkeys(
                rows if aligned or number % 2 else rows[::-1],
                Change(nonce=f"{stage.run_id} {race} write {number}"),
            )
        ).of(race)
        for number in range(2 * pairs)
    ]


def _opposed_creations(stage: Stage, window: Window) -> list[Request]:
    """Bulk creations of the same names in opposite orders: one can win, and none may fail."""
    new = [stage.new(window.race, f" {number}") for number in range(4)]
    return [
        stage.api.create_items(
            [
                Change(nonce=f"{one.nonce} {number}", counter=0, unique=one.unique)
                for one in (new if number % 2 else new[::-1])
            ]
        ).of(window.race)
        for number in range(2 * PAIRS)
    ]


async def opposed_deletions(stage: Stage) -> None:
    """Bulk updates while single rows of them are deleted, and others are made."""
    async with stage.racers(stage.member(3), "torn", 5) as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("torn", 15):
            new = [stage.new(window.race, f" {number}") for number in range(4)]
            created = await stage.send(
                racers.connections[0], stage.api.create_items(new).of(window.race)
            )
            ids = [item.id for item in stage.items(created)] if created.acknowledged else []
            if len(ids) != 4:
                continue
            writes = opposed_updates(stage, window.race, ids, 1)
            writes.append(stage.api.delete_item(ids[window.number % 4]).of(window.race))
            beside = stage.new(window.race, " beside")
            writes.append(stage.api.create_item(beside).of(window.race))
            if stage.has(Capability.LIST):
                writes.append(stage.api.list_items(size=200).of(window.race))
            await racers.race(writes, window.gaps(5))
