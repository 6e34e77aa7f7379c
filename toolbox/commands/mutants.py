"""The commands that let the concurrency checker loose on a service, with a fault and without."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from toolbox.bench.figures import Table
from toolbox.bench.report import markdown_of, show_table
from toolbox.commands.groups import WithDefault
from toolbox.databases import Throwaways
from toolbox.mutants import clean as without
from toolbox.mutants.campaign import Hunt, Notes, carry_out, hunts
from toolbox.mutants.fault import Fault
from toolbox.mutants.fault import choose as choose_faults
from toolbox.mutants.table import Score, table
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent

FAILED, NO_RESULT = 1, 3  # exit codes
FILE = click.Path(dir_okay=False, path_type=Path)
FOR_THE_CHECKER = {"ignore_unknown_options": True}  # what follows goes there

Command = Callable[..., None]

only_option = click.option("--only", multiple=True, metavar="NAME", help="Whose names begin so.")
format_option = click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "markdown"]),
    help="How the table is printed.",
)


def workers_option(default: tuple[int, ...]) -> Callable[[Command], Command]:
    """Make the option of how many processes serve."""
    return click.option(
        "--workers",
        multiple=True,
        default=default,
        show_default=True,
        type=click.IntRange(min=1),
        help="How many serve; may be given again.",
    )


@click.group(cls=WithDefault, default="hunt")
def mutants() -> None:
    """Does `concurrency` find faults, and nothing where there is none? By default `hunt`."""


@mutants.command("list")
@only_option
def list_(only: tuple[str, ...]) -> None:
    """Say which faults there are."""
    for fault in choose_faults(only):
        click.echo(f"{fault.name}: {fault.sentence} ({', '.join(fault.invariants)})")


@mutants.command("hunt", context_settings=FOR_THE_CHECKER)
@only_option
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(min=1))
@workers_option((1, 4))
@click.option("--narrow", is_flag=True, help="Play only what shows the fault's own invariants.")
@click.option("--notes", type=FILE, help="Note each hunt here, and skip those noted.")
@format_option
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def hunt_(
    *,
    only: tuple[str, ...],
    seeds: int,
    workers: tuple[int, ...],
    narrow: bool,
    notes: Path | None,
    form: str,
    options: tuple[str, ...],
) -> None:
    """Put one fault after the other into the service, and see whether `concurrency` names it.

    OPTIONS go to the checker. Ends with 1 where a fault was not named with 19 of 20 seeds, and with
    3 where none was missed, but a hunt had no result.
    """
    end_like_ctrl_c()
    end_with_parent()
    known = Notes(notes)
    plan = [
        (fault, number, hunts(fault, number, seeds, options, narrow=narrow))
        for fault in choose_faults(only)
        for number in fault.workers
        if number in workers
    ]
    scores: list[Score] = []
    with Throwaways(choose().up()) as databases:
        for fault, number, wanted in plan:
            carry_out(fault, number, wanted, known, databases)
            scores.append(_score(fault, number, wanted, known))
            click.echo("  ".join(scores[-1].cells()), err=True)
    _print(table(scores), form)
    if any(score.is_missed for score in scores):
        sys.exit(FAILED)
    sys.exit(NO_RESULT if any(len(score.catches) < score.wanted for score in scores) else 0)


def _score(fault: Fault, workers: int, wanted: Sequence[Hunt], notes: Notes) -> Score:
    catches = [catch for one in wanted if (catch := notes.of(one))]
    return Score(fault, workers, catches, len(wanted))


@mutants.command("table")
@click.argument("notes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@only_option
@format_option
def table_(notes: Path, only: tuple[str, ...], form: str) -> None:
    """Print what the NOTES of hunts have, whatever the options with which they were made."""
    known = Notes(notes)
    scores = []
    for fault in choose_faults(only):
        for number in fault.workers:
            made = known.about(fault.name, number)
            scores += [_score(fault, number, made, known)] if made else []
    _print(table(scores), form)


@mutants.command("clean", context_settings=FOR_THE_CHECKER)
@click.option("--runs", default=18, show_default=True, type=click.IntRange(min=1))
@workers_option(without.WORKERS)
@format_option
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def clean_(runs: int, workers: tuple[int, ...], form: str, options: tuple[str, ...]) -> None:
    """Check the service without a fault, while workers and Postgres end and come back.

    OPTIONS go to the checker. Ends with 1 after a false alarm, and with 3 where there was none, but
    a run gave no report.
    """
    end_like_ctrl_c()
    end_with_parent()
    found = []
    try:
        for one in without.run(runs, workers, options):
            found.append(one)
            said = "; ".join(one.alarms) or ("no alarm" if one.took else "no report")
            what = f"{one.event}, {one.workers} workers"
            click.echo(f"{len(found)} of {runs}: {what}: {said}", err=True)
    finally:
        # Also where somebody ends it: hours of runs are worth their table.
        _print(without.table(found), form)
    if any(one.alarms for one in found):
        sys.exit(FAILED)
    sys.exit(0 if all(one.took for one in found) else NO_RESULT)


def _print(shown: Table, form: str) -> None:
    if form == "markdown":
        click.echo("\n\n".join([*markdown_of(shown), *shown.notes]))
    else:
        show_table(shown)
