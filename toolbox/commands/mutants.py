"""The command that puts faults into the service and lets the checker look for them."""

import sys

import click

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.mutants.fault import Fault
from toolbox.mutants.fault import choose as choose_faults
from toolbox.mutants.hunt import Catch, hunt, log_folder
from toolbox.mutants.table import Score, markdown, summary
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent

NOTHING = Catch((), None, None, named=False)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--only", multiple=True, metavar="NAME", help="Faults whose names begin so.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--workers", multiple=True, type=click.IntRange(min=1), help="By default 1 and 4.")
@click.option("--list", "only_list", is_flag=True, help="Say which faults there are.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def mutants(
    only: tuple[str, ...],
    seeds: int,
    workers: tuple[int, ...],
    *,
    only_list: bool,
    options: tuple[str, ...],
) -> None:
    """Put one fault after the other into the service, and see whether `concurrency` names it.

    OPTIONS go to the checker. Ends with 1 where a fault was not named with 19 of 20 seeds.
    """
    end_like_ctrl_c()
    end_with_parent()
    faults = choose_faults(only)
    if only_list:
        for fault in faults:
            click.echo(f"{fault.name}: {fault.sentence} ({', '.join(fault.invariants)})")
        return
    log_folder()
    scores: list[Score] = []
    with Throwaways(choose().up()) as databases:
        for fault in faults:
            for number in workers or fault.workers:
                if number not in fault.workers:
                    continue
                catches = [
                    _hunt(fault, number, seed, databases, [*options])
                    for seed in range(1, seeds + 1)
                ]
                scores.append(Score(fault, number, catches))
                click.echo("  ".join(scores[-1].cells()), err=True)
    click.echo(markdown(scores))
    click.echo(f"\n{summary(scores)}")
    sys.exit(not all(score.is_caught for score in scores))


def _hunt(
    fault: Fault, workers: int, seed: int, databases: Throwaways, options: list[str]
) -> Catch:
    """Hunt a fault; a run that came to nothing found nothing, and the others go on."""
    try:
        return hunt(fault, workers, seed, databases, options)
    except ToolboxError as exc:
        click.echo(f"{fault.name}: {exc}", err=True)
        return NOTHING
