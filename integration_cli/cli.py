"""The command line: one command a file."""

import click

from integration_cli.cleanup import cleanup
from integration_cli.concurrency import concurrency
from integration_cli.deadlocks import deadlocks
from integration_cli.explain import explain
from integration_cli.locust.export import export_locust
from integration_cli.outcome import Interruptible
from integration_cli.reporting.commands import compare, report
from integration_cli.sample_data import sample_data
from integration_cli.suite import suite


@click.group(
    cls=Interruptible,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Fill, hammer, judge and clean up a Peace in REST app, over HTTP.

    \b
    Exit codes:
        0  everything held
        1  an invariant was violated
        2  wrong usage
        3  a threshold was missed
        4  the app is unreachable or not ready
        5  inconclusive: something could not be judged or finished
      130  interrupted
    """


for command in (explain, report, compare, export_locust):
    concurrency.add_command(command)
for command in (sample_data, concurrency, deadlocks, cleanup, suite):
    main.add_command(command)
