"""`concurrency`: is what the app answers under load true?"""

import json
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns
from typing import Any

import click

from integration_cli.checks.catalogue import BY_NAME, CATALOGUE, Invariant
from integration_cli.checks.judge import judge
from integration_cli.checks.verdict import Verdict, exit_code
from integration_cli.crew import crew
from integration_cli.history import History
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, run, worst
from integration_cli.preflight import capabilities, require_ready
from integration_cli.progress import Phases
from integration_cli.replay import replayable
from integration_cli.report import print_coverage, print_latency, print_verdicts
from integration_cli.run import MIXED, PHASES, Run
from integration_cli.scenarios.stage import Stage
from integration_cli.seeds import new_run_id

MAX_USERS = 300  # three connections each: a process may usually have 1,024 open
NAMES = [*PHASES, *BY_NAME]


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to try: `duration` is that of the mixed workload, in seconds.

    `only` and `skip` name phases and invariants; empty `only` is all of them.
    """

    users: int = 8
    duration: float = 10
    seed: int = 1
    history: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    effort: float = 1.0
    json: Path | None = None

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
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the record of every operation.  [default: history/RUN.jsonl in the ledger]",
)
@click.option(
    "--json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the verdicts, with their findings.",
)
def concurrency(target: Target, **options: Any) -> None:  # noqa: ANN401  # Click passes them by name
    """Judge whether the app keeps its promises under concurrent use.

    Simulated users race and work; every operation is recorded; the record is checked. Each
    invariant is held, violated (with the operations that show it), skipped or inconclusive.
    `explain NAME` says what an invariant means.
    """
    run(check(target, Plan(**options)))


async def check(target: Target, plan: Plan) -> Exit:
    """Run all phases, print the verdicts, remove what was created.

    Raises:
        Failure: the app is unreachable, or does not let the run begin.
    """
    run_id, began = new_run_id("concurrency"), monotonic_ns()
    await require_ready(target.site)
    able = await capabilities(target.site)
    path = plan.history or target.ledger.directory / "history" / f"{run_id}.jsonl"
    with History(path) as history:
        async with crew(target, history, run_id, plan.users) as users:
            stage = Stage(target, history, users, run_id, plan.seed, able, plan.effort)
            wanted = [one.name for one in plan.invariants]
            await Run(stage, Phases(), plan.phases, wanted, plan.duration).play()
    found = judge(history.operations, target.profile, plan.invariants, able, plan.phases)
    verdicts = replayable(target.app_url, target.profile, found)
    click.echo(f"run {run_id}: {plan.users} users, seed {plan.seed}")
    print_verdicts(verdicts)
    mixed = [one for one in history.operations if one.phase == MIXED]
    print_latency("mixed workload, closed loop", mixed)
    print_coverage(history)
    if plan.json:
        _write(plan.json, run_id, began, verdicts)
    return worst([exit_code(verdicts), users.cleanup])


def _write(path: Path, run_id: str, began: int, verdicts: list[Verdict]) -> None:
    said = {"run": run_id, "began": began, "verdicts": [one.to_json() for one in verdicts]}
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
