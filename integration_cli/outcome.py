"""How a command ends: exit codes, failures that are a sentence, and the one place that exits."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterable
from enum import IntEnum
from typing import NoReturn

import click

from integration_cli.clockwork import new_event_loop


class Exit(IntEnum):
    """Exit codes. They are an interface: scripts and CI branch on them."""

    HELD = 0
    VIOLATED = 1
    USAGE = 2
    MISSED = 3
    UNREACHABLE = 4
    INCONCLUSIVE = 5
    INTERRUPTED = 130


# What a person must hear about first comes last, and what is not known before what is wrong.
_SEVERITY = (
    Exit.HELD,
    Exit.INCONCLUSIVE,
    Exit.MISSED,
    Exit.UNREACHABLE,
    Exit.USAGE,
    Exit.VIOLATED,
    Exit.INTERRUPTED,
)


def worst(codes: Iterable[Exit]) -> Exit:
    """The code that stands for several: a violation outweighs a missed limit, that an open end."""
    return max(codes, key=_SEVERITY.index, default=Exit.HELD)


class Failure(Exception):
    """A command cannot go on. Its text is the one line the user reads."""

    code = Exit.INCONCLUSIVE


class AppUnreachable(Failure):
    """Nothing answers at the address, or what answers is not ready to serve."""

    code = Exit.UNREACHABLE


class NotFinished(Failure):
    """The app answers, but not in a way that lets the command finish."""


class UnknownRun(Failure):
    """The user named a run that the ledger does not know."""

    code = Exit.USAGE


def first_failure(error: BaseException) -> Failure | None:
    """The failure inside an exception group, or None: a task group wraps what its tasks raise."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, BaseExceptionGroup):
        found = (first_failure(inner) for inner in error.exceptions)
        return next((failure for failure in found if failure), None)
    return None


class Stop(click.ClickException):
    """A failure at the edge: Click prints it as one line and exits with its code."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.exit_code = failure.code  # type: ignore[misc]  # Click reads it from the instance


class Interruptible(click.Group):
    """A group whose commands say that they were interrupted, and exit so: Click exits with 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            sys.exit(Exit.INTERRUPTED)


def run(command: Coroutine[None, None, Exit]) -> NoReturn:
    """Run a command to its end and exit with its code; a failure becomes one line on stderr."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            code = runner.run(_interruptible(command))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except Failure as failure:
        raise Stop(failure) from None
    sys.exit(code)


async def _interruptible(command: Coroutine[None, None, Exit]) -> Exit:
    """Let each Ctrl-C cancel a command: the first what it does, the second its cleaning up.

    asyncio raises the second wherever the program happens to be, which ends in a stack trace.
    SIGTERM, by which a container is stopped, is as good as Ctrl-C.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def interrupt(*_: object) -> None:
        if task:
            task.cancel()
        loop.call_soon_threadsafe(lambda: None)  # wakes it

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, interrupt) for one in signals]
    try:
        return await command
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
