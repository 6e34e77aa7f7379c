"""Where the service listens in development."""

import socket

from toolbox.errors import NotWell

HOST = "127.0.0.1"
PORTS_TRIED = 100


def listen(port: int) -> socket.socket:
    """Listen on the port, or on the next one that is free.

    Raises:
        ToolboxError: a hundred ports in a row are taken.
    """
    for candidate in range(port, min(port + PORTS_TRIED, 65_536)):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
        except OSError:
            listener.close()
            continue
        # Listening already: a request made while the service starts or reloads waits for it.
        listener.listen()
        return listener
    raise NotWell(f"No port from {port} on can be listened on; take another with --port.")
