"""The toolbox's commands, each of which a Nox session calls by its name."""

import click

from toolbox.commands.groups import OnDemand

# Each command's module in toolbox.commands.
SOURCES = {
    "db": "db",
    "dev": "run",
    "serve": "run",
    "migrate": "migrations",
    "revision": "migrations",
    "new": "new",
    "check-new": "new",
    "check-migrations": "gate",
    "integration": "run",
    "api-fuzz": "fuzz",
    "resilience": "resilience",
    "compose": "run",
    "docs": "docs",
    "readme": "run",
    "bench": "bench",
    "mutants": "mutants",
    "doctor": "doctor",
    "init": "template",
    "template": "template",
    "update": "update",
}


@click.group(
    cls=OnDemand,
    sources=SOURCES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
def toolbox() -> None:
    """What the Nox sessions need; `nox --list` says what for."""
