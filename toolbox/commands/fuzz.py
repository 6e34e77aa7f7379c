"""The command that sends the API what its document allows, and what it forbids."""

import sys

import click

from toolbox.checkout import DATA
from toolbox.databases import Throwaways
from toolbox.fuzz.run import environment, fuzz
from toolbox.fuzz.target import require_own
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent
from toolbox.serving import serve

# What we do not know is Schemathesis's.
PASSING_ON = {"ignore_unknown_options": True}


@click.command(context_settings=PASSING_ON)
@click.option("--app-url", envvar="APP_URL", help="Of an app that runs; by default one of its own.")
@click.option("--i-own-this-target", is_flag=True, help="Allow one that is not on this machine.")
@click.option(
    "--minutes",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How long to try.",
)
@click.option("--seed", default=1, show_default=True, help="Another one tries other requests.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def api_fuzz(
    *,
    app_url: str | None,
    i_own_this_target: bool,
    minutes: float,
    seed: int,
    options: tuple[str, ...],
) -> None:
    """Look for requests whose answers contradict the API's document; OPTIONS go to Schemathesis.

    Without --app-url they are sent to a server of its own, with two workers, on a throwaway
    database; both are gone afterwards.
    """
    end_like_ctrl_c()
    end_with_parent()
    if app_url:
        require_own(app_url, confirmed=i_own_this_target)
        code = fuzz(app_url, minutes, seed, options)
    else:
        with Throwaways(choose().up()) as databases:
            database = databases.create("fuzz", databases.migrated_template())
            with serve(database, 2, DATA / "fuzz.log", environment()) as own:
                code = fuzz(own, minutes, seed, options)
    sys.exit(code)
