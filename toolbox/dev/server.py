"""The service in development: each process that serves imports this anew, and `api` with it."""

import logging
import socket
from contextlib import suppress
from typing import Any

import uvicorn

from api.draining import DrainingServer
from api.observability.logs import log_config
from api.serving import KEEP_ALIVE
from api.settings import Environment

# Seconds that requests under way have when a file is saved.
GRACE = 1

log = logging.getLogger("api")


class NotStarted(Exception):
    """The service does not start."""


class Server(DrainingServer):
    """Ends soon: who looks at what was saved is to meet the new code, and no reset."""

    drain = 0.1

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            log.info("Serves the code as it is now.")


def configuration() -> uvicorn.Config:
    """Return how Uvicorn serves in development: as in production, but for logs and patience."""
    return uvicorn.Config(
        "api.app:create_app",
        factory=True,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        access_log=False,  # the service writes its own
        log_config=_logs(),
    )


def run(listener: socket.socket) -> None:
    """Serve on the socket until SIGTERM.

    Raises:
        NotStarted: it does not start, and Uvicorn has written why.
    """
    service = Server(configuration())
    with suppress(SystemExit):
        service.run(sockets=[listener])
    if not service.started:
        raise NotStarted("the terminal in which the service was started says why")


def _logs() -> dict[str, Any]:
    """Return the service's configuration of logs, without what Uvicorn says at each start."""
    logs = log_config(Environment.DEVELOPMENT)
    return logs | {"loggers": {**logs["loggers"], "uvicorn.error": {"level": "WARNING"}}}
