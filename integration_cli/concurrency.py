"""`concurrency`: is what the app answers under load true?"""

from dataclasses import dataclass
from pathlib import Path

import click

from integration_cli.checks import CONCURRENCY, judge
from integration_cli.checks.verdict import exit_code
from integration_cli.crew import crew
from integration_cli.history import History
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, run, worst
from integration_cli.progress import Phases
from integration_cli.report import print_coverage, print_latency, print_verdicts
from integration_cli.scenario import RACING_USERS, Scenario
from integration_cli.seeds import new_run_id
from integration_cli.target import require_ready

MAX_USERS = 300  # three connections each: a process may usually have 1,024 open


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to try: `duration` is that of the mixed workload, in seconds."""

    users: int
    duration: float
    seed: int
    history: Path | None = None


@click.command("concurrency")
@own_target_options
@click.option("--users", type=click.IntRange(1, MAX_USERS), default=8, show_default=True)
@click.option(
    "--duration",
    type=click.FloatRange(0.1, 3600),
    default=10,
    show_default=True,
    help="Seconds of mixed workload.",
)
@click.option("--seed", default=1, show_default=True, help="Fixes what clients do, not when.")
@click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the record of every operation.  [default: history/RUN.jsonl in the ledger]",
)
def concurrency(
    target: Target, users: int, duration: float, seed: int, history: Path | None
) -> None:
    """Judge whether the app keeps its promises under concurrent use.

    Simulated users race and work; every operation is recorded; the record is checked. Each
    invariant is held, violated (with the operations that show it), skipped or inconclusive.
    """
    run(check(target, Plan(users, duration, seed, history)))


async def check(target: Target, plan: Plan) -> Exit:
    """Run all phases, print the verdicts, remove what was created.

    Raises:
        Failure: the app is unreachable, or does not let the run begin.
    """
    phases, run_id = Phases(), new_run_id("concurrency")
    await require_ready(target.app_url)
    path = plan.history or target.ledger.directory / "history" / f"{run_id}.jsonl"
    with History(path) as history:
        async with crew(target, history, run_id, plan.users) as users:
            scenario = Scenario(target.app_url, history, users.members, run_id, plan.seed)
            await _make_history(phases, scenario, plan)
    verdicts = judge(history.operations, CONCURRENCY)
    click.echo(f"run {run_id}: {plan.users} users, seed {plan.seed}")
    print_verdicts(target.app_url, verdicts, history)
    mixed = [one for one in history.operations if one.phase == "mixed workload"]
    print_latency("mixed workload, closed loop", mixed)
    print_coverage(history)
    return worst([exit_code(verdicts), users.cleanup])


async def _make_history(phases: Phases, scenario: Scenario, plan: Plan) -> None:
    history = scenario.history
    history.phase = "races"
    with phases.phase(history.phase, min(plan.users, RACING_USERS)) as advance:
        await scenario.races(advance)
    history.phase = "handoffs"
    with phases.phase(history.phase, plan.users) as advance:
        await scenario.handoffs(advance)
    history.phase = "mixed workload"
    with phases.phase(history.phase, plan.duration) as advance:
        await scenario.mixed(plan.duration, advance)
    history.phase = "quiesce"
    with phases.phase(history.phase):
        await scenario.quiesce()
    history.phase = "audit"
    with phases.phase(history.phase, plan.users) as advance:
        await scenario.audit(advance)
