"""The command that lets everything happen to the service, and counts what is lost."""

import sys
from pathlib import Path

import click

from toolbox.bench.report import markdown_of, show_table
from toolbox.checkout import DATA
from toolbox.processes import end_like_ctrl_c, end_with_parent
from toolbox.resilience import report
from toolbox.resilience.events import EVENTS, START, STOP
from toolbox.resilience.run import run
from toolbox.resilience.trial import Plan

# The worst first.
EXIT_CODES = {"failed": 1, "inconclusive": 3, "passed": 0}

BY_NAME = {event.name: event for event in EVENTS if event not in {START, STOP}}

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--workers",
    multiple=True,
    default=(1, 2, 4),
    show_default=True,
    type=click.IntRange(min=1),
    help="How many serve; may be given again.",
)
@click.option(
    "--seconds",
    default=Plan.seconds,
    show_default=True,
    type=click.FloatRange(min=1),
    help="How long each event is watched at least.",
)
@click.option(
    "--rate",
    default=Plan.rate,
    show_default=True,
    type=click.FloatRange(min=10),
    help="Requests a second.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(BY_NAME)),
    help="This event, with start and end; may be given again.",
)
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "markdown"]),
    help="How all numbers of workers are summed up.",
)
@click.option("--json", "json_path", type=NEW_FILE, help="Write the figures here too.")
@click.option("--junit", "junit_path", type=NEW_FILE, help="Write a report for CI here.")
def resilience(
    *,
    workers: tuple[int, ...],
    seconds: float,
    rate: float,
    only: tuple[str, ...],
    form: str,
    json_path: Path | None,
    junit_path: Path | None,
) -> None:
    """Show that no request is lost while workers, Postgres and clients come and go.

    The service runs as in production, on a Postgres of its own, both of which are killed. Ends with
    1 where something was lost that need not be, and with 3 where this machine was too busy to tell.
    """
    end_like_ctrl_c()
    end_with_parent()
    chosen = [BY_NAME[name] for name in BY_NAME if name in only] or list(BY_NAME.values())
    events = (START, *chosen, STOP)
    plans = [Plan(number, seconds, rate, events) for number in workers]
    trials = []
    for trial in run(plans, DATA / "resilience"):
        report.show(trial)
        trials.append(trial)
    if form == "markdown":
        click.echo("\n\n".join(markdown_of(report.summary(trials))))
    elif len(trials) > 1:
        show_table(report.summary(trials))
    if json_path:
        report.write_json(trials, json_path)
    if junit_path:
        report.write_junit(trials, junit_path)
    verdicts = {trial.verdict for trial in trials}
    sys.exit(next(code for verdict, code in EXIT_CODES.items() if verdict in verdicts))
