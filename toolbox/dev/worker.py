"""The process that serves in development, from its first moment, when it has none of our code."""

import os
import socket
import sys
from collections.abc import Mapping

from toolbox.processes import end_with_parent

BROKEN = (
    "The service does not start: see above. Requests are answered so (503) until the next save."
)


def serve(listener: socket.socket, output: socket.socket, environment: Mapping[str, str]) -> None:
    """Serve until SIGTERM, in a fresh process; where the code does not start, its fault.

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
        from toolbox.dev.fault import Fault, answer_with  # noqa: PLC0415 - needed only now

        fault = Fault(exc)
        print(f"{fault.traceback}\n{BROKEN}", file=sys.stderr, flush=True)  # noqa: T201 - the stream
        answer_with(fault, listener)
