"""`concurrency report` and `concurrency compare`: from histories alone, without an app."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from integration_cli.options import ProfileType
from integration_cli.outcome import Failure, Stop
from integration_cli.profile import Profile
from integration_cli.profile_file import shipped_profile
from integration_cli.report import print_report
from integration_cli.reporting.comparison import compare as rows_of
from integration_cli.reporting.comparison import comparison_page
from integration_cli.reporting.judgement import report_on
from integration_cli.reporting.merge import merge
from integration_cli.reporting.output import Files, output_options, write

HISTORY = click.Path(dir_okay=False, path_type=Path)
profile_option = click.option(
    "--profile",
    type=ProfileType(),
    default=shipped_profile,
    show_default="that of Peace in REST",
    help="The profile that the run was made with.",
)


@click.command("report")
@click.argument("histories", nargs=-1, required=True, type=HISTORY)
@profile_option
@output_options
def report(histories: tuple[Path, ...], profile: Profile, files: Files) -> None:
    """Judge a history again, and report on it; several are taken for one run.

    Several histories are those of processes that asked one app at the same time. The exit code is
    that of the run.
    """
    try:
        made = report_on(merge(histories), profile)
        print_report(made)
        for path in files.write(made):
            click.echo(f"written: {path}")
    except Failure as failure:
        raise Stop(failure) from None
    sys.exit(made.code)


@click.command("compare")
@click.argument("before", type=HISTORY)
@click.argument("after", type=HISTORY)
@profile_option
@click.option("--html", type=HISTORY, metavar="FILE", help="The same as a page.")
def compare(before: Path, after: Path, profile: Profile, html: Path | None) -> None:
    """Lay two runs side by side: verdicts, latency and throughput, and what of it is noise."""
    try:
        one, other = (report_on(merge([path]), profile) for path in (before, after))
        if html:
            write(html, comparison_page(one, other))
    except Failure as failure:
        raise Stop(failure) from None
    table = Table("", "before", "after", "", box=None, padding=(0, 2, 0, 0))
    for row in rows_of(one, other):
        table.add_row(row.name, row.before, row.after, row.note)
    Console().print(table)
    if html:
        click.echo(f"written: {html}")
