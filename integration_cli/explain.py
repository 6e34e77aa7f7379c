"""`explain`: what an invariant means, what usually breaks it, and how to mend that."""

import difflib
from pathlib import Path

import click

from integration_cli.checks.catalogue import BY_NAME

PAGES = Path(__file__).parent.parent / "docs" / "invariants"


@click.command("explain")
@click.argument("name")
def explain(name: str) -> None:
    """Print the page of an invariant; without its page, as in an image, its sentence."""
    if name not in BY_NAME:
        alike = difflib.get_close_matches(name, BY_NAME)
        hint = (
            f"did you mean {' or '.join(alike)}?" if alike else f"there are {', '.join(BY_NAME)}."
        )
        raise click.UsageError(f"There is no invariant {name!r}: {hint}")
    page = PAGES / f"{name}.md"
    if page.exists():
        click.echo(page.read_text(encoding="utf-8").rstrip())
    else:
        click.echo(f"{name}: {BY_NAME[name].sentence}")
