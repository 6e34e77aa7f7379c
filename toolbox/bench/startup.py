"""How long the service takes to start."""

from dataclasses import dataclass

from toolbox.bench.figures import Spread, Table
from toolbox.bench.report import with_spread
from toolbox.bench.servers import BARE, SERVICE, Application, production, running
from toolbox.bench.turns import in_turns

WORKERS = (1, 2)

Contestant = tuple[Application, int]


@dataclass(frozen=True)
class StartUp:
    """Seconds until the first 200 of /health/ready, with so many workers."""

    workers: int
    service: Spread
    bare: Spread
    ratio: Spread
    """The service's time to the bare application's: 2 is twice as long."""


def measure(database: str, rounds: int) -> list[StartUp]:
    """Start the service and the bare application in turns.

    Args:
        database: the URL of one at head.
        rounds: how often each is started.
    """
    environment = production(database)
    contestants = [(application, n) for n in WORKERS for application in (SERVICE, BARE)]
    seconds: dict[Contestant, list[float]] = {contestant: [] for contestant in contestants}
    for application, workers in contestants:
        _start(application, workers, environment)  # reads all files once
    for application, workers in in_turns(contestants, rounds):
        seconds[application, workers].append(_start(application, workers, environment))
    return [_sum_up(n, seconds[SERVICE, n], seconds[BARE, n]) for n in WORKERS]


def _start(application: Application, workers: int, environment: dict[str, str]) -> float:
    with running(application, environment, workers) as started:
        return started.startup


def _sum_up(workers: int, service: list[float], bare: list[float]) -> StartUp:
    ratio = Spread.of_ratios(service, bare)
    return StartUp(workers, Spread.of(service), Spread.of(bare), ratio)


def table(measured: list[StartUp]) -> Table:
    """Return the figures as a person reads them."""
    rows = [
        (
            str(row.workers),
            f"{row.service.median:.2f}",
            f"{row.bare.median:.2f}",
            with_spread(row.ratio, ".2f"),
        )
        for row in measured
    ]
    title = "Start-up: seconds to the first 200 of /health/ready"
    return Table(title, ("Workers", "Service", "Bare", "Ratio"), rows)
