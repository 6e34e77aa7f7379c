"""`concurrency`: is what the app answers under load true?"""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from integration_cli.allowance import MAX_ROWS, Allowance
from integration_cli.checks.catalogue import BY_NAME, CATALOGUE, Invariant
from integration_cli.checks.verdict import Verdict
from integration_cli.crew import crew
from integration_cli.display import Display
from integration_cli.history import History
from integration_cli.load.options import load_options
from integration_cli.load.run import Load, Loaded
from integration_cli.load.thresholds import Thresholds
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, run, worst
from integration_cli.preflight import capabilities, require_ready
from integration_cli.report import print_report
from integration_cli.reporting.judgement import Scope, note_load, note_rows, open_run, report_on
from integration_cli.reporting.output import Files, output_options
from integration_cli.reporting.run import Environment
from integration_cli.run import LOAD, PHASES, Run
from integration_cli.scenarios.stage import Stage
from integration_cli.seeds import new_run_id

MAX_USERS = 300  # three connections each: a process may usually have 1,024 open
NAMES = [*PHASES, *BY_NAME]


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to try: `duration` is that of the mixed workload, and of the load, in
    seconds.

    `only` and `skip` name phases and invariants; empty `only` is all of them. `max_rows` bounds
    the users and items that the run makes, one way or another.
    """

    users: int = 8
    duration: float = 10
    seed: int = 1
    history: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    effort: float = 1.0
    max_rows: int = MAX_ROWS
    load: Load | None = None
    files: Files = field(default_factory=Files)

    @property
    def told(self) -> dict[str, Any]:
        """The options, for who reads a report."""
        told = {"users": self.users, "duration": f"{self.duration:g} s", "seed": self.seed}
        said: dict[str, Any] = told | {"effort": self.effort, "max rows": self.max_rows}
        said["only"] = " ".join(self.only)
        said["skip"] = " ".join(self.skip)
        if self.load:
            said |= {"rate": f"{self.load.rate:g}/s", "arrivals": str(self.load.arrivals)}
        return {name: value for name, value in said.items() if value != ""}

    @property
    def invariants(self) -> list[Invariant]:
        """The invariants that are judged."""
        named = [name for name in self.only if name in BY_NAME]
        return [
            one
            for one in CATALOGUE
            if (not named or one.name in named) and one.name not in self.skip
        ]

    @property
    def phases(self) -> list[str]:
        """The phases that are run, beside those that no run can do without."""
        named = {name for name in self.only if name in PHASES}
        if not named and self.only:
            named = {phase for one in self.invariants for phase in one.phases}
        return [one for one in PHASES if (not named or one in named) and one not in self.skip]


class RunByDefault(click.Group):
    """A group that runs `run` when no command is named."""

    default = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


@click.group("concurrency", cls=RunByDefault)
def concurrency() -> None:
    """Judge whether what an app answers under load is true; by default `run`.

    `concurrency --app-url URL` is `concurrency run --app-url URL`.
    """


@concurrency.command("run")
@own_target_options
@click.option("--users", type=click.IntRange(1, MAX_USERS), default=8, show_default=True)
@click.option(
    "--duration",
    type=click.FloatRange(0.1, 3600),
    default=10,
    show_default=True,
    help="Seconds of mixed workload, and as many of load.",
)
@click.option("--seed", default=1, show_default=True, help="Fixes what clients do, not when.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help="Only this phase or invariant; may be given several times.",
)
@click.option(
    "--skip",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help="Not this phase or invariant.",
)
@click.option(
    "--effort",
    type=click.FloatRange(0.05, 100),
    default=1.0,
    show_default=True,
    help="Times as many windows for each race.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(1),
    default=MAX_ROWS,
    show_default=True,
    help="Users and items that the run makes at most; then it goes on with those that there are.",
)
@click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the record of every operation.  [default: history/RUN.jsonl in the ledger]",
)
@load_options
@output_options
def run_(target: Target, **options: Any) -> None:  # noqa: ANN401  # Click passes them by name
    """Play all phases against a running app, and judge what came back.

    Simulated users race and work; every operation is recorded; the record is checked. Each
    invariant is held, violated (with the operations that show it), skipped or inconclusive.
    Then a load is sent on a schedule, and held to the limits that are named.
    `concurrency explain NAME` says what an invariant means.
    """
    plan = Plan(**options)
    if plan.max_rows < plan.users:
        raise click.UsageError(
            f"--max-rows {plan.max_rows} has no room for {plan.users} users: "
            "allow more rows, or fewer --users."
        )
    run(check(target, plan))


async def check(target: Target, plan: Plan) -> Exit:
    """Run all phases, print the verdicts, remove what was created.

    Raises:
        Failure: the app is unreachable, or does not let the run begin.
    """
    run_id = new_run_id("concurrency")
    target = replace(target, rows=Allowance(plan.max_rows))
    await require_ready(target.site)
    able = await capabilities(target.site)
    path = plan.history or target.ledger.directory / "history" / f"{run_id}.jsonl"
    wanted = [one.name for one in plan.invariants]
    with (
        History(path) as history,
        Display(f"concurrency of {target.app_url}", history.operations) as display,
    ):
        about = Environment.here(run_id, str(target.app_url), target.profile.name, plan.told)
        open_run(history, about, Scope.of(wanted, plan.phases, able))
        async with crew(target, history, run_id, plan.users, display) as users:
            stage = Stage(target, history, users, run_id, plan.seed, able, plan.effort)
            played = Run(stage, display, plan.phases, wanted, plan.duration, plan.load)
            loaded = await played.play()
        _note(history, played, loaded)
        before = _cancellations()
        with display.phase("judge", len(wanted)) as advance:

            def show(verdict: Verdict) -> None:
                display.judged(verdict)
                advance(1)
                # Judging never waits, and so would not hear of Ctrl-C.
                if _cancellations() > before:
                    raise asyncio.CancelledError

            report = report_on(history, target.profile, show)
    print_report(report)
    for written in [path, *plan.files.write(report)]:
        click.echo(f"written: {written}")
    return worst([report.code, users.cleanup])


def _note(history: History, played: Run, loaded: Loaded | None) -> None:
    limits = played.load.thresholds if played.load else Thresholds()
    if loaded:
        note_load(history, loaded, limits.judge(loaded.judged))
    elif LOAD in played.cut:
        note_load(history, None, limits.unmeasured())
    note_rows(history, played.stage.target.rows, played.cut)


def _cancellations() -> int:
    """How often this task was told to end; before 3.13 a task group that failed leaves one."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0
