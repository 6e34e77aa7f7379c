"""A report in the formats that people and machines read."""

import os
from pathlib import Path

from rich.console import Console

from toolbox.errors import ToolboxError
from toolbox.gate.report import Report
from toolbox.gate.reports import terminal
from toolbox.gate.reports.machine import annotations, as_json, junit
from toolbox.gate.reports.markdown import markdown

FORMATS = ("terminal", "markdown", "json", "junit", "github")
TEXTS = {"markdown": markdown, "json": as_json, "junit": junit}
OF_SUFFIX = {".md": "markdown", ".json": "json", ".xml": "junit"}


def write(report: Report, file: Path) -> None:
    """Write a report to a file, in the format of its suffix.

    Raises:
        ToolboxError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TEXTS[OF_SUFFIX[file.suffix]](report))
    except OSError as exc:
        raise ToolboxError(f"The report cannot be written: {exc}") from None


def show(report: Report, form: str | None) -> None:
    """Print a report: by default for a terminal, and within a job of GitHub's for its pages too."""
    on_github = "GITHUB_ACTIONS" in os.environ
    if form in TEXTS:
        print(TEXTS[form](report), end="")  # noqa: T201 - no console's wrapping and colours
    elif form in {None, "terminal"}:
        terminal.show(report, _console())
    if form == "github" or (form is None and on_github):
        _tell_github(report)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=terminal.WIDTH)


def _tell_github(report: Report) -> None:
    for line in annotations(report):
        print(line)  # noqa: T201 - a command to the runner, a line each
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a") as file:
            file.write(markdown(report))
