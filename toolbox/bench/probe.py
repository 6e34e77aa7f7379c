"""Asking an application the same thing at a steady pace."""

import http.client
import time

from toolbox.bench.servers import Running
from toolbox.errors import ToolboxError

INTERVAL = 0.005  # seconds from one request to the next
TIMEOUT = 60  # seconds


def probe(target: Running, path: str, seconds: float) -> list[float]:
    """Ask for the path every INTERVAL, on one connection, and return the latencies in seconds.

    Each counts from when the request was due, not from when it was sent: a stall is charged to all
    the requests that it delays, as it would be if those who ask did not wait for each other.

    Raises:
        ToolboxError: an answer had another status than 200, or none came.
    """
    connection = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT)
    try:
        connection.connect()
        start = time.perf_counter()
        dues = (start + number * INTERVAL for number in range(max(1, round(seconds / INTERVAL))))
        return [_ask(connection, path, due) for due in dues]
    except (OSError, http.client.HTTPException) as exc:
        raise ToolboxError(f"GET {path} was not answered: {exc!r}") from exc
    finally:
        connection.close()


def _ask(connection: http.client.HTTPConnection, path: str, due: float) -> float:
    time.sleep(max(0.0, due - time.perf_counter()))
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise ToolboxError(f"GET {path} was answered {answer.status}.")
    return time.perf_counter() - due
