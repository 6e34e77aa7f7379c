"""The load generator's connections.

Each sends its next request when it has the answer to the last. An answer is read as far as its
length and its status: all else would measure the generator.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterable
from typing import cast

from toolbox.bench.load import Load, Message


class UnexpectedAnswer(Exception):
    """The server did not answer as it should; a figure of such a run would mean nothing."""


class Run:
    """One run of a load: what its connections share."""

    def __init__(self, load: Load) -> None:
        """Take what to send."""
        self.latencies: list[float] = []
        self.statuses: Counter[bytes] = Counter()
        self.ended = asyncio.get_running_loop().create_future()
        self._load = load
        self._deadline = 0.0
        self._left = load.requests
        self._active = len(load.scripts)
        self._numbers = itertools.count()

    def begin(self) -> None:
        """Let the run's time begin."""
        self._deadline = time.perf_counter() + self._load.seconds

    def may_send(self) -> bool:
        """Tell whether one more request is to be sent, and count it."""
        if self._left == 0 or time.perf_counter() >= self._deadline:
            return False
        if self._left is not None:
            self._left -= 1
        return True

    def number(self) -> bytes:
        """Return the next number; each has ten digits, so that Content-Length stays true."""
        return b"%010d" % next(self._numbers)

    def take(self, status: bytes, latency: float) -> None:
        """Note an answer."""
        self.statuses[status] += 1
        self.latencies.append(latency)

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

    def __init__(self, run: Run, script: Iterable[Message]) -> None:
        """Take the run it is part of, and what it sends, over and over."""
        self._run = run
        self._script = itertools.cycle(map(_encode, script))
        self._expected = b""
        self._answer = b""
        self._size = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what it writes to."""
        self._transport = cast("asyncio.Transport", transport)

    def proceed(self) -> None:
        """Send the next request, if there is to be one."""
        if not self._run.may_send():
            self._run.end_one()
            return
        before, after, self._expected = next(self._script)
        request = b"%b%b%b" % (before, self._run.number(), after) if after else before
        self._answer = b""
        self._size = 0
        self._sent = time.perf_counter()
        self._transport.write(request)

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
        latency = time.perf_counter() - self._sent
        status = self._answer[9:12]
        if self._expected not in {b"", status}:
            answer = self._answer[:500].decode(errors="replace")
            self._run.fail(f"expected {self._expected.decode()}, but got: {answer}")
            return
        self._run.take(status, latency)
        self.proceed()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless the run is over: the server should have kept the connection."""
        self._run.fail(f"the server closed a connection ({exc or 'without an error'})")


def _encode(message: Message) -> tuple[bytes, bytes, bytes]:
    """Return a message's two parts and the expected status, each empty if there is none."""
    after = (message.after or "").encode()
    expected = b"" if message.expected is None else b"%d" % message.expected
    return message.before.encode(), after, expected


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
