"""Many jobs, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from integration_cli.outcome import first_failure

T = TypeVar("T")

AT_ONCE = 8  # users created or removed at a time: each costs a password hash, slow on purpose


async def for_each(
    jobs: Iterable[T], work: Callable[[T], Awaitable[None]], at_once: int = AT_ONCE
) -> None:
    """Do the work on every job, `at_once` of them at a time; the first failure stops the others.

    Raises:
        Failure: what stopped the work, out of the group that asyncio wraps it in.
    """
    waiting = iter(jobs)

    async def worker() -> None:
        for job in waiting:
            await work(job)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(worker())
    except BaseExceptionGroup as error:
        failure = first_failure(error)
        if failure is None:
            raise
        raise failure from error
