"""`deadlocks`: does the app bear bulk writes that lock the same rows in opposite order?"""

from contextlib import AsyncExitStack
from dataclasses import dataclass

import click

from integration_cli import accounts, endpoints
from integration_cli.checks import DEADLOCKS, judge
from integration_cli.checks.answers import CONTROL
from integration_cli.checks.verdict import exit_code
from integration_cli.client import Client
from integration_cli.connection import Connection
from integration_cli.crew import Member, crew
from integration_cli.history import History
from integration_cli.operation import Kind
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, NotFinished, run, worst
from integration_cli.progress import Advance, Phases
from integration_cli.release import Racers
from integration_cli.report import print_coverage, print_latency, print_verdicts
from integration_cli.seeds import new_run_id, numbered
from integration_cli.target import require_ready

CONTROL_ROUNDS = 5  # in one order, where no cycle can be


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
@click.option("--rows", type=click.IntRange(2, endpoints.BULK_LIMIT), default=10, show_default=True)
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
    phases, run_id = Phases(), new_run_id("deadlocks")
    await require_ready(target.app_url)
    with History(target.ledger.directory / "history" / f"{run_id}.jsonl") as history:
        async with crew(target, history, run_id, 1) as users:
            rounds = Rounds(target, history, users.members[0], run_id, plan)
            with phases.phase("rounds", plan.rounds) as advance:
                await rounds.run(advance)
    verdicts = judge(history.operations, DEADLOCKS)
    click.echo(f"run {run_id}: {plan.rounds} rounds, {plan.pairs} pairs, {plan.rows} rows")
    print_verdicts(target.app_url, verdicts, history)
    updates = [one for one in history.operations if one.kind is Kind.UPDATE_ITEMS]
    print_latency("bulk updates", updates)
    print_coverage(history)
    return worst([exit_code(verdicts), users.cleanup])


@dataclass(frozen=True, slots=True)
class Rounds:
    """One user's rows, and the connections that fight for them."""

    target: Target
    history: History
    member: Member
    run_id: str
    plan: Plan

    async def run(self, advance: Advance) -> None:
        """Create the rows; release every round's updates at once, and then read the rows.

        Raises:
            NotFinished: the rows cannot be created.
        """
        user, app_url = self.member.name, self.target.app_url
        connections = [
            Connection(app_url, f"{user}/{name}", user, self.member.token)
            for name in numbered("writer", 2 * self.plan.pairs)
        ]
        async with AsyncExitStack() as stack:
            reader = await stack.enter_async_context(
                Client(app_url, f"{user}/reader", user, self.history)
            )
            reader.authorize(self.member.token)
            racers = await stack.enter_async_context(Racers(connections, self.history))
            rows = await self._create(reader)
            for phase in numbered(CONTROL, CONTROL_ROUNDS):
                await self._round(phase, racers, reader, [rows, rows])
            for phase in numbered("round", self.plan.rounds):
                await self._round(phase, racers, reader, [rows, rows[::-1]])
                advance(1)

    async def _round(
        self, phase: str, racers: Racers, reader: Client, orders: list[list[str]]
    ) -> None:
        self.history.phase = phase
        await racers.race(
            [
                endpoints.update_items([{"id": row, "description": nonce} for row in order])
                for pair in numbered(f"{self.run_id} {phase} pair", self.plan.pairs)
                for nonce, order in zip((f"{pair} a", f"{pair} b"), orders, strict=True)
            ]
        )
        await reader.send(endpoints.list_items())

    async def _create(self, client: Client) -> list[str]:
        items = [
            {"name": f"{self.run_id} {name}", "description": f"{self.run_id} new"}
            for name in numbered("row", self.plan.rows)
        ]
        created = await client.send(endpoints.create_items(items))
        if not created.acknowledged:
            said = accounts.problem(created)
            raise NotFinished(f"The app does not create {self.plan.rows} items at once: {said}.")
        return [item.id for item in created.items]
