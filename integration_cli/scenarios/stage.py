"""What scenarios are played on: the app, the crew, the record, and chance that can be repeated."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic_ns

from integration_cli.accounts import throwaway
from integration_cli.capabilities import Capabilities, Capability
from integration_cli.checks.traces import Item, items_in
from integration_cli.client import ANSWER_TIMEOUT
from integration_cli.connection import Connection
from integration_cli.crew import Crew, Member, join
from integration_cli.endpoints import Api, Change
from integration_cli.history import History
from integration_cli.operation import Kind, Operation, Request
from integration_cli.options import Target
from integration_cli.outcome import NotFinished
from integration_cli.record import Speaker
from integration_cli.release import Racers
from integration_cli.seeds import stream

RACERS = 8
DESERTED = 12_000_000_000  # ns without a service rendered
MANY = 5  # requests in that time that were given up


@dataclass(frozen=True, slots=True)
class Window:
    """One attempt of a race: its name, whether it goes over new connections, and its pace."""

    race: str
    number: int
    is_fresh: bool
    gap: float  # seconds between two releases

    def gaps(self, count: int) -> list[float]:
        """How long each of so many requests waits for the one before."""
        return [0.0, *[self.gap] * (count - 1)]


@dataclass(slots=True)
class Stage:
    """One run, for scenarios to play on.

    `effort` scales how many windows a race gets; `workers` is how many processes were seen.
    """

    target: Target
    history: History
    crew: Crew
    run_id: str
    seed: int
    capabilities: Capabilities
    effort: float = 1.0
    workers: int = 1

    @property
    def members(self) -> Sequence[Member]:
        """The signed-in users of the run."""
        return self.crew.members

    @property
    def api(self) -> Api:
        """The app's endpoints as requests."""
        return self.target.site.api

    def has(self, *capabilities: Capability) -> bool:
        """Whether the target can do all of this."""
        return not self.capabilities.missing(capabilities)

    def random(self, *purpose: object) -> Random:
        """Chance for a purpose; the same for the same seed."""
        return stream(self.seed, *purpose)

    def member(self, number: int) -> Member:
        """A user by number, of however few there are."""
        return self.members[number % len(self.members)]

    async def newcomer(self, name: str) -> Member | None:
        """Somebody who signs up and in for one scenario; None where the app lets nobody."""
        account = throwaway(self.run_id, self.target.app_url, name)
        try:
            return await join(self.target, self.history, account, name)
        except NotFinished:
            return None

    def connection(self, member: Member, name: str, within: float = ANSWER_TIMEOUT) -> Connection:
        """A connection of a user, not opened yet."""
        speaker = Speaker(f"{member.name}/{name}", member.name, member.login)
        return Connection(self.target.site, speaker, member.token, within)

    def racers(self, member: Member, name: str, count: int = RACERS) -> Racers:
        """Connections of one user that race."""
        return self.racers_of([member] * count, name)

    def racers_of(self, members: Sequence[Member], name: str) -> Racers:
        """A connection for each of these users."""
        made = [self.connection(one, f"{name}-{number}") for number, one in enumerate(members)]
        return Racers(made, self.history)

    def windows(self, scenario: str, count: int, least: int = 2) -> Iterator[Window]:
        """The attempts of a race, in every pattern: at once, staggered, over new connections."""
        random = self.random(scenario)
        for number in range(max(round(count * self.effort), least)):
            if self.is_deserted:
                return
            # Of 8 racers the last comes up to 2 ms after the first.
            gap = 0.0 if number % 2 == 0 else random.uniform(0.0001, 0.002) / RACERS
            yield Window(f"{scenario}#{number}", number, number % 5 == 4, gap)

    async def races(
        self, racers: Racers, scenario: str, count: int
    ) -> AsyncIterator[tuple[Window, Item, Operation]]:
        """The attempts of a race over an item, each with the item that was made for it, and how."""
        await racers.spread(self.workers)
        for window in self.windows(scenario, count):
            if window.is_fresh:
                await racers.renew(self.workers)
            made = await self.make(racers.connections[0], window.race)
            if made is not None:
                yield window, *made

    @property
    def is_deserted(self) -> bool:
        """Whether the app has served nobody for so long that to go on would only cost time."""
        since, tries = monotonic_ns() - DESERTED, 0
        for one in reversed(self.history.operations):
            if one.acknowledged and one.kind is not Kind.PROBE:
                return tries >= MANY and one.returned < since
            tries += one.status in {None, 503} and one.kind is not Kind.IDLE
        return False

    async def send(self, connection: Connection, request: Request) -> Operation:
        """Send a request, and record what becomes of it."""
        return self.history.record(await connection.send(request))

    def new(self, window: str, part: str = "", counter: int | None = 0) -> Change:
        """An item that no other is like."""
        mark = f"{self.run_id} {window}{part}"
        return Change(nonce=f"{mark} new", counter=counter, unique=mark)

    def change(self, window: str, part: object, counter: int | None = None) -> Change:
        """A write that no other is like, to the item that a window made."""
        mark = f"{self.run_id} {window}"
        name = None if self.has(Capability.PARTIAL) else mark
        full = None if self.has(Capability.PARTIAL) else 0
        number = full if counter is None else counter
        return Change(nonce=f"{mark} write {part}", counter=number, unique=name)

    async def make(
        self, connection: Connection, window: str, counter: int | None = 0
    ) -> tuple[Item, Operation] | None:
        """Create an item for a window; None when the app does not."""
        request = self.api.create_item(self.new(window, counter=counter)).of(window)
        operation = await self.send(connection, request)
        items = self.items(operation)
        return (items[0], operation) if operation.acknowledged and items else None

    def items(self, operation: Operation) -> list[Item]:
        """The items in an answer."""
        return items_in(operation, self.target.profile)
