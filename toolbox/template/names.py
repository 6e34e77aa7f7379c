"""The names of a project: what may be one, and how it is written at each kind of place."""

import keyword
import re
import sys
from dataclasses import dataclass

from toolbox.errors import ToolboxError

MAX_NAME = 30  # lines that have it stay within 100 characters; Postgres allows 63, useradd 32
MAX_TITLE = 40

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TITLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .,'&()+-]*[A-Za-z0-9.)])?")

# Folders and modules that the project has, or that Python or Postgres has.
TAKEN = {"api", "migrations", "integration_cli", "toolbox", "tests", "docs", "noxfile"} | {
    "postgres",
    "template0",
    "template1",
    "root",
    "nobody",
    "template",
}


@dataclass(frozen=True, slots=True)
class Names:
    """A project's name in its three spellings.

    Attributes:
        snake: as `billing_service`: databases, users, files.
        kebab: as `billing-service`: distributions, services, hosts.
        title: as "Billing service": for people.
    """

    snake: str
    title: str

    @property
    def kebab(self) -> str:
        """With hyphens, as a distribution or a host has it."""
        return self.snake.replace("_", "-")


OURS = Names("pir", "Peace in REST")
OUR_KEBAB = "peace-in-rest"


def check_name(name: str) -> None:
    """Make sure that this can be a project's name.

    Raises:
        ToolboxError: it cannot; says why, and what could be.
    """
    if not NAME.fullmatch(name):
        proposal = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_").lstrip("_0123456789")
        instead = f", as {proposal}" if NAME.fullmatch(proposal) else ""
        raise ToolboxError(
            f"{name!r} cannot be the name of a project: it consists of lower-case letters, digits "
            f"and single underscores, and begins with a letter{instead}."
        )
    if len(name) > MAX_NAME:
        raise ToolboxError(
            f"{name} has {len(name)} characters, and a project's name at most {MAX_NAME}: it is "
            "the name of a database and of a user too. A --title may be longer."
        )
    if name in TAKEN or keyword.iskeyword(name) or name in sys.stdlib_module_names:
        raise ToolboxError(
            f"{name} is the name of something else in Python, Postgres or this project: "
            f"take another, as {name}_service."
        )
    if name in {OURS.snake, OUR_KEBAB.replace("-", "_")}:
        raise ToolboxError(f"{name} is this template's own name: a project needs one of its own.")


def title_of(name: str) -> str:
    """Return a name as a title: `billing_service` is "Billing service"."""
    return name.replace("_", " ").capitalize()


def check_title(title: str) -> None:
    """Make sure that a title can stand in code, TOML, YAML and HTML as it is.

    Raises:
        ToolboxError: it cannot.
    """
    if not TITLE.fullmatch(title) or len(title) > MAX_TITLE:
        raise ToolboxError(
            f"{title!r} cannot be the title: it has letters, digits, spaces and . , ' & ( ) + - "
            f"only, begins with a letter or digit, and has at most {MAX_TITLE} characters."
        )


def check_holder(holder: str) -> None:
    """Make sure that the licence can name this holder, in a line.

    Raises:
        ToolboxError: it cannot.
    """
    if holder != holder.strip() or not holder.isprintable():
        raise ToolboxError(f"{holder!r} cannot be in the licence: it must be one line of text.")
