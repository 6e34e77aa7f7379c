"""`python -m api.health.probe URL` ends well if the URL answers 200: a check without curl."""

import http.client
import sys
from urllib.parse import urlsplit

PATIENCE = 3  # seconds


def main(url: str) -> str | None:
    """Ask the URL, and return what was wrong, if anything was."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return None if answer.status == http.client.OK else answer.read().decode()
    except (OSError, http.client.HTTPException) as exc:
        return f"{url} does not answer: {exc}"
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
