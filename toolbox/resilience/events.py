"""What happens to the service while the load goes on, and what a request may then suffer."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from toolbox.postgres.cluster import Cluster
from toolbox.resilience import postgres
from toolbox.resilience.aborts import abort_for
from toolbox.resilience.load import LIMIT, Load
from toolbox.resilience.readings import Outcome, Reading
from toolbox.resilience.service import PATIENCE, Service, is_gone

DOWN = 2.0  # seconds from the end of Postgres to its restart

CLEAN = 1.0  # seconds of nothing but good answers, after which an event is over

ENDINGS = 5  # how often all connections to the database are ended
ENDING_PAUSE = 0.3  # seconds between two of them


@dataclass
class Moment:
    """When an event happened, and what it saw itself."""

    began: float
    ended: float = 0.0
    faults: list[str] = field(default_factory=list)
    victim: int | None = None
    """The worker that was killed."""
    gone: float = 0.0
    """When it had ended."""


@dataclass
class Scene:
    """Where events happen."""

    service: Service
    cluster: Cluster
    load: Load
    seconds: float
    """How long each event is watched at least."""

    async def until(self, happened: Callable[[], object], fault: str, moment: Moment) -> None:
        """Wait for what must happen, and note a fault if it does not."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > deadline:
                moment.faults.append(fault)
                return
            await asyncio.sleep(0.02)

    async def settle(self, moment: Moment) -> None:
        """Wait until the service has all its workers, and gives nothing but good answers."""

        def has_settled() -> bool:
            now = time.monotonic()
            has_all = len(self.service.workers_now()) == self.service.workers
            return now - moment.began > self.seconds and has_all and self.load.is_good(now - CLEAN)

        await self.until(has_settled, f"not as before after {PATIENCE:g} seconds", moment)


def nothing(_: Moment, __: Reading) -> bool:
    """Tolerate nothing but good answers."""
    return False


def unavailable(_: Moment, reading: Reading) -> bool:
    """Tolerate 503: the database is away, or more requests have queued up than it can serve."""
    return reading.outcome is Outcome.UNAVAILABLE


def of_the_victim(moment: Moment, reading: Reading) -> bool:
    """Tolerate that the killed worker's own requests are lost, and no other's."""
    # Nobody else had a connection to it that was known to; of the others, only those it had taken.
    had_it = reading.worker is None and reading.sent <= moment.gone
    return reading.outcome is Outcome.RESET and (had_it or reading.worker == moment.victim)


def refused(_: Moment, reading: Reading) -> bool:
    """Tolerate that nobody listens any more."""
    return reading.outcome is Outcome.REFUSED


async def start(scene: Scene, moment: Moment) -> None:
    """Let the service come up."""
    await scene.settle(moment)


async def pass_time(scene: Scene, _: Moment) -> None:
    """Let nothing happen."""
    await asyncio.sleep(scene.seconds)


async def restart(scene: Scene, moment: Moment) -> None:
    """Replace all workers, one after the other."""
    before = scene.service.workers_now()
    scene.service.signal(signal.SIGHUP)

    def are_replaced() -> bool:
        now = scene.service.workers_now()
        return len(now) == scene.service.workers and not now & before

    await scene.until(are_replaced, "the workers were not replaced", moment)
    # What the last one did to its connections is seen when each is used again.
    await asyncio.sleep(CLEAN)
    await scene.settle(moment)


async def abort(scene: Scene, moment: Moment) -> None:
    """Let clients go away in the middle of a request, of a body, of an answer."""
    await abort_for(scene.load, scene.seconds)
    await scene.settle(moment)
    url = scene.cluster.url

    def are_closed() -> bool:
        return postgres.open_transactions(url) == 0

    await scene.until(are_closed, "transactions of clients who went away stay open", moment)


async def kill_worker(scene: Scene, moment: Moment) -> None:
    """Kill the worker that answered last."""
    workers = scene.service.workers_now()
    seen = (one.worker for one in reversed(scene.load.readings) if one.worker in workers)
    moment.victim = victim = next(seen, None) or min(workers)
    os.kill(victim, signal.SIGKILL)
    while not is_gone(victim):  # noqa: ASYNC110 - a process tells only its parent
        await asyncio.sleep(0.001)
    moment.gone = time.monotonic()
    await scene.settle(moment)


async def end_connections(scene: Scene, moment: Moment) -> None:
    """End all connections to the database, several times."""
    url = scene.cluster.url
    for _ in range(ENDINGS):
        await asyncio.to_thread(postgres.end_connections, url)
        await asyncio.sleep(ENDING_PAUSE)
    await scene.settle(moment)


async def kill_postgres(scene: Scene, moment: Moment) -> None:
    """Kill Postgres, and start it again after a while."""
    await asyncio.to_thread(postgres.kill, scene.cluster)
    await asyncio.sleep(DOWN)
    await asyncio.to_thread(scene.cluster.up)
    await scene.settle(moment)


async def stop(scene: Scene, moment: Moment) -> None:
    """End the service."""
    scene.service.signal(signal.SIGTERM)
    code = await scene.service.ended()
    if code != 0:
        how = "does not end" if code is None else f"ended with exit code {code}"
        moment.faults.append(f"the service {how}")


@dataclass(frozen=True)
class Event:
    """Something that happens to the service."""

    name: str
    title: str
    happen: Callable[[Scene, Moment], Awaitable[None]]
    tolerates: Callable[[Moment, Reading], bool] = nothing
    spares_connections: bool = True
    """Whether the server must give notice before it closes a kept connection."""
    limit: float = LIMIT
    """Seconds within which every request must end."""


START = Event("start", "start", start, unavailable)
STEADY = Event("steady", "steady state", pass_time)
RESTART = Event("restart", "rolling restart", restart)
ABORTS = Event("aborts", "clients go away", abort)
KILL = Event("kill", "worker killed", kill_worker, of_the_victim, spares_connections=False)
CONNECTIONS = Event("connections", "connections ended", end_connections, unavailable, limit=10)
OUTAGE = Event("outage", "Postgres outage", kill_postgres, unavailable, limit=10)
STOP = Event("stop", "SIGTERM", stop, refused)

# In this order; the first and the last always happen.
EVENTS = (START, STEADY, RESTART, ABORTS, KILL, CONNECTIONS, OUTAGE, STOP)
