"""The port of a checkout's Postgres: chosen once, and another only when it is taken."""

import socket
import zlib
from itertools import chain
from pathlib import Path

import click

from toolbox.errors import NotWell

# Below the range from which Linux takes the ports of outgoing connections (32768 and up): a port
# from there could be in use, for a moment, whenever the server starts.
PORTS = range(20_000, 30_000)


def choose(home: Path, remembered: int | None, after: int | None = None) -> int:
    """Return the remembered port if it is free, and else the next free one, and say so.

    Args:
        home: the cluster's folder, so that two checkouts begin at different ports.
        remembered: the port that was chosen before, if one was.
        after: a port that proved to be taken.

    Raises:
        ToolboxError: no port is free.
    """
    first: int = PORTS[zlib.crc32(str(home).encode()) % len(PORTS)]
    start: int = after + 1 if after else remembered or first
    for port in chain(range(start, PORTS.stop), range(PORTS.start, start)):
        if is_free(port):
            if remembered is not None and remembered != port:
                click.echo(
                    f"Port {remembered} is taken by another program: this checkout's Postgres "
                    f"moves to port {port}.",
                    err=True,
                )
            return port
    raise NotWell(f"No port from {PORTS.start} to {PORTS.stop - 1} is free.")


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
