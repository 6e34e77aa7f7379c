"""Sending a load, by a load generator that is started for it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import IO, cast

from toolbox.bench.load import Load, Outcome
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

WARM_UP = 0.5  # seconds at most

COMMAND = (sys.executable, "-m", "toolbox.bench.generator")


@contextmanager
def sending(load: Load, what: str) -> Iterator[Callable[[], Outcome]]:
    """Send a load by a process of its own, which has begun when the context does.

    Args:
        load: what to send, whereto and for how long.
        what: how to call it in an error.

    Gives a function that waits for the outcome, and raises ToolboxError if an answer was not the
    expected one or none came. To leave the context before that ends the load.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(
        COMMAND, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        sent, said, complaint = (
            cast("IO[str]", stream) for stream in (process.stdin, process.stdout, process.stderr)
        )

        def outcome() -> Outcome:
            content = said.read()
            if process.wait() != 0:
                raise ToolboxError(f"{what}: {complaint.read().strip()}")
            return Outcome.of(json.loads(content))

        try:
            with suppress(BrokenPipeError):  # what it complains of says more
                sent.write(json.dumps(asdict(load)))
                sent.close()
            said.readline()  # comes when it has connected
            yield outcome
        finally:
            process.kill()


def send(load: Load, what: str) -> Outcome:
    """Send a load by a process of its own, and wait for the outcome.

    Args:
        load: what to send, whereto and for how long.
        what: how to call it in an error.

    Raises:
        ToolboxError: an answer was not the expected one, or none came.
    """
    with sending(load, what) as outcome:
        return outcome()


def warm_up(load: Load) -> None:
    """Send some of a load, of which nothing is measured.

    Raises:
        ToolboxError: an answer was not the expected one, or none came.
    """
    send(replace(load, seconds=min(load.seconds, WARM_UP)), "warm-up")
