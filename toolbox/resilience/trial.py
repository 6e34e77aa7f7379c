"""One trial: a number of workers, all events in their order, and the audit."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolbox.bench.world import Owner
from toolbox.postgres.cluster import Cluster
from toolbox.resilience.audit import Audit, audit
from toolbox.resilience.events import EVENTS, Event, Moment, Scene
from toolbox.resilience.load import Load
from toolbox.resilience.readings import Cut, Outcome, Reading
from toolbox.resilience.service import HOST, OURS, Server, Service, choose_port, start
from toolbox.resilience.verdict import Result, judge

# A load that sends this many seconds late has not kept its connections in use, nor read what was
# answered in time: what went wrong meanwhile may be this machine's fault.
LAG_LIMIT = 0.8

BEFORE = 0.3  # seconds of load before the service is started


@dataclass(frozen=True)
class Plan:
    """How one number of workers is tried."""

    workers: int
    seconds: float = 5.0
    """How long each event is watched at least."""
    rate: float = 80.0
    """Requests a second."""
    events: tuple[Event, ...] = EVENTS
    server: Server = OURS


@dataclass(frozen=True)
class Trial:
    """What one number of workers showed."""

    workers: int
    server: str
    results: list[Result]
    audit: Audit
    lag: float
    """The longest, in seconds, that the load was late."""

    @property
    def faults(self) -> list[str]:
        """All that should not have happened, each with where it did."""
        found = [f"{one.title}: {fault}" for one in self.results for fault in one.faults]
        return [*found, *(f"audit: {fault}" for fault in self.audit.faults)]

    @property
    def verdict(self) -> str:
        """What all of it says."""
        if self.lag > LAG_LIMIT and not self.audit.faults:
            return "inconclusive"
        return "failed" if self.faults else "passed"


def try_out(
    plan: Plan, cluster: Cluster, owners: Sequence[Owner], environment: Mapping[str, str], log: Path
) -> Trial:
    """Let all events happen to a server, and judge what became of the requests.

    Args:
        plan: how to.
        cluster: the database's, which is killed if the plan says so.
        owners: in whose name requests are sent.
        environment: the server's; their tokens are good in it.
        log: where the server's output goes.

    Raises:
        ToolboxError: the server did not start to listen.
    """
    port = choose_port()
    load = Load(HOST, port, owners, plan.rate)
    moments, listens = asyncio.run(_live_through(plan, cluster, load, environment, log))
    return Trial(
        workers=plan.workers,
        server=plan.server.name,
        results=[
            judge(event, moment, *_met(load, moment, listens))
            for event, moment in zip(plan.events, moments, strict=True)
        ],
        audit=audit(cluster.url, load.ledger),
        lag=load.lag,
    )


async def _live_through(
    plan: Plan, cluster: Cluster, load: Load, environment: Mapping[str, str], log: Path
) -> tuple[list[Moment], float]:
    """Send the load from before the service's start to after its end; return when what happened."""
    sending = asyncio.create_task(load.run())
    await asyncio.sleep(BEFORE)
    moments = []
    try:
        began = time.monotonic()
        with start(plan.server, plan.workers, load.port, environment, log) as service:
            listens = await _listens(service, load)
            scene = Scene(service, cluster, load, plan.seconds)
            for event in plan.events:
                moment = Moment(began)
                moments.append(moment)
                await event.happen(scene, moment)
                moment.ended = began = time.monotonic()
    finally:
        load.stop()
        await sending
    return moments, listens


async def _listens(service: Service, load: Load) -> float:
    """Return since when nobody should be refused: it accepts, or says that it would."""
    while not load.first_accepted and not service.says_where():  # noqa: ASYNC110 - a file tells nobody
        await asyncio.sleep(0.005)
    return load.first_accepted or time.monotonic()


def _met(load: Load, moment: Moment, listens: float) -> tuple[list[Reading], list[Cut]]:
    readings = [
        one
        for one in load.readings
        if moment.began < one.ended <= moment.ended
        and not (one.outcome is Outcome.REFUSED and one.sent < listens)
    ]
    return readings, [cut for cut in load.cuts if moment.began < cut.seen <= moment.ended]
