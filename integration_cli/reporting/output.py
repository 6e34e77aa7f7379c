"""Where a report goes: options for its files, and the writing of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from integration_cli.outcome import Exit, Failure
from integration_cli.reporting.documents import as_json, as_junit
from integration_cli.reporting.page import page
from integration_cli.reporting.run import Report


class CannotReport(Failure):
    """A file of the report cannot be written."""

    code = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Files:
    """The files that were asked for."""

    html: Path | None = None
    json: Path | None = None
    junit: Path | None = None

    def write(self, report: Report) -> list[Path]:
        """Write them; the value is which.

        Raises:
            CannotReport: one cannot be written.
        """
        written = []
        for path, render in ((self.html, page), (self.json, _json), (self.junit, as_junit)):
            if path:
                write(path, render(report))
                written.append(path)
        return written


def write(path: Path, text: str) -> None:
    """Write a file, and the directory that it is in.

    Raises:
        CannotReport: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotReport(f"Cannot write {path}: {error.strerror}.") from None


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--html`, `--json` and `--junit`; they come as `files`."""

    @_file("--html", "One page that opens offline, with all there is to see.")
    @_file("--json", "The verdicts with their findings, the load, the environment.")
    @_file("--junit", "A case for each invariant, for CI.")
    @wraps(command)
    def with_files(
        *arguments: object,
        html: Path | None,
        json: Path | None,
        junit: Path | None,
        **options: Any,  # noqa: ANN401  # Click passes them by name
    ) -> None:
        command(*arguments, files=Files(html, json, junit), **options)

    return with_files


def _file(name: str, what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option(name, type=kind, metavar="FILE", help=what)


def _json(report: Report) -> str:
    return json.dumps(as_json(report), indent=2) + "\n"
