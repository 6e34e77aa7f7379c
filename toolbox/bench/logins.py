"""Whether the service stays live while many log in: a worker that cannot answer is restarted."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import click

from toolbox.bench.figures import Effort, Figures, Latency, Spread, Table
from toolbox.bench.load import Load, Message, Outcome
from toolbox.bench.probe import INTERVAL, probe
from toolbox.bench.report import with_spread
from toolbox.bench.requests import message
from toolbox.bench.sending import sending
from toolbox.bench.servers import SERVICE, Running, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import PASSWORD, User, sign_up

PATH = "/health/live"

QUIET, BUSY = "nobody logs in", "all log in"


@dataclass(frozen=True)
class Percentiles:
    """Of the latency of /health/live, in seconds, or a ratio of two such."""

    p50: Spread
    p99: Spread


@dataclass(frozen=True)
class LogIns(Figures):
    """How the service answers /health/live while clients log in, and what they are answered."""

    clients: int
    quiet: Percentiles
    """While nobody logs in."""
    busy: Percentiles
    """While all clients log in, again and again."""
    ratio: Percentiles
    """Busy to quiet."""
    answers: dict[str, Spread]
    """How many answers a second the log-ins got, by their status."""

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        return [self._liveness(), self._answers()]

    def _liveness(self) -> Table:
        every = f"every {INTERVAL * 1000:g} ms"
        title = f"GET {PATH} {every}, one worker: milliseconds from when a request was due"
        rows = [
            (name, with_spread(of.p50, form, scale), with_spread(of.p99, form, scale))
            for name, of, form, scale in (
                (QUIET, self.quiet, ".2f", 1000),
                (f"{self.clients} clients log in", self.busy, ".2f", 1000),
                ("ratio", self.ratio, ".1f", 1),
            )
        ]
        return Table(title, ("While", "p50", "p99"), rows)

    def _answers(self) -> Table:
        title = "What the log-ins were answered"
        rows = [(status, with_spread(rate, ",.1f")) for status, rate in self.answers.items()]
        return Table(title, ("Status", "A second"), rows)


@dataclass(frozen=True)
class Reading:
    """One round of one of the two."""

    live: Latency
    log_ins: Outcome | None


def measure(database: str, effort: Effort) -> LogIns:
    """Ask one worker whether it is live, with and without log-ins, in turns.

    Args:
        database: the URL of one at head, without rows.
        effort: how much to measure; as many users log in at once as it has connections.

    Raises:
        ToolboxError: the service did not answer, or was not live.
    """
    with running(SERVICE, production(database)) as service:
        click.echo(f"{effort.connections} users ...", err=True)
        users = sign_up(service.url, effort.connections)
        readings: dict[str, list[Reading]] = {QUIET: [], BUSY: []}
        for kind in in_turns((QUIET, BUSY), effort.rounds):
            click.echo(f"{kind} ...", err=True)
            readings[kind].append(_read(service, users if kind == BUSY else [], effort.seconds))
    return _sum_up(effort.connections, readings[QUIET], readings[BUSY])


def _read(service: Running, users: Sequence[User], seconds: float) -> Reading:
    if not users:
        return Reading(Latency.of(probe(service, PATH, seconds)), None)
    scripts = [[_log_in(service, user)] for user in users]
    with sending(Load(service.host, service.port, scripts, seconds), "log-ins") as outcome:
        return Reading(Latency.of(probe(service, PATH, seconds)), outcome())


def _log_in(service: Running, user: User) -> Message:
    """Return the request of a log-in; whatever its answer is, it is counted."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    form = urlencode({"username": user.email, "password": PASSWORD})
    return message(service, "POST", "/auth/token", headers, form, expected=None)


def _sum_up(clients: int, quiet: Sequence[Reading], busy: Sequence[Reading]) -> LogIns:
    log_ins = [reading.log_ins for reading in busy if reading.log_ins]
    statuses = sorted({"200"}.union(*(outcome.statuses for outcome in log_ins)))
    return LogIns(
        clients=clients,
        quiet=_percentiles(quiet),
        busy=_percentiles(busy),
        ratio=Percentiles(
            p50=Spread.of_ratios([one.live.p50 for one in busy], [one.live.p50 for one in quiet]),
            p99=Spread.of_ratios([one.live.p99 for one in busy], [one.live.p99 for one in quiet]),
        ),
        answers={
            status: Spread.of([one.statuses.get(status, 0) / one.seconds for one in log_ins])
            for status in statuses
        },
    )


def _percentiles(readings: Sequence[Reading]) -> Percentiles:
    return Percentiles(
        p50=Spread.of([reading.live.p50 for reading in readings]),
        p99=Spread.of([reading.live.p99 for reading in readings]),
    )
