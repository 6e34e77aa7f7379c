"""The service as a developer runs it: on this checkout's database, reloading on a change."""

import os
import socket
from functools import partial

import click
import uvicorn
from uvicorn.supervisors import ChangeReload

from api.observability.logs import log_config
from api.serving import KEEP_ALIVE
from api.settings import Environment
from toolbox.checkout import ROOT
from toolbox.errors import NotWell
from toolbox.processes import end_with_parent

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
        listener.set_inheritable(True)
        return listener
    raise NotWell(f"No port from {port} on can be listened on; take another with --port.")


def configuration() -> uvicorn.Config:
    """Return how Uvicorn serves in development: as in production, but for reloads and logs."""
    return uvicorn.Config(
        "api.app:create_app",
        factory=True,
        reload=True,
        reload_dirs=[str(ROOT / "api")],
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=2,
        access_log=False,  # the service writes its own
        log_config=log_config(Environment.DEVELOPMENT),
    )


def serve_and_reload(listener: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM, in a process that is replaced when a file of api/ changes."""
    config = configuration()
    ChangeReload(config, target=partial(_serve, config), sockets=[listener]).run()


def _serve(config: uvicorn.Config, sockets: list[socket.socket] | None = None) -> None:
    end_with_parent()
    uvicorn.Server(config).run(sockets=sockets)


def announce(listener: socket.socket, database: str) -> None:
    """Print where to find what now runs."""
    address = "http://{}:{}".format(*listener.getsockname())
    lines = {
        "API": address,
        "Docs": f"{address}/docs",
        "Database": database,
    }
    click.echo()
    for name, value in lines.items():
        click.echo(f"  {click.style(f'{name:<10}', bold=True)}{value}")
    click.echo(
        "\n  Reloads when a file in api/ changes. Ctrl-C stops the API;\n"
        "  the database runs on until: nox -s db -- stop\n"
    )


def run(port: int, database: str) -> None:
    """Serve this database for development."""
    end_with_parent()
    os.environ.update(ENVIRONMENT="development", DATABASE_URL=database)
    listener = listen(port)
    announce(listener, database)
    serve_and_reload(listener)
