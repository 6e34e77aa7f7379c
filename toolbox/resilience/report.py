"""What the trials showed, for a person, for a program and for CI."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from toolbox.bench.figures import Table
from toolbox.bench.report import show_table
from toolbox.resilience.readings import Outcome
from toolbox.resilience.trial import LAG_LIMIT, Trial
from toolbox.resilience.verdict import Result

COLUMNS = ("Event", "Sent", *Outcome, "cut", "Slowest", "Recovery")
LEGEND = "! Something happened that should not have."
COLOURS = {"passed": "green", "failed": "red", "inconclusive": "yellow"}


def show(trial: Trial) -> None:
    """Print what one number of workers showed, each fault in a line."""
    show_table(table(trial))
    for fault in trial.faults:
        click.secho(f"  {fault}", fg="red")
    if trial.verdict == "inconclusive":
        click.secho(
            f"  The load was late by up to {trial.lag:.1f} seconds, more than {LAG_LIMIT:g}: this "
            "machine has too much else to do to say that nothing was lost. Run it again.",
            fg="yellow",
        )
    click.secho(f"{trial.verdict}\n", fg=COLOURS[trial.verdict], bold=True)


def table(trial: Trial) -> Table:
    """Return the events of a trial as a table."""
    return Table(
        title=f"{trial.server}, workers: {trial.workers}",
        columns=COLUMNS,
        rows=[_row(result) for result in trial.results],
        notes=(_sentence(trial),),
        legend=LEGEND if trial.faults else "",
    )


def _row(result: Result) -> tuple[str, ...]:
    return (
        ("! " if result.faults else "") + result.title,
        f"{result.sent:,}",
        *(f"{result.outcomes[outcome]:,}" for outcome in Outcome),
        str(result.cut),
        f"{result.slowest:.2f} s",
        "-" if result.recovery is None else f"{result.recovery:.1f} s",
    )


def _sentence(trial: Trial) -> str:
    found = trial.audit
    return (
        f"Writes: {found.acknowledged:,} acknowledged, {found.denied:,} denied, {found.unknown:,} "
        f"of unknown outcome, of which {found.unknown_made:,} were made; {found.repeated:,} were "
        f"sent again with their key. In the database: "
        f"{'; '.join(found.faults) or 'as it was said, each once'}."
    )


def summary(trials: Sequence[Trial]) -> Table:
    """Return all trials in one table: how many requests each event met, and what it cost."""
    titles = dict.fromkeys(result.title for trial in trials for result in trial.results)
    rows = []
    for title in titles:
        found = {
            trial.workers: result
            for trial in trials
            for result in trial.results
            if result.title == title
        }
        rows.append((title, *(_cell(found.get(trial.workers)) for trial in trials)))
    columns = ("Event", *(f"Workers: {one.workers}" for one in trials))
    title = "Requests that each event met, and which were not answered well; the slowest"
    return Table(title, columns, rows)


def _cell(result: Result | None) -> str:
    if result is None:
        return "-"
    bad = {
        outcome: count
        for outcome, count in result.outcomes.items()
        if count and outcome is not Outcome.GOOD
    }
    what = ", ".join(f"{count:,} {outcome}" for outcome, count in bad.items()) or "0 lost"
    return f"{result.sent:,}, {what}; {result.slowest:.2f} s"


def write_json(trials: Sequence[Trial], path: Path) -> None:
    """Write all that the trials showed."""
    content = [{**asdict(trial), "verdict": trial.verdict} for trial in trials]
    path.write_text(json.dumps({"trials": content}, indent=2))


def write_junit(trials: Sequence[Trial], path: Path) -> None:
    """Write a report as CI reads it: a suite for each number of workers, a case for each event."""
    suites = ET.Element("testsuites", name="resilience")
    for trial in trials:
        name = f"resilience.{trial.workers}-workers"
        cases = [(one.title, one.seconds, one.faults) for one in trial.results]
        cases.append(("the database's own word", 0.0, trial.audit.faults))
        failures = sum(bool(faults) for _, _, faults in cases)
        suite = ET.SubElement(
            suites, "testsuite", name=name, tests=str(len(cases)), failures=str(failures)
        )
        for title, seconds, faults in cases:
            case = ET.SubElement(
                suite, "testcase", classname=name, name=title, time=f"{seconds:.3f}"
            )
            if faults:
                ET.SubElement(case, "failure", message=faults[0]).text = "\n".join(faults)
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suites).write(path, encoding="unicode", xml_declaration=True)
