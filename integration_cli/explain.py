"""`explain`: what an invariant means, what usually breaks it, and how to mend that."""

from pathlib import Path

import click

from integration_cli.checks.catalogue import BY_NAME

PAGES = Path(__file__).parent.parent / "docs" / "invariants"


@click.command("explain")
@click.argument("name", type=click.Choice([*BY_NAME]), metavar="NAME")
def explain(name: str) -> None:
    """Print the page of an invariant; without its page, as in an image, its sentence."""
    page = PAGES / f"{name}.md"
    if page.exists():
        click.echo(page.read_text(encoding="utf-8").rstrip())
    else:
        click.echo(f"{name}: {BY_NAME[name].sentence}")
