"""Commands that run the service, and what is run against it."""

import os
import sys

import click

from toolbox import compose as containers
from toolbox import serving
from toolbox.checkout import DATA, ROOT
from toolbox.databases import Throwaways
from toolbox.dev.round import develop
from toolbox.migrations.alembic import upgrade
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent, run
from toolbox.readme.rehearsal import rehearse

# What follows is for another program, which knows its own options.
FOR_ANOTHER = {"ignore_unknown_options": True, "help_option_names": []}
# Commands of `concurrency` that read what there is, and talk to no app.
WITHOUT_AN_APP = {"explain", "report", "compare"}


@click.command()
@click.option("--port", default=8000, show_default=True, help="Or the next one that is free.")
def dev(port: int) -> None:
    """Start the database, upgrade it, and serve the API, reloading when a file changes."""
    server = choose()
    url = server.up()
    upgrade(url)
    develop(port, server, url)


@click.command(context_settings=FOR_ANOTHER)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(arguments: tuple[str, ...]) -> None:
    """Serve the API on this checkout's database: ARGUMENTS go to `python -m api`."""
    environment = serving.development(choose().up())
    os.execve(sys.executable, [sys.executable, "-m", "api", *arguments], environment)  # noqa: S606


@click.command(context_settings=FOR_ANOTHER)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def integration(arguments: tuple[str, ...]) -> None:
    """Run a command of the integration CLI, by default its suite.

    Without --app-url it runs against a server of its own, with two workers, on a throwaway
    database; both are gone afterwards.
    """
    end_like_ctrl_c()
    end_with_parent()
    is_command = bool(arguments) and not arguments[0].startswith("-")
    command = [*arguments] if is_command else ["suite", *arguments]
    if arguments in {("--help",), ("-h",)}:
        command = ["--help"]
    has_target = any(argument.split("=")[0] == "--app-url" for argument in arguments)
    reads = command[0] == "concurrency" and command[1:2] and command[1] in WITHOUT_AN_APP
    if has_target or reads or "APP_URL" in os.environ or "--help" in command:
        sys.exit(_integrate(command))
    with Throwaways(choose().up()) as databases:
        url = databases.create("integration", databases.migrated_template())
        with serving.serve(url, workers=2, log=DATA / "integration.log") as app_url:
            code = _integrate([*command, "--app-url", app_url])
    sys.exit(code)


@click.command()
def compose() -> None:
    """Go the whole path through the containers, and leave nothing of it behind."""
    end_like_ctrl_c()
    with containers.project() as project:
        containers.walk(project)
        added = containers.sizes(project)
    for image, size in added.items():
        click.echo(f"{image}: {size:.0f} MB on top of {containers.BASE}")


@click.command()
def readme() -> None:
    """Run every command of the README on a fresh clone, and fail where one is not as written."""
    end_like_ctrl_c()
    end_with_parent()
    rehearse(ROOT)


def _integrate(command: list[str]) -> int:
    return run([sys.executable, "-m", "integration_cli", *command])
