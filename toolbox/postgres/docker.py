"""The Postgres of docker-compose.yml, for those who want the very image that they deploy with."""

import json
import re
import subprocess

import psycopg

from toolbox.checkout import ROOT
from toolbox.errors import NotWell

SERVICE = "postgres"
# What `docker` says of `docker compose`, or of its options, where it does not know it.
WITHOUT_COMPOSE = "not a docker command|unknown (shorthand )?flag"


def compose(*arguments: str) -> str:
    """Run `docker compose` in this checkout and return what it printed.

    Raises:
        ToolboxError: there is no Docker, or the command failed.
    """
    command = ["docker", "compose", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotWell(
            "There is no docker command. Install Docker (https://docs.docker.com/engine/install), "
            "or unset TOOLBOX_POSTGRES: the embedded Postgres needs nothing."
        ) from None
    if re.search(WITHOUT_COMPOSE, done.stderr):
        raise NotWell(
            "This Docker has no Compose v2. Install it (https://docs.docker.com/compose/install), "
            "or unset TOOLBOX_POSTGRES: the embedded Postgres needs nothing."
        )
    if done.returncode != 0:
        words = " ".join(done.stderr.split())
        raise NotWell(
            f"{' '.join(command)} failed: {words}\n  Unset TOOLBOX_POSTGRES to use the embedded "
            "Postgres, which needs no Docker."
        )
    return done.stdout


class Docker:
    """The `postgres` service of docker-compose.yml."""

    name = "docker"

    def up(self) -> str:
        """Start the service, wait until it is healthy, and return the database's URL."""
        compose("up", "--detach", "--wait", SERVICE)
        host, _, port = compose("port", SERVICE, "5432").strip().rpartition(":")
        config = json.loads(compose("config", "--format", "json"))
        environment = config["services"][SERVICE]["environment"]
        user, password = environment["POSTGRES_USER"], environment["POSTGRES_PASSWORD"]
        return f"postgresql://{user}:{password}@{host}:{port}/{environment['POSTGRES_DB']}"

    def in_use(self, url: str) -> str:
        """Return the URL: there is but one database."""
        return url

    def status(self) -> str:
        """Say what Compose says of the service."""
        return (
            compose("ps", "--format", "{{.Service}} {{.Status}} {{.Ports}}", SERVICE).strip()
            or "stopped"
        )

    def stop(self) -> str:
        """Stop the service; its volume stays."""
        compose("stop", SERVICE)
        return "Docker's Postgres is stopped."

    def reset(self) -> str:
        """Drop the database and make it again, empty."""
        url, _, name = self.up().rpartition("/")
        with psycopg.connect(f"{url}/template1", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return "The database is empty. Make its tables with: nox -s migrate"
