"""What the service measures of itself, for Prometheus; several workers measure as one.

With several workers each keeps its figures in files of its own, in the folder that the variable
PROMETHEUS_MULTIPROC_DIR names when this module is imported, and the one that is asked adds up all.
"""

import os

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from api.observability.workers import FOLDER

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

# Anybody can send a method that nobody has heard of, and each would be a new series.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"

REQUESTS = Counter(
    "http_requests_total", "Requests that were answered.", ("method", "route", "status")
)
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival to the end of its answer.",
    ("method", "route"),
    buckets=BUCKETS,
)
# Of a worker that is gone nothing is in flight and no connection in use: hence "live".
IN_FLIGHT = Gauge(
    "http_requests_in_flight", "Requests being answered now.", multiprocess_mode="livesum"
)
DATABASE_CONNECTIONS_IN_USE = Gauge(
    "database_connections_in_use",
    "Connections of the pools that requests hold now.",
    multiprocess_mode="livesum",
)
DATABASE_CONNECTIONS_LIMIT = Gauge(
    "database_connections_limit",
    "Connections that the pools may have in all.",
    multiprocess_mode="livesum",
)
DATABASE_UNREACHABLE = Gauge(
    "database_unreachable_workers",
    "Workers that cannot reach the database now.",
    multiprocess_mode="livesum",
)

# `labels()` takes ten times as long as a look into a dictionary.
_counters: dict[tuple[str, str, int], Counter] = {}
_histograms: dict[tuple[str, str], Histogram] = {}


def count(method: str, route: str, status: int) -> None:
    """Count a request."""
    try:
        counter = _counters[method, route, status]
    except KeyError:
        counter = REQUESTS.labels(known(method), route, str(status))
        if method in METHODS:
            _counters[method, route, status] = counter
    counter.inc()


def observe(method: str, route: str, seconds: float) -> None:
    """Remember how long a request took."""
    try:
        histogram = _histograms[method, route]
    except KeyError:
        histogram = DURATION.labels(known(method), route)
        if method in METHODS:
            _histograms[method, route] = histogram
    histogram.observe(seconds)


def known(method: str) -> str:
    """Return the method as metrics name it: "other" for one that HTTP services do not use."""
    return method if method in METHODS else OTHER


def exposition() -> bytes:
    """Return the figures of all workers in Prometheus's text format."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
