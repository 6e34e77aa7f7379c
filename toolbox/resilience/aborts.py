"""Clients who go away in the middle of something."""

import asyncio
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import cycle

from toolbox.resilience.connection import Connection
from toolbox.resilience.load import LOST, Load

PAUSE = 0.02  # seconds between two clients

# An answer of this many items does not fit into what the kernel holds for a reader.
LONG = 1000

RESET = struct.pack("ii", 1, 0)

Abort = Callable[[Load, Connection], Awaitable[None]]


async def in_the_head(load: Load, connection: Connection) -> None:
    """Go in the middle of the request's head."""
    connection.writer.write(load.read(load.owners[0]).sent[:40])
    await connection.writer.drain()


async def in_the_body(load: Load, connection: Connection) -> None:
    """Go in the middle of the request's body."""
    request = load.write(load.owners[0], load.ledger.new())
    connection.writer.write(request.sent[:-20])
    await connection.writer.drain()


async def before_the_answer(load: Load, connection: Connection) -> None:
    """Go when the request is sent, at a moment when it is perhaps at work in the database."""
    request = load.write(load.owners[0], load.ledger.new(keyed=random.random() < 0.5))  # noqa: S311
    connection.writer.write(request.sent)
    await connection.writer.drain()
    await asyncio.sleep(random.uniform(0, 0.01))  # noqa: S311


async def in_the_answer(load: Load, connection: Connection) -> None:
    """Go in the middle of a long answer."""
    connection.writer.write(load.list(load.owners[0], LONG).sent)
    with suppress(*LOST):
        await connection.read_some()


ABORTS: tuple[Abort, ...] = (in_the_head, in_the_body, before_the_answer, in_the_answer)


async def abort_for(load: Load, seconds: float) -> None:
    """Let one client after the other go away, by a reset or by closing, each at another point."""
    deadline = asyncio.get_running_loop().time() + seconds
    for abort, by_reset in cycle([(abort, way) for way in (True, False) for abort in ABORTS]):
        if asyncio.get_running_loop().time() > deadline:
            return
        connection = await Connection.open(load.host, load.port)
        if by_reset:
            sock: socket.socket = connection.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        with suppress(*LOST):
            await abort(load, connection)
        connection.close()
        await asyncio.sleep(PAUSE)
