"""How much of the bare application's throughput the service reaches, one worker each."""

from collections.abc import Sequence
from dataclasses import dataclass

import click
import httpx2

from toolbox.bench.figures import Effort, Latency, Spread, Table
from toolbox.bench.load import Load, Outcome
from toolbox.bench.report import with_spread
from toolbox.bench.requests import REQUESTS, Request, load, message
from toolbox.bench.sending import send, warm_up
from toolbox.bench.servers import BARE, CONTROL, SERVICE, Running, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import Owner, fill
from toolbox.errors import ToolboxError

# Beyond this share of what the generator can do at all, it may be what was measured.
LIMIT = 0.6


@dataclass(frozen=True)
class Throughput:
    """Requests of one kind, answered by one worker."""

    request: str
    service: Spread
    """Answers a second."""
    bare: Spread
    ratio: Spread
    """The service's rate to the bare application's: 0.5 is half as many."""
    service_latency: Latency
    bare_latency: Latency
    limited_by_generator: bool


@dataclass(frozen=True)
class Generator:
    """What the load generator can do, and what it had to."""

    most: float
    """Answers a second that it gets from an application that does nothing."""
    cpu: float
    """The most of a core that it used in a round."""


Rounds = dict[Running, list[Outcome]]


def measure(database: str, effort: Effort) -> tuple[list[Throughput], Generator]:
    """Measure the service and the bare application in turns, on the same database.

    Args:
        database: the URL of one at head, without rows.
        effort: how much to measure; each connection is another user's.

    Raises:
        ToolboxError: an application answered otherwise than it should.
    """
    environment = production(database)
    most = _control(environment, effort)
    with running(SERVICE, environment) as service, running(BARE, environment) as bare:
        click.echo("Users and items ...", err=True)
        owners = fill(service.url, database, effort.connections)
        measured = {
            request: _measure(request, (service, bare), owners, effort) for request in REQUESTS
        }
    rows = [
        _sum_up(request, outcomes[service], outcomes[bare], most)
        for request, outcomes in measured.items()
    ]
    everything = [
        one for outcomes in measured.values() for some in outcomes.values() for one in some
    ]
    return rows, Generator(most, max(outcome.cpu for outcome in everything))


def _control(environment: dict[str, str], effort: Effort) -> float:
    with running(CONTROL, environment) as control:
        script = [message(control, "GET", "/", {})]
        whole = Load(control.host, control.port, [script] * effort.connections, effort.seconds)
        warm_up(whole)
        return send(whole, "control").rate


def _measure(
    request: Request, targets: Sequence[Running], owners: Sequence[Owner], effort: Effort
) -> Rounds:
    click.echo(f"{request.name} ...", err=True)
    for owner in (owners[0], owners[-1]):
        _compare_answers(request, targets, owner)
    for target in targets:
        warm_up(load(request, target, owners, effort))
    outcomes: Rounds = {target: [] for target in targets}
    for target in in_turns(targets, effort.rounds):
        outcomes[target].append(send(load(request, target, owners, effort), request.name))
    return outcomes


def _compare_answers(request: Request, targets: Sequence[Running], owner: Owner) -> None:
    """Make sure that the ceiling is one of the same work."""
    if request.method != "GET":
        return
    path, headers = request.path_for(owner), owner.user.headers
    answers = [
        httpx2.get(f"{target.url}{path}", headers=headers, timeout=60).json() for target in targets
    ]
    if answers[0] != answers[1]:
        raise ToolboxError(
            f"{request.name}: the bare application does not answer what the service does, so that "
            f"a comparison would mean nothing. Bring toolbox/bench/bare.py up to date."
        )


def _sum_up(
    request: Request, ours: Sequence[Outcome], its: Sequence[Outcome], most: float
) -> Throughput:
    service, bare = ([outcome.rate for outcome in outcomes] for outcomes in (ours, its))
    return Throughput(
        request=request.name,
        service=Spread.of(service),
        bare=Spread.of(bare),
        ratio=Spread.of_ratios(service, bare),
        service_latency=Latency.of_rounds([outcome.latency for outcome in ours]),
        bare_latency=Latency.of_rounds([outcome.latency for outcome in its]),
        limited_by_generator=max(*service, *bare) > LIMIT * most,
    )


COLUMNS = ("Request", "Service req/s", "Bare req/s", "Ratio", "p50", "p99")
BARE_IS = "The bare application is Starlette and asyncpg alone, without the token's check."
SHARED = "Postgres, the server and the load generator share the cores: compare ratios, not rates."
LIMITED = "* limited by the generator: the applications may do more than this says."


def table(measured: Sequence[Throughput], generator: Generator, effort: Effort) -> Table:
    """Return the figures as a person reads them."""
    title = (
        f"Throughput of one worker with {effort.connections} connections, each of another user; "
        "latency of the service"
    )
    capacity = (
        f"The generator gets {generator.most:,.0f} answers a second from an application that does "
        f"nothing, and used at most {generator.cpu:.0%} of a core here."
    )
    legend = LIMITED if any(one.limited_by_generator for one in measured) else ""
    rows = [_row(one) for one in measured]
    return Table(title, COLUMNS, rows, (BARE_IS, SHARED, capacity), legend)


def _row(one: Throughput) -> tuple[str, ...]:
    return (
        one.request + (" *" if one.limited_by_generator else ""),
        f"{one.service.median:,.0f}",
        f"{one.bare.median:,.0f}",
        with_spread(one.ratio, ".2f"),
        f"{one.service_latency.p50 * 1000:.1f} ms",
        f"{one.service_latency.p99 * 1000:.1f} ms",
    )
