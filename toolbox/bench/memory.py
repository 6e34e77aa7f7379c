"""Whether a worker's memory grows with the requests that it answers."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
import psutil

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.load import Load
from toolbox.bench.report import with_spread
from toolbox.bench.requests import REQUESTS
from toolbox.bench.sending import send
from toolbox.bench.servers import SERVICE, Running, production, running
from toolbox.bench.world import Owner, fill
from toolbox.errors import ToolboxError

QUARTERS = 4
PATIENCE = 3600  # seconds for a quarter of the requests
MIB = 2**20

# The proportional set size shares out what several processes have in common; only Linux tells it.
KIND = "PSS" if sys.platform == "linux" else "RSS"


@dataclass(frozen=True)
class Memory(Figures):
    """What a worker holds in memory, in MiB, after how many requests."""

    kind: str
    """PSS, the proportional set size, or RSS, the resident one."""
    requests: list[int]
    """How many were answered when each of `sizes` was read, the first of them right after start."""
    sizes: list[Spread]
    growth: Spread
    """From a quarter of the requests, when all is loaded and every cache is full, to the end."""

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        rows = [
            (f"after {requests:,} requests", with_spread(size, ".1f"))
            for requests, size in zip(self.requests, self.sizes, strict=True)
        ]
        rows.append(("growth from the first quarter to the end", with_spread(self.growth, "+.1f")))
        names = ", ".join(request.name for request in REQUESTS)
        return [
            Table(f"Memory of one worker; its requests: {names}", ("", f"{self.kind}, MiB"), rows)
        ]


def measure(database: str, requests: int, effort: Effort) -> Memory:
    """Measure a worker's memory after its start and after each quarter of the requests.

    Args:
        database: the URL of one at head, without rows.
        requests: how many a worker answers in all.
        effort: how many workers are measured, one after the other, and by how many connections.

    Raises:
        ToolboxError: the service answered otherwise than it should.
    """
    environment = production(database)
    with running(SERVICE, environment) as service:
        owners = fill(service.url, database, effort.connections)
    quarter = max(1, requests // QUARTERS)
    rounds: list[list[float]] = []
    for number in range(effort.rounds):
        click.echo(f"Worker {number + 1} ...", err=True)
        with running(SERVICE, environment) as service:
            rounds.append(list(_sizes(service, owners, quarter)))
    return Memory(
        kind=KIND,
        requests=[number * quarter for number in range(QUARTERS + 1)],
        sizes=[Spread.of(sizes) for sizes in zip(*rounds, strict=True)],
        growth=Spread.of([sizes[-1] - sizes[1] for sizes in rounds]),
    )


def _sizes(service: Running, owners: Sequence[Owner], quarter: int) -> Iterator[float]:
    yield size(service.pid)
    for _ in range(QUARTERS):
        outcome = send(_mix(service, owners, quarter), "the mix of requests")
        if outcome.answers < quarter:
            raise ToolboxError(f"Only {outcome.answers:,} of {quarter:,} requests were answered.")
        yield size(service.pid)


def _mix(service: Running, owners: Sequence[Owner], quarter: int) -> Load:
    """Return a load of all requests; not all connections send the same one at the same time."""
    scripts = []
    for number, owner in enumerate(owners):
        script = [request.message(service, owner) for request in REQUESTS]
        first = number % len(script)
        scripts.append(script[first:] + script[:first])
    return Load(service.host, service.port, scripts, PATIENCE, quarter)


def size(pid: int) -> float:
    """Return what a process and its children hold in memory, in MiB."""
    process = psutil.Process(pid)
    return sum(_bytes(one) for one in (process, *process.children(recursive=True))) / MIB


def _bytes(process: psutil.Process) -> int:
    usage = process.memory_full_info()
    return int(getattr(usage, "pss", usage.rss))
