"""The command that writes a resource."""

import click

from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c
from toolbox.scaffold.build import build, write
from toolbox.scaffold.changes import bring_over
from toolbox.scaffold.grammar import read
from toolbox.scaffold.show import advice, diff, tree
from toolbox.scaffold.tables import references
from toolbox.scaffold.trial import try_new


@click.command()
@click.argument("name")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD:TYPE[:OPTION]...")
@click.option("--plural", metavar="WORD", help="What several are called, as people of person.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def new(name: str, fields: tuple[str, ...], plural: str | None, *, dry_run: bool) -> None:
    """Write a resource: table, routes, rules, migration, tests, samples.

    A field is a name and a type: str (or str=40), text, int (or int=0..100), decimal (or
    decimal=12,2), bool, date, datetime, uuid, enum=draft,sent, json, or fk=TABLE; and maybe
    :unique, :optional, :index.
    """
    end_like_ctrl_c()
    resource = read(name, fields, references(), plural)
    written = write(resource)
    changes = build(resource, written, choose().up())
    if dry_run:
        click.echo(f"{diff(changes)}\n\nNothing was written. Without --dry-run there would be:")
        click.echo(tree(changes))
        return
    bring_over(changes)
    click.echo(f"{tree(changes)}\n{advice(resource)}")


@click.command("check-new")
def check_new() -> None:
    """Write resources in a copy of this checkout, and put them through what a merge must pass."""
    end_like_ctrl_c()
    try_new(choose().up())
