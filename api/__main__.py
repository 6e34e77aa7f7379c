import argparse
import sys

from api.serving import CannotListen, listen, serve
from api.settings import Environment, SettingsError, load_settings


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
        listener = listen(arguments.host, arguments.port)
    except (SettingsError, CannotListen) as exc:
        sys.exit(str(exc))
    host, port = listener.getsockname()[:2]
    sys.stderr.write(f"Listening on http://{host}:{port}\n")
    in_development = settings.environment is Environment.DEVELOPMENT
    serve(listener, arguments.workers, access_log=in_development)


if __name__ == "__main__":
    main()
