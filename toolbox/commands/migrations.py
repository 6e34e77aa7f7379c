"""Commands about migrations."""

import os
import sys

import alembic.config
import click

from toolbox.checkout import ROOT
from toolbox.commands.gate import Asked
from toolbox.errors import ToolboxError
from toolbox.gate import reports
from toolbox.gate.engines import ENGINES
from toolbox.gate.project import Project
from toolbox.gate.run import run
from toolbox.migrations import lineage, revise
from toolbox.migrations.alembic import upgrade
from toolbox.migrations.heads import fix_heads
from toolbox.postgres import choose

FAILING = {"upgrade-fails", "upgrade-fails-on-rows"}


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def migrate(arguments: tuple[str, ...]) -> None:
    """Upgrade the database to head and show its revision; or run Alembic with ARGUMENTS.

    With --fix-heads, and maybe --against REF, let one of two heads follow the other instead.
    """
    if arguments[:1] == ("--fix-heads",):
        let_one_head_follow(arguments[1:])
        return
    url = os.environ["DATABASE_URL"] = choose().up()
    if arguments:
        alembic.config.main(arguments, prog="alembic")
        return
    upgrade(url)
    sys.stdout.write("The database is at revision ")
    alembic.config.main(["current"], prog="alembic")


def let_one_head_follow(arguments: tuple[str, ...]) -> None:
    """Make two heads one, and say how."""
    match arguments:
        case ():
            against = None
        case ("--against", against):
            pass
        case _:
            raise click.UsageError("--fix-heads takes nothing but --against REF")
    move = fix_heads(Project.load(ROOT / "alembic.ini"), against)
    if move is None:
        click.echo("There is one head: nothing is to be done.")
        return
    lineage.write()
    click.echo(f"{move}\n{lineage.FILE.relative_to(ROOT)} was written anew.")


def judge(since: str) -> bool:
    """Show what the gate says of the revisions after one, and tell whether they run."""
    asked = Asked(ROOT / "alembic.ini", None, None, None, since, everything=False)
    with asked.case() as (case, scope):
        report = run(case, scope, ENGINES)
    reports.show(report, None)
    return not FAILING & {each.rule for each in report.findings}


@click.command()
@click.option("-m", "--message", help="What the revision does, in a few words.")
@click.option("--empty", is_flag=True, help="Write one with nothing in it, to fill by hand.")
@click.option("--only-write", is_flag=True, help="Neither judge it nor upgrade to it.")
@click.option("--list", "only_list", is_flag=True, help="Only write api/schema_revisions.txt anew.")
def revision(message: str | None, *, empty: bool, only_write: bool, only_list: bool) -> None:
    """Write a revision from the models, and upgrade the database to it."""
    if only_list:
        lineage.write()
        return
    if not message:
        raise click.UsageError('say what the revision does: nox -s revision -- -m "add widgets"')
    url = choose().up()
    before = lineage.revisions()[-1]
    path = revise.revise(url, message, empty=empty)
    if path is None:
        click.echo("Autogenerate sees no difference: there is nothing to write. For what it")
        click.echo(f"does not see, take --empty.\n\n{revise.BLIND_SPOTS}")
        return
    click.echo(f"\nReview {path} before you commit it, with api/schema_revisions.txt.")
    click.echo(f"{revise.BLIND_SPOTS}\n")
    if empty:
        click.echo("Fill it, then run: nox -s migrate")
        return
    if only_write:
        return
    if not judge(before):
        raise ToolboxError(f"The revision does not run: mend {path}, then run: nox -s migrate")
    upgrade(url)
    click.echo(
        "The database is at this revision. After a change to the file: "
        "nox -s migrate -- downgrade -1, then nox -s migrate"
    )
