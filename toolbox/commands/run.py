"""Commands that run the service."""

import click

from toolbox import dev as development
from toolbox.migrations.alembic import upgrade
from toolbox.postgres import choose


@click.command()
@click.option("--port", default=8000, show_default=True, help="Or the next one that is free.")
def dev(port: int) -> None:
    """Start the database, upgrade it, and serve the API, reloading when a file changes."""
    url = choose().up()
    upgrade(url)
    development.run(port, url)
