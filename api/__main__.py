import argparse
import logging
import logging.config
import sys

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
    parser.add_argument("--workers", type=int, default=1, help="processes (%(default)s)")
    arguments = parser.parse_args()
    if arguments.workers < 1:
        parser.error("--workers must be at least 1")
    try:
        settings = load_settings()
        tracing.check()
        check_secret(settings, arguments.host)
        listener = listen(arguments.host, arguments.port)
    except (SettingsError, CannotListen) as exc:
        sys.exit(str(exc))
    host, port = listener.getsockname()[:2]
    logs = log_config(settings.environment)
    logging.config.dictConfig(logs)
    log.info("Listening on http://%s:%d", host, port)
    try:
        serve(listener, arguments.workers, log_config=logs)
    except CannotServe as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
