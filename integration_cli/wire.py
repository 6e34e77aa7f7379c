"""One keep-alive HTTP/1.1 connection, by hand: what races, aborts and load are sent over.

No client library lets go of a request's last byte, breaks off an answer in its middle, or is as
cheap: this costs some 100 microseconds of processor time a request, so that a load generator of
one core measures the app and not itself.
"""

import asyncio
import socket
import struct
import sys
from time import monotonic_ns
from typing import cast

from integration_cli.client import ANSWER_TIMEOUT, tls
from integration_cli.http1 import Answer, AnswerReader, Broken
from integration_cli.operation import Trouble
from integration_cli.target import AppUrl

# SO_LINGER of no time: closing sends RST at once, and drops what is unsent.
_LINGER_NOT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class NoAnswer(Exception):
    """No answer came; `trouble` tells why, and `at` when, in monotonic nanoseconds."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble = trouble
        self.at = monotonic_ns()


class Wire(asyncio.Protocol):
    """A connection from its opening to its end, with one request under way at a time.

    A request is sent in two steps, `hold` and `release`, or in one, `send`; its answer, or why
    there is none, is what `answer` returns or raises: within so many seconds of the release.
    """

    def __init__(self, within: float = ANSWER_TIMEOUT) -> None:
        self.answered_at = 0
        self._within = within
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader = AnswerReader()
        self._answer: asyncio.Future[Answer] | None = None
        self._first_byte: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._held = b""

    @classmethod
    async def open(cls, app_url: AppUrl, within: float = ANSWER_TIMEOUT) -> "Wire":
        """Connect.

        Raises:
            NoAnswer: the app does not accept connections, or not in time.
        """
        loop = asyncio.get_running_loop()
        secure = tls() if app_url.scheme == "https" else None
        try:
            async with asyncio.timeout(within):
                _, wire = await loop.create_connection(
                    lambda: cls(within), app_url.host, app_url.port, ssl=secure
                )
        except OSError as error:  # TimeoutError is one, and what TLS raises
            raise NoAnswer(Trouble.CONNECT, str(error) or "no connection in time") from error
        return wire

    @property
    def is_open(self) -> bool:
        """Whether it can carry a request."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, data: bytes) -> int:
        """Send a request; the value is when, in monotonic nanoseconds."""
        self._begin()
        return self._release(data)

    async def hold(self, data: bytes, keep: int = 1) -> None:
        """Send all of a request but its last `keep` bytes, and let them leave.

        Raises:
            NoAnswer: the connection broke meanwhile, or the app does not read on.
        """
        self._begin()
        self._held = data[-keep:]
        if self._transport:
            self._transport.write(data[:-keep])
        if self._drained:
            await self._drain(self._drained)

    async def _drain(self, drained: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(self._within):
                await drained
        except TimeoutError:
            self.abort()
            raise NoAnswer(Trouble.TIMEOUT, "the app does not read on") from None

    def release(self) -> int:
        """Send what was held back; the value is when, in monotonic nanoseconds."""
        held, self._held = self._held, b""
        return self._release(held)

    async def answer(self) -> Answer:
        """Wait for the answer to what was released. `answered_at` is when it was whole.

        Raises:
            NoAnswer: the connection broke first, or nothing came in time.
        """
        if self._answer is None:
            raise NoAnswer(Trouble.RESET, "nothing was asked")
        return await self._answer

    async def answer_begins(self) -> None:
        """Wait for the first bytes of the answer: from there on it can be broken off.

        Raises:
            NoAnswer: the connection broke first, or nothing came in time.
        """
        if self._first_byte is None:
            self._first_byte = self._loop.create_future()
        await self._first_byte

    def abort(self, *, reset: bool = True) -> None:
        """Close at once, whatever is under way; with a reset, or as a client that just leaves."""
        if self._transport is None:
            return
        if reset:
            peer = cast("socket.socket", self._transport.get_extra_info("socket"))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()
        self._fail(NoAnswer(Trouble.RESET, "broken off by this side"))

    def close(self) -> None:
        """Close in an orderly way."""
        if self._transport is not None:
            self._transport.close()

    def _begin(self) -> None:
        self._answer, self._first_byte = self._loop.create_future(), None
        if not self.is_open:
            self._fail(NoAnswer(Trouble.RESET, "the connection is closed"))

    def _release(self, data: bytes) -> int:
        if self._transport and self._answer and not self._answer.done():
            self._timer = self._loop.call_later(self._within, self._give_up)
        invoked = monotonic_ns()
        if self._transport:
            self._transport.write(data)
        return invoked

    def _give_up(self) -> None:
        self._fail(NoAnswer(Trouble.TIMEOUT, f"no answer within {self._within:g} s"))
        self.abort()

    def _fail(self, why: NoAnswer) -> None:
        for waiting in (self._answer, self._first_byte, self._drained):
            if waiting and not waiting.done():
                waiting.set_exception(why)
                waiting.exception()  # who does not wait for it need not hear of it
        self._stop_timer()

    def _succeed(self, answer: Answer) -> None:
        self.answered_at = monotonic_ns()
        self._stop_timer()
        if self._answer and not self._answer.done():
            self._answer.set_result(answer)
        if not answer.keeps and self._transport:
            self._transport.close()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; writing counts as paused until all has left."""
        self._transport = cast("asyncio.Transport", transport)
        # Over TLS asyncio pauses from that many bytes on, and elsewhere above them: at 0 it would
        # pause for nothing, and never resume.
        is_secure = transport.get_extra_info("sslcontext") is not None
        self._transport.set_write_buffer_limits(high=1 if is_secure else 0)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes that nobody asked for end the connection."""
        if self._answer is None or self._answer.done():
            self.abort()
            return
        if self._first_byte and not self._first_byte.done():
            self._first_byte.set_result(None)
        try:
            answer = self._reader.feed(data)
        except Broken as error:
            self._fail(NoAnswer(Trouble.RESET, f"not an HTTP answer: {error}"))
            self.abort()
            return
        if answer:
            self._succeed(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; that may be what completes the answer."""
        try:
            answer = self._reader.end() if exc is None else None
        except Broken as error:
            answer, exc = None, error
        if answer:
            self._succeed(answer)
        self._fail(NoAnswer(Trouble.RESET, str(exc) if exc else "the app closed the connection"))
        self._transport = None

    def pause_writing(self) -> None:
        """Some of a request waits for the app to read on."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """All of it has left."""
        if self._drained and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None
