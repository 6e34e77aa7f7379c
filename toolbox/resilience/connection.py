"""HTTP/1.1 on a connection of our own, so that what happens to it is seen as it is."""

import asyncio
from dataclasses import dataclass
from typing import Self

END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its head in lower case, and its body."""

    status: int
    head: bytes
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server gives notice that it closes the connection."""
        return self.header(b"connection") == b"close"

    @property
    def worker(self) -> int | None:
        """The process that answered, if it says so."""
        return int(self.header(b"x-worker") or 0) or None

    def header(self, name: bytes) -> bytes:
        """Return a header's value in lower case, or nothing."""
        _, found, rest = self.head.partition(b"\r\n%b:" % name)
        return rest.partition(b"\r\n")[0].strip() if found else b""


class Connection:
    """A connection on which requests are sent one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take both its ends."""
        self._reader = reader
        self.writer = writer
        self.worker: int | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        """Connect.

        Raises:
            ConnectionRefusedError: nobody listens.
            OSError: it failed otherwise.
        """
        return cls(*await asyncio.open_connection(host, port))

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed it."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for all of its answer.

        Raises:
            OSError, asyncio.IncompleteReadError: the connection was lost before that.
        """
        self.writer.write(request)
        head = (await self._reader.readuntil(END_OF_HEAD)).lower()
        answer = Answer(int(head[9:12]), head, b"")
        body = await self._reader.readexactly(int(answer.header(b"content-length") or 0))
        self.worker = answer.worker
        return Answer(answer.status, head, body)

    async def read_some(self) -> bytes:
        """Wait for the first piece of an answer."""
        return await self._reader.read(1024)

    def close(self) -> None:
        """Close it, without waiting for what was not sent."""
        self.writer.transport.abort()
