"""Lists while rows come and go, and quotas while many want the last place."""

import asyncio
from collections.abc import Sequence

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.endpoints import Change
from integration_cli.operation import Kind, Operation, Request
from integration_cli.release import Racers
from integration_cli.scenarios.stage import Stage, Window

SENTINELS = 30
TWINS = 10  # more of them, made together
PAGE = 4
MAX_PAGES = 200
ROOM = 3
RACERS = 8
READERS = 4  # connections over which the pages of one walk are read in turn
LEAVING = 0.002  # seconds: so long after a page, or before it, a row goes that is on it
PAUSE = 0.05  # seconds
MAX_FILL = 20_000  # rows: a quota above this is not filled


async def walks(stage: Stage) -> None:
    """A reader pages through rows that stay, while others between them come and go."""
    over = asyncio.Event()
    async with stage.racers(stage.member(5), "walker", READERS) as readers:
        await readers.spread(stage.workers)
        passing, leaving = await _sentinels(stage, readers.connections[0])
        if stage.has(Capability.DELETE):
            await _walk_among_deletions(stage, readers, leaving)
        churn = asyncio.create_task(_churn(stage, "walk", passing, over))
        try:
            pages = stage.target.profile.pages
            orders = [*pages.orders] if pages and pages.order else []
            for window in stage.windows("walk", 12):
                order = orders[window.number % len(orders)] if orders else None
                size = PAGE + window.number % 3
                await walk(stage, readers.connections, window.race, size, order)
        finally:
            # Not cancelled: what was sent must be in the record.
            over.set()
            await churn


async def _sentinels(stage: Stage, connection: Connection) -> tuple[list[str], list[str]]:
    """Make what every walk must meet once; their counters are equal, so that only ids differ.

    Returns the ids of what stands between them, and will go: at some time, and with its page.
    """
    passing: list[str] = []
    leaving: list[str] = []
    for number in range(SENTINELS):
        new = stage.new("sentinel", f" {number:02}", counter=1)
        await stage.send(connection, stage.api.create_item(new).of("sentinel#0"))
        beside = [stage.new("passing", f" {number:02} {one}", counter=1) for one in range(2)]
        for one in beside:
            made = await stage.send(connection, stage.api.create_item(one))
            passing += [item.id for item in stage.items(made) if made.acknowledged]
        last = stage.new("leaving", f" {number:02}", counter=1)
        made = await stage.send(connection, stage.api.create_item(last))
        leaving += [item.id for item in stage.items(made) if made.acknowledged]
    if stage.has(Capability.BULK_CREATE):
        # Of one instant: an app that tells rows apart by their time does not tell these.
        twins = [stage.new("sentinel", f" twin {one}", counter=1) for one in range(TWINS)]
        await stage.send(connection, stage.api.create_items(twins).of("sentinel#0"))
    return passing, leaving


async def _walk_among_deletions(stage: Stage, readers: Racers, leaving: list[str]) -> None:
    """Read page after page, while at the same instant a row is deleted that should be on it."""
    random, race = stage.random("leaving"), "walk#leaving"
    reader, deleter = readers.connections[:2]
    position: str | None = None
    for number, item_id in enumerate(leaving):
        page = stage.api.list_items(PAGE, position).of(race)
        both = [(reader, page), (deleter, stage.api.delete_item(item_id).of(race))]
        connections, requests = zip(*(both if number % 2 else both[::-1]), strict=True)
        gaps = [0, random.uniform(0, LEAVING)]
        answers = await Racers(connections, stage.history).race(requests, gaps)
        shown = [one for one in answers if one.kind is Kind.LIST_ITEMS and one.acknowledged]
        position = stage.api.following(shown[0], position) if shown else None
        if position is None:
            return
    await walk(stage, readers.connections, race, PAGE, position=position)


async def _churn(stage: Stage, race: str, alive: list[str], over: asyncio.Event) -> None:
    """Create and delete rows that sort between those that stay, until it is over."""
    connection = stage.connection(stage.member(5), "churn")
    random = stage.random("churn")
    number = 0
    try:
        while not over.is_set():
            number += 1
            mark = f"{stage.run_id} sentinel {random.randrange(SENTINELS):02} {race} {number}"
            new = Change(nonce=mark, counter=random.randrange(3), unique=mark)
            made = await stage.send(connection, stage.api.create_item(new))
            alive += [item.id for item in stage.items(made) if made.acknowledged]
            if len(alive) > SENTINELS and stage.has(Capability.DELETE):
                gone = alive.pop(random.randrange(len(alive)))
                await stage.send(connection, stage.api.delete_item(gone))
            # One that is not answered, or may not be sent, is not tried again at once.
            await asyncio.sleep(0 if made.status else PAUSE)
    finally:
        connection.close()


async def walk(
    stage: Stage,
    connections: Sequence[Connection],
    race: str,
    size: int | None,
    order: str | None = None,
    position: str | None = None,
) -> list[Operation]:
    """Read all pages, as long as they go on, over these connections in turn."""
    pages: list[Operation] = []
    while len(pages) < MAX_PAGES:
        request = stage.api.list_items(size, position, order).of(race)
        page = await stage.send(connections[len(pages) % len(connections)], request)
        pages.append(page)
        if not page.acknowledged:
            break
        position = stage.api.following(page, position)
        if position is None:
            break
    return pages


async def last_places(stage: Stage) -> None:
    """A user fills its quota but for a few places, and many requests want those."""
    member = stage.member(6)
    async with stage.racers(member, "quota", RACERS) as racers:
        await racers.spread(stage.workers)
        first = racers.connections[0]
        if not await _fill(stage, first):
            return
        for window in stage.windows("last-places", 10):
            await _room(stage, first, window.race)
            made = await racers.race(
                [_wanted(stage, window, number) for number in range(RACERS)], window.gaps(RACERS)
            )
            await _room(stage, first, window.race)
            for item in [item for one in made if one.acknowledged for item in stage.items(one)]:
                await stage.send(first, stage.api.delete_item(item.id))


def _wanted(stage: Stage, window: Window, number: int) -> Request:
    """One place, or in some windows two together."""
    if window.number % 3 == 2:
        new = [stage.new(window.race, f" {number} {row}") for row in range(2)]
        return stage.api.create_items(new).of(window.race)
    return stage.api.create_item(stage.new(window.race, f" {number}")).of(window.race)


async def _fill(stage: Stage, connection: Connection) -> bool:
    """Create until only a few places are left; False where that is too much or refused."""
    bulk, room = stage.target.profile.bulk, await _room(stage, connection)
    if room is None or room > MAX_FILL or bulk is None or bulk.create is None:
        return False
    if not stage.target.rows.affords(room):
        return False
    number = 0
    while room > ROOM:
        rows = min(bulk.max_rows, room - ROOM)
        new = [stage.new("quota", f" {number} {row}") for row in range(rows)]
        made = await stage.send(connection, stage.api.create_items(new))
        if not made.acknowledged:
            return False
        number, room = number + 1, room - rows
    return True


async def _room(stage: Stage, connection: Connection, race: str = "") -> int | None:
    quota = stage.target.profile.quota
    me = await stage.send(connection, stage.api.read_me().of(race))
    if quota is None or not me.acknowledged:
        return None
    limit, count = me.answer.get(quota.limit), me.answer.get(quota.count)
    return limit - count if isinstance(limit, int) and isinstance(count, int) else None
