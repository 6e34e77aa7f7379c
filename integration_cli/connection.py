"""What one signed-in user does over one connection, as operations of a history."""

from time import monotonic_ns

from integration_cli.client import ANSWER_TIMEOUT
from integration_cli.http1 import Answer, encode
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.record import Speaker, answered, unanswered
from integration_cli.site import Site
from integration_cli.wire import NoAnswer, Wire

MAX_IDLE = 2_000_000_000  # ns: an older connection may be one that the server is closing


class Connection:
    """One kept-alive connection of one signed-in user, opened again whenever it breaks.

    It records nothing: who sends decides what an operation is for. `within` is how long it waits
    for an answer, in seconds.
    """

    def __init__(
        self, site: Site, speaker: Speaker, token: str, within: float = ANSWER_TIMEOUT
    ) -> None:
        self.site = site
        self.speaker = speaker
        self.token = token
        self.worker: str | None = None  # the process that answered last, if the app tells
        self._within = within
        self._wire: Wire | None = None
        self._chosen = 0  # how often this side chose to begin anew
        self._opened = 0  # and how often it had to, since then
        self._used = 0
        self._warm = False

    @property
    def name(self) -> str:
        """The client's name."""
        return self.speaker.client

    @property
    def label(self) -> str:
        """The name of the TCP connection: `client#chosen.had`.

        The first number goes up where this side chose to close it, the second where it found it
        closed.
        """
        return f"{self.name}#{self._chosen}.{self._opened}"

    async def send(self, request: Request) -> Operation:
        """Send a request, and return what became of it. Never raises for HTTP."""
        invoked = monotonic_ns()
        try:
            self._count(request)
            wire = await self._open()
        except NoAnswer as failure:
            return self._failed(request, invoked, failure)
        return await self.finish(request, wire.send(self._encode(request)))

    async def warm(self) -> None:
        """Open the connection, and have a first answer on it: its accept and TLS are over then.

        Raises:
            NoAnswer: the app does not answer.
        """
        wire = await self._open()
        if not self._warm:
            wire.send(self._encode(self.site.api.live()))
            await self._answer()

    async def hold(self, request: Request) -> None:
        """Send all of a request but its last byte.

        Raises:
            NoAnswer: it is not ready to be released, and the app cannot have acted on it.
        """
        await self.warm()
        wire = await self._open()  # another, if the app closes after each answer
        self._count(request)
        await wire.hold(self._encode(request))

    def release(self) -> int:
        """Send the last byte; the value is when, in monotonic nanoseconds."""
        return self._wire.release() if self._wire else monotonic_ns()

    def ask(self, request: Request) -> int:
        """Send a request on the connection as it stands; the value is when.

        `finish` waits for its answer. Unlike `send` it never opens a connection, and so loses no
        time.
        """
        return self._wire.send(self._encode(request)) if self._wire else monotonic_ns()

    async def finish(self, request: Request, invoked: int) -> Operation:
        """Wait for the answer to what was sent at `invoked`, and return the whole operation."""
        label = self.label
        try:
            answer = await self._answer()
        except NoAnswer as failure:
            return self._failed(request, invoked, failure)
        operation = answered(
            request,
            self.speaker,
            label,
            (invoked, self._used),
            answer.status,
            answer.headers,
            answer.json(),
            self.site.profile.headers,
        )
        return self.site.rows.settle(request, operation)

    def abort(self, *, reset: bool = True) -> None:
        """Break off whatever is under way, with a reset or as a client that just leaves."""
        if self._wire:
            self._wire.abort(reset=reset)

    @property
    def is_open(self) -> bool:
        """Whether the connection stands, as far as this side knows."""
        return self._wire is not None and self._wire.is_open

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._wire:
            if self._wire.is_open:
                self._chosen, self._opened = self._chosen + 1, 0
            self._wire.close()
            self._wire = None

    async def _open(self) -> Wire:
        now = monotonic_ns()
        if self._wire and self._wire.is_open and now - self._used < MAX_IDLE:
            return self._wire
        self.close()
        self._wire = await Wire.open(self.site.app_url, self._within)
        self._used, self._warm = now, False
        self._opened += 1
        return self._wire

    async def _answer(self) -> Answer:
        wire = self._wire
        if wire is None:
            raise NoAnswer(Trouble.RESET, "the connection is closed")
        answer = await wire.answer()
        self._used, self._warm = wire.answered_at, True
        header = self.site.profile.headers.worker
        self.worker = answer.headers.get(header) if header else None
        return answer

    def _count(self, request: Request) -> None:
        if not self.site.rows.take(request):
            raise NoAnswer(Trouble.WITHHELD, "the run may make no more rows")

    def _encode(self, request: Request) -> bytes:
        filled = self.site.filled(request, self.speaker.user)
        return encode(filled, self.site.app_url, self.token)

    def _failed(self, request: Request, invoked: int, failure: NoAnswer) -> Operation:
        span = (invoked, failure.at)
        operation = unanswered(request, self.speaker, self.label, span, failure.trouble)
        return self.site.rows.settle(request, operation)
