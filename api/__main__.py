import argparse
import asyncio
import logging
import logging.config
import os
import sys

from api import capacity
from api.capacity import TooFewConnections
from api.observability import tracing
from api.observability.logs import log_config
from api.serving import CannotListen, CannotServe, listen, serve
from api.settings import DEVELOPMENT_SECRET, Settings, SettingsError, load_settings

# By the package's name: this module's own is __main__.
log = logging.getLogger("api")


def check_secret(settings: Settings, host: str) -> None:
    """Keep a service whose tokens anybody can sign from being reached by anybody.

    Raises:
        SettingsError: it is to listen beyond this machine with the secret of development.
    """
    known = settings.token_secret.get_secret_value() == DEVELOPMENT_SECRET
    if known and host not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsError(
            f"TOKEN_SECRET is not set, and the one that development uses is known to everyone: "
            f"set it before you listen on {host}, where others can reach the service."
        )


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m api",
        description="Serve the API. Its settings come from the environment: see api/settings.py.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (%(default)s)")
    parser.add_argument("--workers", type=int, help="processes; or WORKERS, by default 1")
    arguments = parser.parse_args()
    if arguments.workers is not None:
        if arguments.workers < 1:
            parser.error("--workers must be at least 1")
        # The workers too must know how many they are: they share Postgres's connections.
        os.environ["WORKERS"] = str(arguments.workers)
    try:
        run(arguments.host, arguments.port)
    except (SettingsError, TooFewConnections, CannotListen, CannotServe) as exc:
        sys.exit(str(exc))


def run(host: str, port: int) -> None:
    """Serve on this address as the environment says.

    Raises:
        SettingsError: it does not say what is needed.
        TooFewConnections: Postgres does not allow as many as it asks for.
        CannotListen: the address cannot be listened on.
        CannotServe: no worker could start.
    """
    settings = load_settings()
    tracing.check()
    check_secret(settings, host)
    logs = log_config(settings.environment)
    logging.config.dictConfig(logs)
    asyncio.run(capacity.check(settings))
    listener = listen(host, port)
    log.info("Listening on http://%s:%d", *listener.getsockname()[:2])
    serve(
        listener,
        settings.workers,
        worker_timeout=settings.worker_timeout,
        request_timeout=settings.request_timeout,
        root_path=settings.root_path,
        log_config=logs,
    )


if __name__ == "__main__":
    main()
