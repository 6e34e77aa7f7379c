"""The command that builds the site of the documentation."""

import click

from toolbox.checkout import ROOT
from toolbox.processes import end_like_ctrl_c
from toolbox.site import build as building
from toolbox.site.pictures import check_pictures, write_pictures


@click.command()
@click.option("--fix", is_flag=True, help="Draw the pictures anew that the code has outgrown.")
@click.option("--serve", is_flag=True, help="Show it on loopback, and build it again on a change.")
@click.option("--port", default=8001, show_default=True, help="Or the next one that is free.")
def docs(*, fix: bool, serve: bool, port: int) -> None:
    """Build the site of the documentation; any warning is an error."""
    end_like_ctrl_c()
    if fix:
        for name in write_pictures(ROOT):
            click.echo(f"{name} is drawn anew: commit it.")
    if serve:
        building.serve(port)
    else:
        check_pictures(ROOT)
        click.echo(f"The site is built: {building.build()}")
