"""What a rehearsal with the apps found, as a table."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolbox.gate.rehearsal.answers import Met
from toolbox.gate.rehearsal.app import Act, AppRehearsal
from toolbox.gate.rehearsal.rehearse import WAITED

COLUMNS = ("Requests", "number", "p99 before", "p99 during", "p99 after", "blocked", "errors")
ALONE = ("Requests", "number", "p99", "blocked", "errors")  # of an app that nothing runs beside


def show(rehearsal: AppRehearsal, console: Console) -> None:
    """Print a rehearsal."""
    names = ", ".join(rehearsal.revisions)
    rows = f"{rehearsal.rows:,} rows a table"
    console.print(f"{names} on {rows}: {rehearsal.took:.1f} s", style="bold")
    console.print(Text(f"The old app is that of {rehearsal.app}."))
    if rehearsal.failed:
        console.print(Text(f"They failed: {rehearsal.failed}", "bold red"))
    for number, act in enumerate(rehearsal.acts):
        _show_act(act, console, is_alone=number > 0)
    if rehearsal.downgrade is not None:
        console.print(f"The downgrade, with nobody there: {rehearsal.downgrade:.1f} s")
    elif not rehearsal.failed:
        console.print(Text("The downgrade fails on these rows.", "bold red"))


def _show_act(act: Act, console: Console, *, is_alone: bool) -> None:
    if act.failed:
        console.print(Text(f"The {act.title} could not be asked: {act.failed}", "bold red"))
        return
    table = Table(
        title=act.title.capitalize(), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for number, column in enumerate(ALONE if is_alone else COLUMNS):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for each in act.met:
        table.add_row(*_row(each, is_alone=is_alone), style="red" if is_felt(each) else "")
    console.print(table)


def is_felt(each: Met) -> bool:
    """Tell whether users feel it: they waited, or were refused."""
    return each.blocked > WAITED or bool(each.errors)


def _row(each: Met, *, is_alone: bool) -> tuple[str, ...]:
    latencies = (each.before,) if is_alone else (each.before, each.during, each.after)
    errors = ", ".join(f"{count} x {error}" for error, count in each.errors.most_common())
    return (
        each.path,
        str(each.requests),
        *(f"{seconds * 1000:,.1f} ms" if seconds else "" for seconds in latencies),
        f"{each.blocked:.1f} s" if each.blocked > WAITED else "",
        errors,
    )
