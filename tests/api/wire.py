"""The wire between the service and Postgres, which a test can cut without either being told."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK = 64 * 1024
TICK = 0.02  # seconds after which an order is heard


class Wire:
    """A TCP proxy on a port of its own: what is cut stays open, and nothing comes through."""

    def __init__(self, port: int) -> None:
        """Take Postgres's port on loopback."""
        self._behind = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._ends: dict[socket.socket, socket.socket] = {}
        self._silent: list[socket.socket] = []
        self._lock = threading.Lock()
        self._whole = True
        self._stopped = False

    def behind(self, url: str) -> str:
        """Return the URL of a database that leads through the wire."""
        parts = urlsplit(url)
        return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self.port}").geturl()

    def cut(self) -> None:
        """Let nothing through any more, neither on old connections nor on new ones."""
        self._whole = False
        self.cut_old()

    def cut_old(self) -> None:
        """Let nothing more through on the connections that there are."""
        with self._lock:
            for end in self._ends:
                self._selector.unregister(end)
                self._silent.append(end)
            self._ends.clear()

    def mend(self) -> None:
        """Let new connections through; what is cut stays so, as networks forget it."""
        self._whole = True

    def carry(self) -> None:
        """Carry what comes until it is stopped."""
        while not self._stopped:
            for key, _ in self._selector.select(TICK):
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj in self._ends:
                        self._pass_on(key.fileobj)
        for end in [self._listener, *self._ends, *self._silent]:
            end.close()
        self._selector.close()

    def stop(self) -> None:
        self._stopped = True

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if not self._whole:
            self._silent.append(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._behind))
        except OSError:
            client.close()
            return
        for end, other in ((client, server), (server, client)):
            self._ends[end] = other
            self._selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        other = self._ends[end]
        try:
            if chunk := end.recv(CHUNK):
                other.sendall(chunk)
                return
        except OSError:
            pass  # one end was closed
        for closed in (end, other):
            self._selector.unregister(closed)
            del self._ends[closed]
            closed.close()


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """Put a wire before a database."""
    port = urlsplit(url).port
    assert port
    wire = Wire(port)
    thread = threading.Thread(target=wire.carry)
    thread.start()
    try:
        yield wire
    finally:
        wire.stop()
        thread.join()
