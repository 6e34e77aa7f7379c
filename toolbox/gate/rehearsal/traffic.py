"""Traffic on a database, from a process of its own, so that what migrates does not slow it down."""

import itertools
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from threading import Thread
from typing import Any

import psycopg

from toolbox.gate.rehearsal.statements import Stream

PAUSE = 0.01  # seconds between two requests of a stream
PATIENCE = "60s"  # how long a request waits, where an app would have given up before


@dataclass(frozen=True, slots=True)
class Sample:
    """A request: when it was sent, by the monotonic clock, and what it took, in seconds."""

    sent: float
    took: float
    error: str | None = None


Samples = list[list[Sample]]


class Traffic:
    """What came of the streams' requests; complete once the context of `running` is left."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        """Take the streams; `samples` has a list for each, in their order."""
        self.streams = streams
        self.samples: Samples = [[] for _ in streams]


@contextmanager
def running(url: str, streams: Sequence[Stream]) -> Iterator[Traffic]:
    """Send the requests of all streams at once, each on its own connection, during the block."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Event(), context.Event()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=_send_all, args=(url, streams, ready, stop, sender), daemon=True
    )
    process.start()
    sender.close()
    traffic = Traffic(streams)
    try:
        while not ready.wait(0.1) and process.is_alive():
            pass
        yield traffic
    finally:
        stop.set()
        try:
            traffic.samples = receiver.recv()
        finally:
            process.join()


def _send_all(
    url: str, streams: Sequence[Stream], ready: Event, stop: Event, sender: Connection
) -> None:
    samples: Samples = [[] for _ in streams]
    threads = [
        Thread(target=_send, args=(url, stream, stop, kept))
        for stream, kept in zip(streams, samples, strict=True)
    ]
    for thread in threads:
        thread.start()
    ready.set()
    for thread in threads:
        thread.join()
    sender.send(samples)


def _send(url: str, stream: Stream, stop: Event, samples: list[Sample]) -> None:
    """Send requests one after the other; each is rolled back, so that the rows stay what they are.

    A statement is prepared by Postgres as an app's driver does it, and planned anew after a change.
    """
    keys, statements = itertools.cycle(stream.keys), itertools.cycle(stream.statements)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{PATIENCE}'".encode())
        while not stop.is_set():
            sent = time.monotonic()
            error = _request(connection, next(statements), next(keys))
            samples.append(Sample(sent, time.monotonic() - sent, error))
            stop.wait(PAUSE)


def _request(
    connection: psycopg.Connection[Any], statement: str, key: tuple[Any, ...]
) -> str | None:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode(), key)
    except psycopg.Error as exc:
        return " ".join(str(exc.diag.message_primary or exc).split())
    return None


def p99(readings: Sequence[float]) -> float:
    """Return the 99th percentile; 0 of none."""
    return sorted(readings)[int(0.99 * len(readings))] if readings else 0.0
