"""Ways to serve this very application, each through the same chaos and under the same load."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.load import Outcome as Answers
from toolbox.bench.memory import KIND, size
from toolbox.bench.report import with_spread
from toolbox.bench.requests import READ, load
from toolbox.bench.sending import send, warm_up
from toolbox.bench.servers import STARTUP_TIMEOUT, Running
from toolbox.bench.turns import in_turns
from toolbox.errors import ToolboxError
from toolbox.resilience.events import KILL, RESTART, START, STEADY, STOP, Event
from toolbox.resilience.readings import Outcome
from toolbox.resilience.run import Stage, stage
from toolbox.resilience.service import HOST, OURS, Server, choose_port, start
from toolbox.resilience.trial import Plan, Trial
from toolbox.serving import is_ready

WORKERS = 2

# What each is told beside where to listen: as long as ours keeps idle connections, and lets
# requests end, where it has such an option.
KEEP_ALIVE, GRACE = "75", "20"

ADDRESS = ("--host", HOST, "--port", "{port}", "--workers", "{workers}")
UVICORN = (
    *("-m", "uvicorn", "api.app:create_app", "--factory", "--no-access-log"),
    *("--timeout-keep-alive", KEEP_ALIVE, "--timeout-graceful-shutdown", GRACE),
)
GUNICORN = (
    *("-m", "gunicorn", "api.app:create_app()"),
    *("--bind", f"{HOST}:{{port}}", "--workers", "{workers}"),
    *("--keep-alive", KEEP_ALIVE, "--graceful-timeout", GRACE, "--worker-class"),
)
GRANIAN = (
    *("-m", "granian", "api.app:create_app", "--factory", "--interface", "asgi"),
    "--respawn-failed-workers",
)
SERVERS = (
    OURS,
    Server("uvicorn --workers", (*UVICORN, *ADDRESS)),
    Server("gunicorn, Uvicorn's worker", (*GUNICORN, "uvicorn_worker.UvicornWorker")),
    Server("gunicorn, its own worker", (*GUNICORN, "asgi")),
    Server("granian", (*GRANIAN, *ADDRESS)),
)
NEEDED = ("gunicorn", "uvicorn_worker", "granian")

EVENTS = (START, STEADY, RESTART, KILL, STOP)


@dataclass(frozen=True)
class Rival:
    """How one way to serve did, over all rounds."""

    server: str
    lost: dict[str, dict[str, int]]
    """For each event, how many requests of which outcome it cost, and connections cut."""
    first_answer: Spread
    """Seconds from the start of the process to the first answer."""
    rate: Spread
    """Answers a second to GET one item."""
    p99: Spread
    """Seconds."""
    memory: Spread
    """MiB of all its processes, after that load."""
    missing: int
    """Acknowledged writes that the database does not have, or has twice."""


@dataclass(frozen=True)
class Rivals(Figures):
    """How all of them did."""

    effort: Effort
    rivals: list[Rival]

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        return [self._losses(), self._costs()]

    def _losses(self) -> Table:
        columns = ("Server", *(event.title for event in EVENTS), "Writes lost")
        rows = [
            (one.server, *(_cell(one.lost[event.name]) for event in EVENTS), str(one.missing))
            for one in self.rivals
        ]
        title = f"{WORKERS} workers: what each event cost, of a steady load; all rounds together"
        return Table(title, columns, rows, NOTES)

    def _costs(self) -> Table:
        columns = ("Server", "First answer, s", "GET one item, req/s", "p99, ms", f"{KIND}, MiB")
        rows = [
            (
                one.server,
                with_spread(one.first_answer, ".1f"),
                with_spread(one.rate, ",.0f"),
                with_spread(one.p99, ".1f", 1000),
                with_spread(one.memory, ".0f"),
            )
            for one in self.rivals
        ]
        return Table(f"The same, under {self.effort.connections} connections", columns, rows)


NOTES = (
    "Refused counts from when the server says where it listens, and not after SIGTERM.",
    "Cut are kept connections that were closed without notice: a request sent just then is reset.",
)


def measure(effort: Effort, seconds: float) -> Rivals:
    """Let every server go through the same, in turns, on the same database.

    Args:
        effort: how much to measure.
        seconds: how long each event is watched at least.

    Raises:
        ToolboxError: a server is not installed, or did not start.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise ToolboxError(f"Not installed: {', '.join(missing)}. Run: nox -s bench -- servers")
    trials: dict[Server, list[Trial]] = {server: [] for server in SERVERS}
    loads: dict[Server, list[tuple[Answers, float]]] = {server: [] for server in SERVERS}
    with stage() as shared, tempfile.TemporaryDirectory() as folder:
        for server in in_turns(SERVERS, effort.rounds):
            click.echo(f"{server.name} ...", err=True)
            log = Path(folder) / "log"
            plan = Plan(WORKERS, seconds, events=EVENTS, server=server)
            trials[server].append(shared.try_out(plan, log))
            loads[server].append(_under_load(server, shared, effort, log))
    return Rivals(effort, [sum_up(one, trials[one], loads[one]) for one in SERVERS])


def _under_load(server: Server, shared: Stage, effort: Effort, log: Path) -> tuple[Answers, float]:
    """Return what came of GET one item, and what the server's processes then hold, in MiB."""
    with _ready(server, shared, log) as target:
        whole = load(READ, target, shared.owners, effort)
        warm_up(whole)
        answers = send(whole, server.name)
        return answers, size(target.pid)


@contextmanager
def _ready(server: Server, shared: Stage, log: Path) -> Iterator[Running]:
    # As in production, where no server's process is told from another by its answers.
    environment = {**shared.environment, "ENVIRONMENT": "production"}
    port = choose_port()
    with start(server, WORKERS, port, environment, log) as service:
        began = time.monotonic()
        while not is_ready(f"http://{HOST}:{port}"):
            if time.monotonic() - began > STARTUP_TIMEOUT:
                raise ToolboxError(f"{server.name} was not ready.\n  {service.last_words()}")
            time.sleep(0.05)
        yield Running(HOST, port, service.pid, time.monotonic() - began)


def sum_up(
    server: Server, trials: Sequence[Trial], loads: Sequence[tuple[Answers, float]]
) -> Rival:
    """Sum up the rounds of one server."""
    return Rival(
        server=server.name,
        lost={event.name: _lost(event, trials) for event in EVENTS},
        first_answer=Spread.of(
            [one.results[0].first_good or STARTUP_TIMEOUT for one in trials],
        ),
        rate=Spread.of([answers.rate for answers, _ in loads]),
        p99=Spread.of([answers.latency.p99 for answers, _ in loads]),
        memory=Spread.of([memory for _, memory in loads]),
        missing=sum(one.audit.missing for one in trials),
    )


def _lost(event: Event, trials: Sequence[Trial]) -> dict[str, int]:
    lost: Counter[str] = Counter()
    for trial in trials:
        [result] = [one for one in trial.results if one.event == event.name]
        lost.update(result.outcomes)
        lost["cut"] += result.cut
    del lost[Outcome.GOOD]
    if event is STOP:
        del lost[Outcome.REFUSED]
    return {what: count for what, count in lost.items() if count}


def _cell(lost: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in lost.items()) or "0"
