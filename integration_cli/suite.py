"""`suite`: every check once, small, and nothing left behind."""

from collections.abc import Coroutine

import click

from integration_cli import cleanup, concurrency, deadlocks, sample_data
from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, Failure, run, worst
from integration_cli.preflight import require_ready
from integration_cli.seeds import new_run_id

SMALL_EFFORT = 0.3  # of the windows of each race
SMALL_DEADLOCKS = deadlocks.Plan(rounds=25, pairs=4, rows=10)


@click.command("suite")
@own_target_options
@click.option("--seed", default=1, show_default=True)
def suite(target: Target, seed: int) -> None:
    """Run sample_data, concurrency and deadlocks with small settings, then clean up.

    The exit code is that of the command that came out worst. Sample data of earlier runs stays.
    """
    run(run_all(target, seed))


async def run_all(target: Target, seed: int) -> Exit:
    """Run the commands one after another; one that fails does not keep the next from running.

    Raises:
        AppUnreachable: there is no app to begin with.
    """
    await require_ready(target.site)
    # Its own run: the developer's sample data must survive the suite's clean-up.
    run_id = new_run_id("suite")
    sample = sample_data.Sample(run_id, users=10, items_per_user=10, concurrency=8)
    plan = concurrency.Plan(users=4, duration=5, seed=seed, effort=SMALL_EFFORT)
    codes: list[Exit] = []
    try:
        codes.append(await _titled("sample_data", sample_data.load(target, sample)))
        codes.append(await _titled("concurrency", concurrency.check(target, plan)))
        for beside in target.beside():
            title = f"concurrency of {beside.profile.name}"
            codes.append(await _titled(title, concurrency.check(beside, plan)))
        codes.append(await _titled("deadlocks", deadlocks.provoke(target, SMALL_DEADLOCKS)))
    finally:
        codes.append(await _titled("cleanup", cleanup.clean(target, run_id)))
    return worst(codes)


async def _titled(title: str, command: Coroutine[None, None, Exit]) -> Exit:
    click.secho(f"== {title}", bold=True)
    try:
        return await command
    except Failure as failure:
        click.echo(f"Error: {failure}", err=True)
        return failure.code
