"""What may take long, beside what may not: log-ins beside a pulse, and pages of many rows."""

import asyncio
from collections.abc import Sequence

from integration_cli.client import Client
from integration_cli.connection import Connection
from integration_cli.history import History
from integration_cli.operation import Operation
from integration_cli.scenarios.stage import Stage, Window

PULSES = 4  # connections that ask whether the app is there


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
