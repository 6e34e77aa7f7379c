"""The command that brings what is new in the template into this project."""

import sys

import click

from toolbox.checkout import DATA, ROOT
from toolbox.update.bring import bring

REPORT = DATA / "reports" / "update.md"


@click.command()
@click.option("--to", "reference", default="HEAD", show_default=True, metavar="REF")
@click.option("--from", "source", metavar="URL", help="Another address of the template.")
def update(reference: str, source: str | None) -> None:
    """Merge into this project what is new in its template up to REF, and commit nothing.

    It runs the template's own code at both commits. Ends with 1 where conflicts are left in the
    work tree; the report says which, and why.
    """
    done = bring(ROOT, reference, source)
    if done is None:
        click.echo(f"This project is at {reference} of its template already.")
        return
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(done.text(), encoding="utf-8")
    click.echo(done.text())
    sys.exit(bool(done.merged.conflicts))
