"""The load generator, a process of its own so that it has a core of its own.

`python -m toolbox.bench.generator` reads a Load from stdin, prints a line when it has connected,
and then its Outcome; both are JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any

from toolbox.bench.connection import Connection, Run, UnexpectedAnswer
from toolbox.bench.figures import Latency
from toolbox.bench.load import Load, Outcome
from toolbox.processes import end_with_parent

PATIENCE = 60  # seconds beyond those of the load


async def generate(load: Load) -> Outcome:
    """Send the load and wait for the last answer.

    Raises:
        UnexpectedAnswer: one had another status than it should, or none came.
    """
    try:
        async with asyncio.timeout(load.seconds + PATIENCE):
            return await _generate(load)
    except TimeoutError:
        raise UnexpectedAnswer(f"no answer for {PATIENCE} seconds") from None


async def _generate(load: Load) -> Outcome:
    run = Run(load)
    connections = [Connection(run, script) for script in load.scripts]
    for connection in connections:
        await _connect(connection, load)
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    start, busy = time.perf_counter(), time.process_time()
    run.begin()
    for connection in connections:
        connection.proceed()
    await run.ended
    seconds = time.perf_counter() - start
    return Outcome(
        answers=len(run.latencies),
        seconds=seconds,
        latency=Latency.of(run.latencies),
        statuses={status.decode(): count for status, count in run.statuses.items()},
        cpu=(time.process_time() - busy) / seconds,
    )


async def _connect(connection: Connection, load: Load) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: connection, load.host, load.port)


def _run(main: Coroutine[Any, Any, Outcome]) -> Outcome:
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop  # noqa: PLC0415 - there is none on Windows

    return uvloop.run(main)


if __name__ == "__main__":
    end_with_parent()
    try:
        json.dump(asdict(_run(generate(Load.of(json.load(sys.stdin))))), sys.stdout)
    except (UnexpectedAnswer, OSError) as exc:
        sys.exit(str(exc))
