"""How much of the bare application's throughput the service reaches, one worker each."""

import statistics
from dataclasses import replace
from uuid import UUID

import click
import httpx2

from toolbox.bench.figures import Effort, Generator, Latency, Spread, Throughput
from toolbox.bench.generator import send
from toolbox.bench.load import Outcome
from toolbox.bench.requests import Request, requests
from toolbox.bench.servers import BARE, CONTROL, SERVICE, Running, production, running
from toolbox.bench.world import fill
from toolbox.errors import ToolboxError

# Beyond this share of what the generator can do at all, it may be what was measured.
LIMIT = 0.6

WARM_UP = 0.5  # seconds at most


def measure(database: str, effort: Effort) -> tuple[list[Throughput], Generator]:
    """Measure the service and the bare application in turns, on the same database.

    Args:
        database: the URL of one at head, without rows.
        effort: how much to measure.

    Raises:
        ToolboxError: an application answered otherwise than it should.
    """
    control = _control(database, effort)
    with running(SERVICE, production(database, str(UUID(int=0)))) as service:
        world = fill(service.url, database)
        with running(BARE, production(database, world.owner_id)) as bare:
            pairs = []
            for request in requests(world):
                click.echo(f"{request.name} ...", err=True)
                pairs.append((request, *_measure(request, service, bare, effort)))
    rows = [_sum_up(request, ours, its, control) for request, ours, its in pairs]
    cpu = max(outcome.cpu for _, ours, its in pairs for outcome in (*ours, *its))
    return rows, Generator(control, cpu)


def _control(database: str, effort: Effort) -> float:
    request = Request("control", "GET", "/", token="none")  # noqa: S106
    with running(CONTROL, production(database, str(UUID(int=0)))) as control:
        _warm_up(request, control, effort)
        return send(request.load(control, effort), request.name).rate


def _measure(
    request: Request, service: Running, bare: Running, effort: Effort
) -> tuple[list[Outcome], list[Outcome]]:
    _compare_answers(request, service, bare)
    for target in (service, bare):
        _warm_up(request, target, effort)
    ours: list[Outcome] = []
    its: list[Outcome] = []
    turns = [(service, ours), (bare, its)]
    for _ in range(effort.rounds):
        for target, outcomes in turns:
            outcomes.append(send(request.load(target, effort), request.name))
        turns.reverse()  # so that neither is always the one that comes after the other
    return ours, its


def _warm_up(request: Request, target: Running, effort: Effort) -> None:
    short = replace(effort, seconds=min(effort.seconds, WARM_UP))
    send(request.load(target, short), request.name)


def _compare_answers(request: Request, service: Running, bare: Running) -> None:
    """Make sure that the ceiling is one of the same work."""
    if request.method != "GET":
        return
    headers = {"Authorization": f"Bearer {request.token}"}
    answers = [
        httpx2.get(f"{target.url}{request.path}", headers=headers, timeout=60).json()
        for target in (service, bare)
    ]
    if answers[0] != answers[1]:
        raise ToolboxError(
            f"{request.name}: the bare application does not answer what the service does, so that "
            f"a comparison would mean nothing. Bring toolbox/bench/bare.py up to date."
        )


def _sum_up(
    request: Request, ours: list[Outcome], its: list[Outcome], control: float
) -> Throughput:
    service, bare = ([outcome.rate for outcome in outcomes] for outcomes in (ours, its))
    return Throughput(
        request=request.name,
        service=Spread.of(service),
        bare=Spread.of(bare),
        ratio=Spread.of_ratios(service, bare),
        service_latency=_latency(ours),
        bare_latency=_latency(its),
        limited_by_generator=max(*service, *bare) > LIMIT * control,
    )


def _latency(outcomes: list[Outcome]) -> Latency:
    return Latency(
        p50=statistics.median(outcome.p50 for outcome in outcomes),
        p99=statistics.median(outcome.p99 for outcome in outcomes),
    )
