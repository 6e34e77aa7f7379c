"""A server that ends without a reset.

Uvicorn closes a connection that is open and idle at once when it ends, perhaps just as its client
sends the next request (decision 15).
"""

import asyncio
import socket
import time
from typing import Any

from uvicorn import Server

# Seconds in which a worker that ends answers whoever still has a connection to it, and asks each to
# close it. Longer than a client in use pauses between two requests.
DRAIN = 1.0

STILL = 1.0  # seconds without a turn of the event loop, which makes ten a second


class DrainingServer(Server):
    """A server that, when it ends, lets its clients close their connections.

    Attributes:
        drain: seconds that they have for it.
    """

    drain = DRAIN
    _ticked: float | None = None

    async def on_tick(self, counter: int) -> bool:
        """Note that the event loop goes round."""
        self._ticked = time.monotonic()
        return await super().on_tick(counter)

    def stands_still(self) -> bool:
        """Tell whether something keeps the event loop from going round."""
        if self._ticked is None or self.should_exit:
            return False
        return time.monotonic() - self._ticked > STILL

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, answer with `Connection: close` for a while, and then end as ever."""
        # uvloop closes with a server the socket that it was given.
        listeners = [listener.dup() for listener in sockets or []]
        for server in self.servers:
            server.close()
        for listener in listeners:
            await self._serve_who_waits(listener)
            listener.close()
        # A new list, as the protocols take it anew for each request.
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        deadline = time.monotonic() + self.drain
        while state.connections and time.monotonic() < deadline and not self.force_exit:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
        await super().shutdown()

    async def _serve_who_waits(self, listener: socket.socket) -> None:
        """Take the connections that the kernel has made already, and would reset otherwise."""
        loop = asyncio.get_running_loop()
        listener.settimeout(0)
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            await loop.connect_accepted_socket(self._make_protocol, connection)

    def _make_protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
