"""The command that looks whether machine and checkout are well."""

import json
import sys
from collections.abc import Iterator
from itertools import chain

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from toolbox.doctor.checkout import examine_checkout
from toolbox.doctor.database import examine_database
from toolbox.doctor.diagnosis import Diagnosis, State
from toolbox.doctor.machine import examine_machine

SIGNS = {
    State.WELL: "[green]ok[/]",
    State.NOTE: "[yellow]note[/]",
    State.FAULT: "[bold red]fault[/]",
}


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended without losing anything.")
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
def doctor(*, fix: bool, as_json: bool) -> None:
    """Look whether this machine and checkout are well; with 1 ends what finds a fault."""
    found = list(examine())
    if fix and any(one.fix for one in found):
        for done in mend(found):
            click.echo(done, err=True)
        found = list(examine())
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], indent=2))
    else:
        show(found)
    sys.exit(any(one.state is State.FAULT for one in found))


def examine() -> Iterator[Diagnosis]:
    """Look at everything."""
    return chain(examine_machine(), examine_checkout(), examine_database())


def mend(found: list[Diagnosis]) -> Iterator[str]:
    """Do what mends the faults that can be mended here, and say what was done."""
    for one in found:
        if one.fix is not None:
            try:
                yield one.fix()
            except Exception as exc:  # noqa: BLE001 - the others can be mended all the same
                yield f"{one.what} could not be mended: {exc}"


def show(found: list[Diagnosis]) -> None:
    """Print what was found, a line each, and under a fault the command that mends it."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for one in found:
        mended = f"\n[bold]{escape(one.mend)}[/]" if one.mend else ""
        table.add_row(SIGNS[one.state], one.what, escape(one.sentence) + mended)
    console.print(table)
    faults = sum(one.state is State.FAULT for one in found)
    fixable = sum(one.fix is not None for one in found)
    if not faults:
        console.print("\nAll is well.", style="green")
        return
    hint = f" {fixable} can be mended by: nox -s doctor -- --fix" if fixable else ""
    console.print(f"\n{faults} {'fault' if faults == 1 else 'faults'}.{hint}", style="bold red")
