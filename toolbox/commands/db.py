"""The database of this checkout: start it, look at it, open it, copy it, stop it, empty it."""

import os
import signal
import subprocess
import sys
from datetime import datetime

import click

from toolbox import copies
from toolbox.databases import on_same_server, without_password
from toolbox.errors import ToolboxError
from toolbox.postgres import binaries, branches, choose
from toolbox.postgres.embedded import Embedded


@click.group(invoke_without_command=True)
@click.pass_context
def db(ctx: click.Context) -> None:
    """Start the database and print its URL; or look at it, open it, copy it, stop it, empty it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(url)


@db.command()
def url() -> None:
    """Start the database if need be and print its URL, and nothing else."""
    click.echo(choose().up())


@db.command()
def status() -> None:
    """Say which database this checkout uses, and whether it runs."""
    server = choose()
    click.echo(f"Postgres ({server.name}): {server.status()}")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("database", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(database: str | None, arguments: tuple[str, ...]) -> None:
    """Open psql on the database, or on another DATABASE of its server; ARGUMENTS go to psql."""
    url = choose().up()
    if database and database.startswith("-"):
        arguments, database = (database, *arguments), None
    if database:
        url = on_same_server(url, database)
    address, password = without_password(url)
    # Not on the command line, which every user of the machine can read.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [str(binaries.program("psql")), address, *arguments]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C cancels a query, and does not end us
    done = subprocess.run(command, env=environment, check=False)
    sys.exit(done.returncode)


@db.command()
def stop() -> None:
    """Stop the server; its data stays."""
    click.echo(choose().stop())


@db.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, yes: bool) -> None:
    """Delete all data and begin with an empty database."""
    server = choose()
    if not yes:
        click.confirm(f"Delete all data of this checkout's Postgres ({server.name})?", abort=True)
    click.echo(server.reset())


@db.command()
@click.argument("name", required=False)
@click.option("--replace", is_flag=True, help="Take the place of one of this name.")
@click.option("--drop", is_flag=True, help="Drop the one of this name.")
def snapshot(name: str | None, *, replace: bool, drop: bool) -> None:
    """Keep the database as it is now, as NAME; without one, list what was kept."""
    if drop and replace:
        raise click.UsageError("--drop and --replace are two things: give one of them.")
    if (drop or replace) and name is None:
        raise click.UsageError("Say which: nox -s db -- snapshot lists them.")
    url = choose().up()
    if name is None:
        if not (there := copies.listed(url)):
            click.echo("There is none yet. To keep one: nox -s db -- snapshot NAME", err=True)
        for one in there:
            click.echo(f"{one.name:<24}{one.bytes / 1024**2:8.1f} MiB  {one.comment}")
    elif drop:
        copies.drop(url, name)
        click.echo(f"The snapshot {name} is dropped.")
    else:
        branch = branches.checked_out() or "no branch"
        copies.take(url, name, f"{datetime.now():%Y-%m-%d %H:%M}, {branch}", replace=replace)  # noqa: DTZ005 - for the eye of who is here
        click.echo(f"Kept as {name}. To go back to it: nox -s db -- restore {name}")


@db.command()
@click.argument("name")
def restore(name: str) -> None:
    """Make the database what it was when the snapshot NAME was taken."""
    copies.restore(choose().up(), name)
    click.echo(f"The database is what it was at {name}. Its schema may be older: nox -s migrate")


@db.command()
@click.option("--drop", is_flag=True, help="Drop it, and use the checkout's own again.")
@click.option("--prune", is_flag=True, help="Drop those of branches that are gone.")
def branch(*, drop: bool, prune: bool) -> None:
    """Give the git branch that is checked out a database of its own, a copy of the one in use."""
    server = choose()
    if not isinstance(server, Embedded):
        raise ToolboxError("Only the embedded Postgres has a database for each branch.")
    current = branches.checked_out()
    if current is None:
        raise ToolboxError("No git branch is checked out: git switch BRANCH first.")
    url, own = server.up(), server.branches
    if prune or drop:
        gone = own.all().keys() - branches.known() if prune else own.all().keys() & {current}
        if not gone:
            click.echo("There is none to drop.")
        for name in sorted(gone):
            copies.drop_database(url, own.all()[name])
            own.forget(name)
            click.echo(f"The database of {name} is dropped.")
    elif current in own.all():
        click.echo(f"{current} has a database of its own: {own.all()[current]}")
    else:
        copies.copy_database(url, branches.name_for(current))
        own.note(current, branches.name_for(current))
        click.echo(f"{current} has a database of its own from now on; others keep theirs.")
