"""The database of this checkout: start it, look at it, open it, stop it, empty it."""

import os
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import click

from toolbox.databases import on_same_server
from toolbox.postgres import binaries, choose


@click.group(invoke_without_command=True)
@click.pass_context
def db(ctx: click.Context) -> None:
    """Start the database and print its URL; or look at it, open it, stop it, empty it."""
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
    done = subprocess.run(command, env=environment, check=False)
    sys.exit(done.returncode)


def without_password(url: str) -> tuple[str, str | None]:
    """Return a URL without its password, and the password."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    return parts._replace(netloc=f"{user}{at}{host}").geturl(), unquote(password) or None


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
