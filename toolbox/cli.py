"""The toolbox's commands, each of which a Nox session calls by its name."""

import click

from toolbox.commands.bench import bench
from toolbox.commands.db import db
from toolbox.commands.doctor import doctor
from toolbox.commands.fuzz import api_fuzz
from toolbox.commands.gate import check_migrations
from toolbox.commands.groups import Commands
from toolbox.commands.migrations import migrate, revision
from toolbox.commands.mutants import mutants
from toolbox.commands.resilience import resilience
from toolbox.commands.run import compose, dev, integration, readme, serve


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def toolbox() -> None:
    """What the Nox sessions need; `nox --list` says what for."""


COMMANDS = (
    db,
    dev,
    serve,
    migrate,
    revision,
    check_migrations,
    integration,
    api_fuzz,
    resilience,
    compose,
    readme,
    bench,
    mutants,
    doctor,
)
for command in COMMANDS:
    toolbox.add_command(command)
