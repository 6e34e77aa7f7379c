"""The process that serves in development, from its first moment, when it has none of our code."""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from traceback import StackSummary, TracebackException

from toolbox.checkout import ROOT
from toolbox.processes import end_with_parent


def serve(listener: socket.socket, output: socket.socket, environment: Mapping[str, str]) -> None:
    """Serve until SIGTERM, in a fresh process.

    Args:
        listener: where.
        output: for what is written.
        environment: what the service is told beside what we were.
    """
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    output.close()
    os.environ.update(environment)
    end_with_parent()
    try:
        # Only here: what is imported now is the code as it is now.
        from toolbox.dev.server import run  # noqa: PLC0415

        run(listener)
    except Exception as exc:  # noqa: BLE001 - whatever the code says that was saved just now
        sys.exit(explain(exc))


def explain(exc: BaseException) -> str:
    """Return an exception's traceback, of which only the frames in `api` are shown if there are."""
    told = TracebackException.from_exception(exc)
    ours = [frame for frame in told.stack if Path(frame.filename).is_relative_to(ROOT / "api")]
    if ours or isinstance(exc, SyntaxError):
        told.stack = StackSummary.from_list(ours)
    return "".join(told.format()).rstrip()
