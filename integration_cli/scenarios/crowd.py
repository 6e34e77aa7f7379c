"""Others who ask all the time, so that whoever races beside them waits for every statement."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.operation import Request
from integration_cli.scenarios.stage import Stage

CROWD = 64  # connections: each statement of another waits for about so many of theirs


@asynccontextmanager
async def crowd(stage: Stage, race: str) -> AsyncIterator[None]:
    """Let many connections ask for little during the block.

    What a request does in several statements takes a millisecond or two on an app that is idle;
    in a crowd it takes as long as all the others together, and what may come between them does.
    """
    over = asyncio.Event()
    connections = [stage.connection(stage.member(n), f"crowd-{race}-{n}") for n in range(CROWD)]
    asking = [asyncio.create_task(_ask(stage, one, over)) for one in connections]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*asking)
        for one in connections:
            one.close()


async def _ask(stage: Stage, connection: Connection, over: asyncio.Event) -> None:
    request = of_the_caller(stage)
    while not over.is_set():
        answer = await stage.send(connection, request)
        if not answer.acknowledged:
            return


def of_the_caller(stage: Stage) -> Request:
    """The least that an app can be asked of who asks."""
    if stage.has(Capability.ME):
        return stage.api.read_me()
    if stage.has(Capability.LIST):
        return stage.api.list_items(size=1)
    return stage.api.live()
