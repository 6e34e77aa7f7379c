"""`deadlocks`: does the app bear bulk writes that lock the same rows in opposite order?"""

from dataclasses import dataclass

import click

from integration_cli import accounts
from integration_cli.capabilities import Capability
from integration_cli.checks.catalogue import BY_NAME
from integration_cli.checks.judge import judge
from integration_cli.checks.verdict import Verdict, exit_code, skipped
from integration_cli.crew import crew
from integration_cli.history import History
from integration_cli.operation import Kind
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, NotFinished, run, worst
from integration_cli.preflight import capabilities, require_ready
from integration_cli.progress import Advance, Phases
from integration_cli.release import Racers
from integration_cli.replay import replayable
from integration_cli.report import print_coverage, print_latency, print_verdicts
from integration_cli.scenarios.stage import Stage
from integration_cli.scenarios.updates import opposed_updates
from integration_cli.seeds import new_run_id, numbered

ALIGNED_ROUNDS = 5  # in one order, where no cycle can be
MAX_ROWS = 1000
NEEDS = (Capability.BULK_CREATE, Capability.BULK_UPDATE)
JUDGED = ("deadlocks-are-retried", "retry-applies-once", "bulk-is-atomic", "fresh-reads")


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard to try: in every round each pair updates all rows, forwards and backwards."""

    rounds: int
    pairs: int
    rows: int


@click.command("deadlocks")
@own_target_options
@click.option("--rounds", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option(
    "--pairs",
    type=click.IntRange(1, 100),
    default=4,
    show_default=True,
    help="Pairs of simultaneous bulk updates, each pair in opposite orders.",
)
@click.option("--rows", type=click.IntRange(2, MAX_ROWS), default=10, show_default=True)
def deadlocks(target: Target, rounds: int, pairs: int, rows: int) -> None:
    """Provoke lock cycles, and judge what the app makes of them.

    Two transactions that lock the same rows in opposite order deadlock; Postgres kills one of
    them. The app must lock in one order, or try the victim again: nobody may see a 5xx.
    """
    run(provoke(target, Plan(rounds, pairs, rows)))


async def provoke(target: Target, plan: Plan) -> Exit:
    """Run the rounds, print the verdicts, remove what was created.

    Raises:
        Failure: the app is unreachable, or does not let the run begin.
    """
    run_id = new_run_id("deadlocks")
    await require_ready(target.site)
    able = await capabilities(target.site)
    if lack := able.missing(NEEDS):
        print_verdicts([skipped(name, lack) for name in JUDGED])
        return Exit.HELD
    with History(target.ledger.directory / "history" / f"{run_id}.jsonl") as history:
        async with crew(target, history, run_id, 1, Phases()) as users:
            stage = Stage(target, history, users, run_id, 1, able)
            with Phases().phase("rounds", plan.rounds) as advance:
                await _rounds(stage, plan, advance)
    verdicts = _judge(target, history)
    click.echo(f"run {run_id}: {plan.rounds} rounds, {plan.pairs} pairs, {plan.rows} rows")
    print_verdicts(verdicts)
    updates = [one for one in history.operations if one.kind is Kind.UPDATE_ITEMS]
    print_latency("bulk updates", updates)
    print_coverage(history)
    return worst([exit_code(verdicts), users.cleanup])


def _judge(target: Target, history: History) -> list[Verdict]:
    invariants = [BY_NAME[name] for name in JUDGED]
    found = judge(history.operations, target.profile, invariants)
    return replayable(target.app_url, target.profile, found)


async def _rounds(stage: Stage, plan: Plan, advance: Advance) -> None:
    """Create the rows; release every round's updates at once, and then read the rows.

    Raises:
        NotFinished: the rows cannot be created.
    """
    stage.history.phase = "rounds"
    async with stage.racers(stage.member(0), "writer", 2 * plan.pairs) as racers:
        rows = await _create(stage, racers, plan.rows)
        for number in range(ALIGNED_ROUNDS):
            await _round(stage, racers, f"aligned#{number}", rows, aligned=True)
        for number in range(plan.rounds):
            await _round(stage, racers, f"opposed#{number}", rows)
            advance(1)


async def _round(
    stage: Stage, racers: Racers, race: str, rows: list[str], *, aligned: bool = False
) -> None:
    pairs = len(racers.connections) // 2
    await racers.race(opposed_updates(stage, race, rows, pairs, aligned=aligned))
    if stage.has(Capability.LIST):
        await stage.send(racers.connections[0], stage.api.list_items(size=len(rows)))


async def _create(stage: Stage, racers: Racers, count: int) -> list[str]:
    new = [stage.new("row", f" {name}") for name in numbered("", count)]
    created = await stage.send(racers.connections[0], stage.api.create_items(new))
    if not created.acknowledged:
        said = accounts.problem(created)
        raise NotFinished(f"The app does not create {count} items at once: {said}.")
    return [item.id for item in stage.items(created)]
