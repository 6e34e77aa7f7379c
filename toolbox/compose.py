"""The path through the containers, from nothing to nothing: build, serve, migrate, load, test."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import click

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.processes import ask

APP = "http://app:8000"  # what the containers call it

IMAGES = ("app", "migrations", "tests")
BASE = "python:3.13-slim"
LIMIT = 120  # MB that the service's image may add to its base

NO_ENGINE = (
    "There is no Docker engine that answers. Install Docker with Compose v2 "
    "(https://docs.docker.com/engine/install) and start it; everything else here works without."
)


class Project:
    """A Compose project of its own, beside whatever this checkout runs already."""

    def __init__(self) -> None:
        """Choose a name; nothing is built or started yet."""
        self.name = f"pir-check-{secrets.token_hex(3)}"
        # Free ports, whatever .env says.
        self._environment = {**os.environ, "APP_PORT": "0", "POSTGRES_PORT": "0"}
        self._command = ("docker", "compose", "--project-name", self.name, "--profile", "tests")

    def say(self, *arguments: str) -> None:
        """Run a command of Compose's, whose output the user sees.

        Raises:
            ToolboxError: it failed.
        """
        click.secho(f"docker compose {' '.join(arguments)}", bold=True, err=True)
        done = subprocess.run(
            [*self._command, *arguments], cwd=ROOT, env=self._environment, check=False
        )
        if done.returncode != 0:
            raise ToolboxError(f"docker compose {' '.join(arguments)}: exit {done.returncode}.")

    def ask(self, *arguments: str) -> str:
        """Return what a command of Compose's prints.

        Raises:
            ToolboxError: it failed.
        """
        return ask([*self._command, *arguments], self._environment)

    def run(self, service: str, *command: str) -> None:
        """Run a command in a new container of a service, which is gone afterwards."""
        self.say("run", "--rm", "--no-deps", service, *command)

    def container(self, service: str) -> str:
        """Return the id of a service's container, be it running or not."""
        return self.ask("ps", "--all", "--quiet", service).strip()


def require_engine() -> None:
    """Make sure that a Docker engine answers.

    Raises:
        ToolboxError: there is none.
    """
    try:
        ask(["docker", "info"])
    except (OSError, ToolboxError):
        raise ToolboxError(NO_ENGINE) from None


@contextmanager
def project() -> Iterator[Project]:
    """A project that leaves neither containers nor volumes, networks or images behind.

    Raises:
        ToolboxError: there is no Docker engine.
    """
    require_engine()
    made = Project()
    try:
        yield made
    finally:
        made.say("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5")


def walk(project: Project) -> None:
    """Go the whole path that the README describes.

    Raises:
        ToolboxError: a step failed; what it printed says why.
    """
    project.say("build", *IMAGES)
    project.say("up", "--detach", "--wait", "app")
    project.run("migrations", "alembic", "upgrade", "head")
    project.run("migrations", "alembic", "check")
    cli = ("python", "-m", "integration_cli")
    project.run("tests", *cli, "sample_data", "--app-url", APP)
    hammer = ("concurrency", "--duration", "3", "--i-own-this-target", "--app-url", APP)
    project.run("tests", *cli, *hammer)
    project.run("tests")
    check_confinement(project)
    check_end(project)


def check_confinement(project: Project) -> None:
    """Make sure that the service is nobody in particular, and can write nothing of its own.

    Raises:
        ToolboxError: it is root, or wrote into its image.
    """
    if project.ask("exec", "app", "id", "-u").strip() == "0":
        raise ToolboxError("The service runs as root in its container.")
    try:
        project.ask("exec", "app", "touch", "/srv/api/written")
    except ToolboxError:
        return
    raise ToolboxError("The service can write into its own image.")


def check_end(project: Project) -> None:
    """Make sure that SIGTERM ends the service well.

    Raises:
        ToolboxError: it ended with an error, or had to be killed.
    """
    project.say("stop", "app")
    state = ask(["docker", "inspect", "--format", "{{json .State}}", project.container("app")])
    if code := json.loads(state)["ExitCode"]:
        raise ToolboxError(f"The service ended with {code} when it was asked to stop.")


def sizes(project: Project) -> dict[str, float]:
    """Return how many MB each image adds to its base.

    Raises:
        ToolboxError: the service's adds more than it may.
    """
    base = _size(BASE)
    added = {image: _size(f"{project.name}-{image}") - base for image in IMAGES}
    if added["app"] > LIMIT:
        raise ToolboxError(f"The app's image adds {added['app']:.0f} MB, and may add {LIMIT}.")
    return added


def _size(image: str) -> float:
    return int(ask(["docker", "image", "inspect", "--format", "{{.Size}}", image])) / 1e6
