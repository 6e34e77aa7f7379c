"""How long the service takes to start."""

from uuid import UUID

from toolbox.bench.figures import Spread, StartUp
from toolbox.bench.servers import BARE, SERVICE, Application, production, running

WORKERS = (1, 2)

Contestant = tuple[Application, int]


def measure(database: str, rounds: int) -> list[StartUp]:
    """Start the service and the bare application in turns, so that both meet the same machine.

    Args:
        database: the URL of one at head.
        rounds: how often each is started.
    """
    environment = production(database, str(UUID(int=0)))
    contestants = [(application, n) for n in WORKERS for application in (SERVICE, BARE)]
    seconds: dict[Contestant, list[float]] = {contestant: [] for contestant in contestants}
    for application, workers in contestants:
        _start(application, workers, environment)  # reads all files once
    for number in range(rounds):
        for application, workers in contestants if number % 2 else reversed(contestants):
            taken = _start(application, workers, environment)
            seconds[application, workers].append(taken)
    return [_sum_up(n, seconds[SERVICE, n], seconds[BARE, n]) for n in WORKERS]


def _start(application: Application, workers: int, environment: dict[str, str]) -> float:
    with running(application, environment, workers) as started:
        return started.startup


def _sum_up(workers: int, service: list[float], bare: list[float]) -> StartUp:
    ratio = Spread.of_ratios(service, bare)
    return StartUp(workers, Spread.of(service), Spread.of(bare), ratio)
