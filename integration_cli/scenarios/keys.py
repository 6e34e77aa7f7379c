"""Idempotency keys: repeated at once, afterwards, after a broken connection, and misused."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from integration_cli.connection import Connection
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.profile import Idempotency
from integration_cli.scenarios.stage import Stage, Window
from integration_cli.wire import NoAnswer

RACERS = 6
REPETITIONS = 2
PATIENCE = 20  # repetitions while the app says that the first request is still under way


async def one_key(stage: Stage) -> None:
    """One request with one key, on several connections at once, then on others, and once later."""
    said: list[Request] = []
    async with stage.racers(stage.member(0), "key", RACERS) as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("one-key", 25):
            if window.is_fresh:
                await racers.renew(stage.workers)
            request = _keyed(stage, window, stage.api.create_item(stage.new(window.race)))
            if window.number % 3:
                await racers.race([request] * RACERS, window.gaps(RACERS))
            for connection in racers.connections[:: RACERS // REPETITIONS]:
                await stage.send(connection, request)
            said.append(request)
        # When other keys have come since.
        for number, request in enumerate(said):
            await stage.send(racers.connections[number % RACERS], request)


async def another_body(stage: Stage) -> None:
    """A key that is used again with another body, at once or afterwards."""
    async with stage.racers(stage.member(1), "body", RACERS) as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("another-body", 20):
            first = stage.new(window.race)
            others = [
                replace(first, counter=1),
                replace(first, nonce=f"{first.nonce}er"),
                replace(first, unique=f"{first.unique} other"),
                replace(first, nonce=f"{first.nonce} other", unique=f"{first.unique} another"),
            ]
            requests = [
                _keyed(stage, window, stage.api.create_item(one)) for one in (first, *others)
            ]
            if window.number % 2:
                await racers.race(requests, window.gaps(len(requests)))
                continue
            for number, request in enumerate(requests):
                await stage.send(racers.connections[number], request)


async def key_of_two(stage: Stage) -> None:
    """Two users happen to choose the same key: each has its own."""
    pair = [stage.member(0), stage.member(1)]
    async with stage.racers_of(pair, "shared-key") as racers:
        for window in stage.windows("key-of-two", 6) if pair[0] != pair[1] else ():
            new = stage.new(window.race)
            requests = [
                _keyed(stage, window, stage.api.create_item(one))
                for one in (new, replace(new, nonce=f"{new.nonce} of another"))
            ]
            await racers.race(requests)


async def broken_off(stage: Stage) -> None:
    """A request with a key is broken off by its client, which then repeats it until it is told."""
    member = stage.member(2)
    random = stage.random("broken-off")
    async with stage.racers(member, "repeat", 2) as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("broken-off", 25):
            request = _keyed(stage, window, stage.api.create_item(stage.new(window.race)))
            breaking = stage.connection(member, f"broken-{window.number}")
            await break_off(stage, breaking, request, random.uniform(0, 0.008))
            await _until_answered(stage, racers.connections[window.number % 2], request)


async def break_off(
    stage: Stage, connection: Connection, request: Request, after: float, *, reset: bool = True
) -> Operation:
    """Send a request, and leave after so many seconds without waiting for its answer."""
    with suppress(NoAnswer):
        await connection.warm()
    sending = asyncio.create_task(connection.send(request))
    try:
        await asyncio.sleep(after)
    finally:
        connection.abort(reset=reset)
    operation = await sending
    if operation.status is None and not operation.refused:
        operation = replace(operation, trouble=Trouble.ABORTED)
    return stage.history.record(operation)


async def _until_answered(stage: Stage, connection: Connection, request: Request) -> None:
    for _ in range(PATIENCE):
        answer = await stage.send(connection, request)
        if answer.acknowledged:
            await stage.send(connection, request)
            return
        if stage.target.rows.is_spent:
            return
        await asyncio.sleep(0.05)


def _keyed(stage: Stage, window: Window, request: Request) -> Request:
    """The request with the window's key, which is this run's and no other's."""
    declared = stage.target.profile.idempotency or Idempotency("Idempotency-Key")
    key = f"{stage.run_id}-{window.race.replace('#', '-')}"
    return replace(request, headers={**request.headers, declared.header: key}).of(window.race)
