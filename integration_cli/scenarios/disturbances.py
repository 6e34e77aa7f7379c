"""Rough use: bursts, convoys, clients that leave, and connections on which nothing is asked."""

import asyncio
from dataclasses import replace
from time import monotonic, monotonic_ns

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.endpoints import Change
from integration_cli.operation import Kind, Request, Trouble
from integration_cli.record import unanswered
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.keys import break_off
from integration_cli.scenarios.stage import Stage, Window

BURST = 160  # connections at once: above the pools of several workers
BURST_TIMEOUT = 12.0  # seconds
ABORTS = 64  # of each kind of request
ASKED = 48
ROWS = 60
IDLE = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05)  # seconds between the last uses
IDLE_PAUSE = 6.5  # seconds


async def burst(stage: Stage) -> None:
    """Far more new connections ask at once than any pool has, for little and for much."""
    for window in stage.windows("burst", 2):
        connections = [
            stage.connection(stage.member(number), f"burst-{window.number}-{number}", BURST_TIMEOUT)
            for number in range(BURST)
        ]
        await asyncio.gather(
            *(
                stage.send(one, _wanted(stage, number).of(window.race))
                for number, one in enumerate(connections)
            )
        )
        for one in connections:
            one.close()
        await _ask(stage, f"after-{window.race}", 8)


def _wanted(stage: Stage, number: int) -> Request:
    if number % 3 == 0 and stage.has(Capability.LIST):
        return stage.api.list_items(size=50)
    if not stage.has(Capability.ITEMS):
        return of_the_caller(stage)
    return stage.api.create_item(stage.new("burst", f" {number} {monotonic_ns()}"))


async def convoy(stage: Stage) -> None:
    """Many want to change the same rows: each holds a connection while it waits for the others."""
    member = stage.member(1)
    maker = stage.connection(member, "convoy")
    new = [stage.new("convoy-rows", f" {number}") for number in range(ROWS)]
    made = await stage.send(maker, stage.api.create_items(new))
    rows = [item.id for item in stage.items(made)] if made.acknowledged else []
    maker.close()
    for window in stage.windows("convoy", 2) if rows else ():
        connections = [
            stage.connection(member, f"convoy-{window.number}-{number}", BURST_TIMEOUT)
            for number in range(BURST // 2)
        ]
        await asyncio.gather(
            *(
                stage.send(one, _in_convoy(stage, window, rows, number))
                for number, one in enumerate(connections)
            )
        )
        for one in connections:
            one.close()


def _in_convoy(stage: Stage, window: Window, rows: list[str], number: int) -> Request:
    if number % 4 == 3:
        return stage.api.read_item(rows[0]).of(window.race)
    change = Change(nonce=f"{stage.run_id} {window.race} write {number}")
    return stage.api.update_items(dict.fromkeys(rows, change)).of(window.race)


async def aborts(stage: Stage) -> None:
    """Clients leave in the middle, more than twice any sane pool; then others ask."""
    member, random = stage.member(2), stage.random("aborts")
    maker = stage.connection(member, "abort")
    made = await stage.make(maker, "abort-row#0") if stage.has(Capability.ITEMS) else None
    maker.close()
    for window in stage.windows("aborts", 2):
        for kind in range(len(_to_abort(stage, window, 0, ""))):
            await asyncio.gather(
                *(
                    break_off(
                        stage,
                        stage.connection(member, f"abort-{window.number}-{kind}-{number}"),
                        _to_abort(stage, window, number, made[0].id if made else "0")[kind],
                        # Most of them early, so that the app works on for nobody.
                        random.uniform(0.0, 0.003 if number % 3 else 0.05),
                        reset=number % 2 == 0,
                    )
                    for number in range(ABORTS)
                )
            )
        await asyncio.sleep(1.0)
        await _ask(stage, f"after-{window.race}", ASKED)


def _to_abort(stage: Stage, window: Window, number: int, item_id: str) -> list[Request]:
    """One request of each kind that the app can."""
    if not stage.has(Capability.ITEMS):
        return [of_the_caller(stage).of(window.race)]
    requests = [
        stage.api.create_item(stage.new(window.race, f" {number}")),
        stage.api.read_item(item_id),
    ]
    if stage.has(Capability.LIST):
        requests.append(stage.api.list_items(size=100))
    if stage.has(Capability.UPDATE):
        change = stage.change("abort-row#0", f"{window.race} {number}")
        requests.append(stage.api.update_item(item_id, change))
    if stage.has(Capability.BULK_CREATE):
        new = [stage.new(window.race, f" {number} {row}") for row in range(20)]
        mark = f"{stage.run_id} {window.race} {number} together"
        requests.append(stage.api.create_items([replace(one, nonce=mark) for one in new]))
    return [one.of(window.race) for one in requests]


async def _ask(stage: Stage, race: str, count: int) -> None:
    """Ask on fresh connections, again after a while where there is no good answer."""
    request = stage.api.list_items(size=5) if stage.has(Capability.LIST) else stage.api.live()
    if not stage.has(Capability.ITEMS):
        request = of_the_caller(stage)

    async def ask(number: int) -> None:
        connection = stage.connection(stage.member(number), f"asks-{race}-{number}", BURST_TIMEOUT)
        for attempt in range(3):
            answer = await stage.send(connection, request.of(race))
            if answer.acknowledged:
                break
            await asyncio.sleep(1.0 + attempt)
        connection.close()

    await asyncio.gather(*(ask(number) for number in range(count)))


async def idle(stage: Stage) -> None:
    """Connections on which nothing is asked for a while, each since another moment."""

    async def rest(number: int, begins: float) -> None:
        await asyncio.sleep(begins)
        connection = stage.connection(stage.member(number), f"idle-{number}")
        first = await stage.send(connection, stage.api.live().of(f"idle#{number}"))
        if first.acknowledged:
            await _watch(stage, connection, number)
        connection.close()

    await asyncio.gather(*(rest(number, begins) for number, begins in enumerate(IDLE)))


async def _watch(stage: Stage, connection: Connection, number: int) -> None:
    """Record how long the connection stood with nothing on it, and whether it was cut."""
    began, label = monotonic_ns(), connection.label
    until = monotonic() + IDLE_PAUSE
    while monotonic() < until and connection.is_open:  # noqa: ASYNC110  # nothing tells of its end
        await asyncio.sleep(0.01)
    request = Request(Kind.IDLE, "GET", stage.target.profile.health.live.path).of(f"idle#{number}")
    span = (began, monotonic_ns())
    operation = unanswered(request, connection.speaker, label, span, Trouble.RESET)
    if connection.is_open:
        operation = replace(operation, trouble=None, status=200)
    stage.history.record(operation)
