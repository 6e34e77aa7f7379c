"""Serving the application by one process or several, which share one listening socket."""

import errno
import math
import socket
from typing import Any

import uvicorn

from api.observability.workers import folder_for_workers
from api.supervisor import Workers

# Connections that the kernel holds while no worker has accepted them yet; it caps this at
# net.core.somaxconn.
BACKLOG = 2048

# Seconds. Longer than a proxy or client keeps an idle connection (60 s with nginx and AWS's load
# balancers), so that it is never the server that closes one just as the next request arrives.
KEEP_ALIVE = 75

# Seconds that requests in flight have to end after SIGTERM, beyond the timeout of each: none is cut
# that would still be answered. With a timeout of 20 all is over in the 30 s that Kubernetes gives.
GRACE = 1


class CannotServe(Exception):
    """No worker could start; the log says why."""


class CannotListen(Exception):
    """The address cannot be listened on; the message says why."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; from here on no connection is refused.

    Uvicorn alone only binds, and each worker listens when it has started: until then the kernel
    refuses. A socket that listens queues the connections for the first worker that is ready.

    Raises:
        CannotListen: the port is taken or forbidden, or the host is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        hint = "; choose another with --port" if exc.errno == errno.EADDRINUSE else ""
        raise CannotListen(f"Cannot listen on {host}:{port}: {exc.strerror}{hint}.") from None
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def serve(
    listener: socket.socket,
    workers: int,
    *,
    worker_timeout: int = 10,
    request_timeout: float = 20.0,
    root_path: str = "",
    log_config: dict[str, Any] | None = None,
    application: str = "api.app:create_app",
) -> None:
    """Serve on the socket until SIGTERM or SIGINT; requests in flight are finished first.

    Args:
        listener: the socket, which listens already.
        workers: how many processes serve.
        worker_timeout: seconds after which a worker that stands still is replaced.
        request_timeout: seconds that a request may last; a stop waits for as long.
        root_path: what a proxy strips of each path.
        log_config: how every process logs, as `logging.config.dictConfig` takes it.
        application: where the application's factory is, as "module:name".

    Raises:
        CannotServe: the application does not start.
    """
    config = uvicorn.Config(
        application,
        factory=True,
        workers=workers,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=math.ceil(request_timeout) + GRACE,
        timeout_worker_healthcheck=worker_timeout,
        access_log=False,  # ours has the request's id and its time
        server_header=False,
        proxy_headers=False,  # ours knows more of them, and trusts nobody by default (decision 18)
        root_path=root_path,
        log_config=log_config,
    )
    # One worker has a supervisor too: it can be restarted without a gap, and is when it dies.
    with folder_for_workers():
        supervisor = Workers(config, sockets=[listener])
        supervisor.run()
    if supervisor.failed:
        raise CannotServe("The service cannot start; the log above says why.")
