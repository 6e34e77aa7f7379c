"""The load: requests on an open schedule, half on kept connections and half each on a new one."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from toolbox.bench.world import Owner
from toolbox.resilience.connection import Answer, Connection
from toolbox.resilience.readings import Cut, Outcome, Reading
from toolbox.resilience.writes import ACTED, Fate, Ledger, Write

# Seconds after which a client gives up: as long as the service lets a request last.
LIMIT = 30.0

# Connections that are kept; each is used several times a second.
KEPT = 8

# Seconds between two repeats of a write whose outcome is unknown, and until it is given up.
AGAIN = 1.0
REPEATING = 60.0

# How a connection is lost; a time-out is one of the first.
LOST = (OSError, asyncio.IncompleteReadError)


@dataclass(frozen=True)
class Request:
    """A request as it is sent, and the status that its answer should have."""

    what: str
    sent: bytes
    expected: int


class Load:
    """Clients who ask at a steady rate, whatever they are answered."""

    def __init__(self, host: str, port: int, owners: Sequence[Owner], rate: float) -> None:
        """Take whom to ask, in whose name, and how often a second."""
        self.host, self.port = host, port
        self.rate = rate
        self.owners = owners
        self.ledger = Ledger()
        self.readings: list[Reading] = []
        self.cuts: list[Cut] = []
        self.first_accepted: float | None = None
        self.lag = 0.0
        """The longest, in seconds, that a request was sent after it was due."""
        self._kept: deque[Connection] = deque()
        self._under_way: dict[int, float] = {}
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Send until `stop`, and then wait for the last answer."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in itertools.count():
                due = began + number / self.rate
                await asyncio.sleep(due - time.monotonic())
                if self._stopped.is_set():
                    break
                self.lag = max(self.lag, time.monotonic() - due)
                tasks.create_task(self._send(number, due))
        for connection in self._kept:
            connection.close()

    def stop(self) -> None:
        """Send no more."""
        self._stopped.set()

    def is_good(self, since: float) -> bool:
        """Tell whether all that ended since then was good, and nothing waits for longer."""
        recent = list(itertools.takewhile(lambda one: one.ended > since, reversed(self.readings)))
        waiting = min(self._under_way.values(), default=since)
        return bool(recent) and waiting >= since and all(map(_is_good, recent))

    async def _send(self, number: int, due: float) -> None:
        write = self.ledger.new(keyed=number % 8 < 4) if number // 2 % 2 else None
        owner = self.owners[number % len(self.owners)]
        request = self.write(owner, write) if write else self.read(owner)
        connection = self._take() if number % 2 else None
        worker = connection.worker if connection else None
        self._under_way[number] = sent = time.monotonic()
        outcome, said = await self._try(request, write, connection, keep=bool(number % 2))
        del self._under_way[number]
        what = f"{request.what} on a {'kept' if connection else 'new'} connection"
        ended = time.monotonic()
        self.readings.append(Reading(due, sent, ended, outcome, what, said, worker))
        if write and write.key and write.fate is Fate.UNKNOWN:
            await self._repeat(owner, write)

    async def _try(
        self, request: Request, write: Write | None, connection: Connection | None, *, keep: bool
    ) -> tuple[Outcome, str]:
        try:
            async with asyncio.timeout(LIMIT):
                connection = connection or await self._connect()
                answer = await connection.ask(request.sent)
        except ConnectionRefusedError:
            if write:
                write.was_not_sent()
            return Outcome.REFUSED, "refused"
        except TimeoutError:
            if connection:
                connection.close()
            return Outcome.LATE, f"no answer for {LIMIT:g} seconds"
        except LOST as exc:
            if connection:
                connection.close()
            return Outcome.RESET, type(exc).__name__
        if write:
            write.hear(answer)
        self._leave(connection, answer, keep=keep)
        return Outcome.of(answer.status, request.expected), _first_words(answer)

    async def _connect(self) -> Connection:
        connection = await Connection.open(self.host, self.port)
        self.first_accepted = self.first_accepted or time.monotonic()
        return connection

    def _take(self) -> Connection | None:
        """Take the kept connection that was idle for longest, unless the server has closed it."""
        while self._kept:
            connection = self._kept.popleft()
            if not connection.is_closed:
                return connection
            self.cuts.append(Cut(time.monotonic(), connection.worker))
            connection.close()
        return None

    def _leave(self, connection: Connection, answer: Answer, *, keep: bool) -> None:
        if keep and not answer.closes and len(self._kept) < KEPT:
            self._kept.append(connection)
        else:
            connection.close()

    async def _repeat(self, owner: Owner, write: Write) -> None:
        """Send a write with its key until it is known what became of it: it must act once."""
        deadline = time.monotonic() + REPEATING
        while write.fate is Fate.UNKNOWN and not write.refused_again:
            if self._stopped.is_set() or time.monotonic() > deadline:
                return
            await asyncio.sleep(AGAIN)
            write.repeats += 1
            with suppress(*LOST):
                async with asyncio.timeout(LIMIT):
                    write.hear(await self._ask_once(self.write(owner, write)))

    async def _ask_once(self, request: Request) -> Answer:
        connection = await Connection.open(self.host, self.port)
        try:
            return await connection.ask(request.sent)
        finally:
            connection.close()

    def read(self, owner: Owner) -> Request:
        """Return the request that reads an owner's item."""
        return Request("read", self._encode("GET", f"/items/{owner.item_id}", owner), 200)

    def list(self, owner: Owner, limit: int) -> Request:
        """Return the request that reads so many of an owner's items."""
        return Request("list", self._encode("GET", f"/items?limit={limit}", owner), 200)

    def write(self, owner: Owner, write: Write) -> Request:
        """Return the request that makes an item."""
        sent = self._encode("POST", "/items", owner, write.body, write.key)
        return Request(f"write {write.name}", sent, ACTED)

    def _encode(
        self, method: str, path: str, owner: Owner, body: str = "", key: str | None = None
    ) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Authorization: Bearer {owner.user.token}",
        ]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        if key:
            lines.append(f"Idempotency-Key: {key}")
        return "\r\n".join([*lines, "", body]).encode()


def _is_good(reading: Reading) -> bool:
    return reading.outcome is Outcome.GOOD


def _first_words(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:200].decode(errors='replace')}"
