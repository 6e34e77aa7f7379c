"""The load generator, a process of its own so that it has a core of its own.

`python -m toolbox.bench.load` reads a Load from stdin and prints its Outcome, both as JSON. Each
connection sends its next request when it has the answer to the last. An answer is read as far as
its length and its status, which must be the expected one: all else would measure the generator.
"""

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from typing import Any, cast


class UnexpectedAnswer(Exception):
    """The server did not answer as it should; a figure of such a run would mean nothing."""


@dataclass(frozen=True)
class Load:
    """What to send, and for how long."""

    host: str
    port: int
    before: str
    """A whole HTTP/1.1 request, or what of it comes before its number, if `after` is not None."""
    after: str | None
    expected: int
    """The status of every answer."""
    connections: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came back."""

    answers: int
    seconds: float
    """From the first request to the last answer."""
    p50: float
    """The median latency, in seconds."""
    p99: float
    """The latency, in seconds, that one answer of a hundred exceeds."""
    cpu: float
    """How much of a core the generator itself used."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


class Run:
    """One run of a load: what its connections share."""

    def __init__(self, load: Load) -> None:
        """Take what to send."""
        self.load = load
        self.latencies: list[float] = []
        self.ended = asyncio.get_running_loop().create_future()
        self.deadline = 0.0
        self._active = load.connections
        self._before = load.before.encode()
        self._after = None if load.after is None else load.after.encode()
        self._numbers = itertools.count()

    def request(self) -> bytes:
        """Return the next request; a number is ten digits, so that Content-Length stays true."""
        if self._after is None:
            return self._before
        return b"%b%010d%b" % (self._before, next(self._numbers), self._after)

    def end_one(self) -> None:
        """Count one connection out; with the last one the run ends."""
        self._active -= 1
        if not self._active and not self.ended.done():
            self.ended.set_result(None)

    def fail(self, reason: str) -> None:
        """End the run with an error."""
        if not self.ended.done():
            self.ended.set_exception(UnexpectedAnswer(reason))


class Connection(asyncio.Protocol):
    """A connection that has at most one request under way."""

    def __init__(self, run: Run) -> None:
        """Take the run it is part of."""
        self._run = run
        self._answer = b""
        self._size = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what it writes to."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self) -> None:
        """Send the next request."""
        self._answer = b""
        self._size = 0
        self._sent = time.perf_counter()
        self._transport.write(self._run.request())

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer, perhaps the last one."""
        self._answer += data
        if not self._size:
            try:
                self._size = size(self._answer)
            except ValueError:
                self._run.fail(f"no HTTP answer with a Content-Length: {self._answer[:200]!r}")
                return
        if self._size and len(self._answer) >= self._size:
            self._take_answer()

    def _take_answer(self) -> None:
        now = time.perf_counter()
        if self._answer[9:12] != b"%d" % self._run.load.expected:
            self._run.fail(f"{self._answer[:500].decode(errors='replace')}")
            return
        self._run.latencies.append(now - self._sent)
        if now < self._run.deadline:
            self.send()
        else:
            self._run.end_one()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless the run is over: the server should have kept the connection."""
        self._run.fail(f"the server closed a connection ({exc or 'without an error'})")


def size(answer: bytes) -> int:
    """Return how many bytes the answer that begins so has, or 0 if its head is not complete.

    Raises:
        ValueError: it has no Content-Length.
    """
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = answer[: end + 2].lower()
    start = head.index(b"\r\ncontent-length:") + len(b"\r\ncontent-length:")
    return end + 4 + int(head[start : head.index(b"\r\n", start)])


async def generate(load: Load) -> Outcome:
    """Send the load and wait for the last answer.

    Raises:
        UnexpectedAnswer: one had another status, or none came.
    """
    run = Run(load)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Connection(run), load.host, load.port))[1]
        for _ in range(load.connections)
    ]
    start, busy = time.perf_counter(), time.process_time()
    run.deadline = start + load.seconds
    for connection in connections:
        connection.send()
    await run.ended
    seconds = time.perf_counter() - start
    return Outcome(
        answers=len(run.latencies),
        seconds=seconds,
        p50=statistics.median(run.latencies),
        p99=sorted(run.latencies)[int(0.99 * len(run.latencies))],
        cpu=(time.process_time() - busy) / seconds,
    )


def _run(main: Coroutine[Any, Any, Outcome]) -> Outcome:
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop  # noqa: PLC0415 - there is none on Windows

    return uvloop.run(main)


if __name__ == "__main__":
    try:
        json.dump(asdict(_run(generate(Load(**json.load(sys.stdin))))), sys.stdout)
    except (UnexpectedAnswer, OSError) as exc:
        sys.exit(str(exc))
