"""Commands about migrations."""

import os
import sys

import alembic.config
import click

from toolbox.migrations import lineage, revise
from toolbox.migrations.alembic import upgrade
from toolbox.postgres import choose


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def migrate(arguments: tuple[str, ...]) -> None:
    """Upgrade the database to head and show its revision; or run Alembic with ARGUMENTS."""
    os.environ["DATABASE_URL"] = choose().up()
    if arguments:
        alembic.config.main(arguments, prog="alembic")
        return
    alembic.config.main(["upgrade", "head"], prog="alembic")
    sys.stdout.write("The database is at revision ")
    alembic.config.main(["current"], prog="alembic")


@click.command()
@click.option("-m", "--message", help="What the revision does, in a few words.")
@click.option("--empty", is_flag=True, help="Write one with nothing in it, to fill by hand.")
@click.option("--list", "only_list", is_flag=True, help="Only write api/schema_revisions.txt anew.")
def revision(message: str | None, *, empty: bool, only_list: bool) -> None:
    """Write a revision from the models, and upgrade the database to it."""
    if only_list:
        lineage.write()
        return
    if not message:
        raise click.UsageError('say what the revision does: nox -s revision -- -m "add widgets"')
    url = choose().up()
    path = revise.revise(url, message, empty=empty)
    if path is None:
        click.echo("The models and the database agree: there is nothing to write. For what")
        click.echo(f"autogenerate does not see, take --empty.\n\n{revise.BLIND_SPOTS}")
        return
    click.echo(f"\nReview {path} before you commit it, with api/schema_revisions.txt.")
    click.echo(f"{revise.BLIND_SPOTS}\n")
    if empty:
        click.echo("Fill it, then run: nox -s migrate")
        return
    upgrade(url)
    click.echo(
        "The database is at this revision. After a change to the file: "
        "nox -s migrate -- downgrade -1, then nox -s migrate"
    )
