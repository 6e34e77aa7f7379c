"""Rough use: bursts, clients that leave, idle connections, nonsense, and log-ins by the dozen."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic, monotonic_ns

from integration_cli.capabilities import Capability
from integration_cli.client import Client
from integration_cli.connection import Connection
from integration_cli.endpoints import Change
from integration_cli.history import History
from integration_cli.operation import Kind, Operation, Request, Trouble
from integration_cli.profile import declared
from integration_cli.record import unanswered
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.keys import break_off
from integration_cli.scenarios.stage import Stage, Window

BURST = 160  # connections at once: above the pools of several workers
BURST_TIMEOUT = 12.0  # seconds
ABORTS = 64  # of each kind of request
ASKED = 48
PULSES = 4  # connections that ask whether the app is there
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


NONSENSE: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"{"),
    ("application/json", b'{"\\u0000": "\\u0000"}'),
    ("application/json", b"[" * 200),
    ("application/json", b"\xff\xfe"),
    ("application/json", b"1" * 400),
    ("text/plain", b"no JSON"),
)


async def errors(stage: Stage) -> None:
    """What must be refused, and on the same connection at once something that must not."""
    connection = stage.connection(stage.member(3), "errs")
    made = await stage.make(connection, "errs#row") if stage.has(Capability.ITEMS) else None
    right = stage.api.read_item(made[0].id) if made else of_the_caller(stage)
    for window in stage.windows("errors", 3):
        wrong = _nonsense(stage)
        if stage.has(Capability.ITEMS):
            wrong = _wrong_of_items(stage, window, made[0].id if made else "0") + wrong
        for request in wrong:
            await stage.send(connection, request.of(window.race))
            await stage.send(connection, right)
    connection.close()


def _nonsense(stage: Stage) -> list[Request]:
    profile = stage.target.profile
    make = profile.items.create if profile.items else profile.accounts.create
    create = Request(Kind.MALFORMED, make.method, make.path)
    return [
        Request(Kind.MALFORMED, "POST", profile.health.live.path),
        Request(Kind.MALFORMED, "GET", "/no/such/path"),
        *(replace(create, raw=raw, headers={"Content-Type": media}) for media, raw in NONSENSE),
    ]


def _wrong_of_items(stage: Stage, window: Window, item_id: str) -> list[Request]:
    api, items = stage.api, declared(stage.target.profile.items)
    create = api.create_item(stage.new(window.race))
    nul = stage.new(window.race, "\0")
    taken = f"{stage.run_id} errs#row"
    wrong = [
        replace(create, body={}),
        replace(create, body={items.fields.nonce: {"not": "a text"}}),
        replace(create, body={**(create.body or {}), **items.invalid}),
        api.create_item(nul),
        api.create_item(replace(stage.new(window.race), unique=taken)),
        api.read_item("no-such-item"),
        api.read_item("00000000-0000-7000-8000-000000000000"),
        api.read_item("0" * 300),
        api.read_item("%00"),
    ]
    if stage.has(Capability.UPDATE):
        wrong.append(
            api.update_item(item_id, stage.change("errs#row", window.race)).with_headers(
                If_Match='"no such version"'
            )
        )
        wrong.append(api.update_item("no-such-item", stage.change("errs#row", window.race)))
    if stage.has(Capability.LIST):
        wrong.append(api.list_items(size=5, position="no-such-position"))
    return wrong


async def log_ins(stage: Stage) -> None:
    """Many log in while others only ask whether the app is there."""
    account = stage.member(0).account
    for window in stage.windows("log-ins", 3):
        async with stage.racers(stage.member(0), "pulse", PULSES) as probes:
            # Whichever worker hashes, somebody asks there.
            await probes.spread(stage.workers)
            over = asyncio.Event()
            asyncio.get_running_loop().call_later(0.5, over.set)
            await _pulse(stage, probes.connections, f"quiet-pulse#{window.number}", over)
            over.clear()
            async with asyncio.TaskGroup() as beside:
                loud = _pulse(stage, probes.connections, f"loud-pulse#{window.number}", over)
                beside.create_task(loud)
                await asyncio.gather(
                    *(
                        _log_in(stage, window, number, account.email, account.password)
                        for number in range(8)
                    )
                )
                over.set()


async def _pulse(
    stage: Stage, probes: Sequence[Connection], race: str, over: asyncio.Event
) -> None:
    async def beat(probe: Connection) -> None:
        while not over.is_set():
            await stage.send(probe, stage.api.live().of(race))
            await asyncio.sleep(0.005)

    await asyncio.gather(*(beat(probe) for probe in probes))


async def _log_in(stage: Stage, window: Window, number: int, email: str, password: str) -> None:
    async with Client(stage.target.site, f"logs-in-{number}", "", History()) as client:
        answer: Operation = await client.send(stage.api.sign_in(email, password).of(window.race))
    stage.history.record(answer)


async def growth(stage: Stage) -> None:
    """Pages of few and of many rows, and the same page of a user who has few and who has many."""
    few, many = stage.member(7), stage.member(6)
    asking = stage.connection(few, "few")
    for number in range(2):
        new = [stage.new(f"growth-{number}", f" {row}") for row in range(50)]
        await stage.send(asking, stage.api.create_items(new))
    rich = stage.connection(many, "many")
    for window in stage.windows("growth", 24, least=12):
        await stage.send(asking, stage.api.live().of(f"growth-live#{window.number}"))
        for size in (1, 100):
            page = stage.api.list_items(size=size)
            await stage.send(asking, page.of(f"growth-few-{size}#{window.number}"))
        page = stage.api.list_items(size=20)
        await stage.send(asking, page.of(f"growth-few-20#{window.number}"))
        await stage.send(rich, page.of(f"growth-many-20#{window.number}"))
    asking.close()
    rich.close()
