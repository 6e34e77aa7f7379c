"""The commands that make a clone of the template somebody's project, and prove that it is whole."""

from typing import Any

import click

from toolbox.checkout import ROOT
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent
from toolbox.template import proof
from toolbox.template.begin import Wish, begin, prepared, recorded, require_branch, traced
from toolbox.template.proof import Combination, Proof
from toolbox.template.show import choices, differences
from toolbox.update.trees import require_clean


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--title", help="The name for people.  [default: from NAME]")
@click.option("--holder", default="", help="Who holds the rights, for the licence.")
@click.option("--template", "source", metavar="URL", help="Where updates come from.")
@click.option("--without-items", is_flag=True, help="Take out the example resource.")
@click.option("--fresh-history", is_flag=True, help="One first revision in place of ours.")
@click.option("--fresh-git", is_flag=True, help="Begin git's history anew, on this branch.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def init(*, fresh_git: bool, dry_run: bool, **wish: Any) -> None:  # noqa: ANN401 - Click's
    """Make this clone of the template the project NAME, in one commit.

    NAME is as billing_service: of lower-case letters, digits and underscores.
    """
    require_clean(ROOT)
    require_branch(ROOT)
    record = traced(ROOT, recorded(ROOT, Wish(**wish)))
    tree = prepared(ROOT, record, with_revision=not dry_run)
    click.echo(choices(record, fresh_git=fresh_git))
    click.echo(differences(ROOT, tree, every=dry_run))
    if dry_run:
        click.echo("Nothing was changed. Without --dry-run this becomes one commit.")
        return
    undo = begin(ROOT, record, tree, fresh_git=fresh_git)
    click.echo(f"This is {record.title} now, in one commit. To undo it: {undo}")
    click.echo("It has no `init` any more; what is new in the template brings: nox -s update")
    click.echo("Next: nox")


@click.command()
@click.option("--every", is_flag=True, help="All combinations of choices, one after the other.")
@click.option("--only", metavar="CHOICES", default="without-items", show_default=True)
@click.option("--nox", is_flag=True, help="Run the project's own `nox`, in its own environments.")
def template(only: str, *, every: bool, nox: bool) -> None:
    """Make a project of this checkout, as it is here, and see whether it passes what it must.

    CHOICES is plain, or some of without-items, fresh-history and fresh-git with commas between.
    """
    end_like_ctrl_c()
    end_with_parent()
    combinations = proof.every() if every else [Combination.named(only)]
    proof.clear_logs()
    proof_of = Proof(ROOT, choose().up(), proof.NOX if nox else proof.CHECKS)
    proof_of.try_all(combinations)
