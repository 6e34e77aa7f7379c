"""The migration gate's commands."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markdown import Markdown

from toolbox.commands.groups import WithDefault
from toolbox.databases import Throwaways
from toolbox.gate import baseline, reports
from toolbox.gate.engines import ENGINES
from toolbox.gate.project import Project
from toolbox.gate.report import Report
from toolbox.gate.rules import rule, rules
from toolbox.gate.run import Case, against_baseline, run
from toolbox.gate.scope import Scope, everything, since, undetermined
from toolbox.gate.server import server, version

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("check-migrations", cls=WithDefault, default="check")
def check_migrations() -> None:
    """Check migrations: do they agree with the models, are they sound, are they safe to deploy?"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to check, as the command line says it."""

    config: Path
    metadata: str | None
    server: str | None
    ref: str | None
    since: str | None
    everything: bool

    def scope(self, project: Project) -> Scope:
        """Return which revisions are new."""
        if self.everything:
            return everything(project)
        if self.since:
            return since(project, self.since)
        return undetermined("say which revisions are new: --since or --all")

    def report(self) -> Report:
        """Check it. What env.py and the revisions print goes to standard error."""
        with redirect_stdout(sys.stderr):
            project = Project.load(self.config, self.metadata)
            scope = self.scope(project)
            url = server(project, self.server)
            postgres = version(url)
            with Throwaways(url) as databases:
                return run(Case(project, databases, scope.new), scope, ENGINES, postgres)


@check_migrations.command()
@click.option(
    "--config",
    type=FILE,
    default="alembic.ini",
    show_default=True,
    help="The project's alembic.ini, or its pyproject.toml.",
)
@click.option("--metadata", help="Its models, as module:Base.metadata; by default env.py's.")
@click.option("--server", help="URL of a Postgres for throwaway databases; by default an own one.")
@click.option("--against", "ref", help="The branch that is deployed; by default the main one.")
@click.option("--since", help="The revision that is deployed: those after it are new.")
@click.option("--all", "everything", is_flag=True, help="Take every revision as new.")
@click.option(
    "--format", "form", type=click.Choice(reports.FORMATS), help="What is printed, and for whom."
)
@click.option(
    "--output",
    "outputs",
    type=FILE,
    multiple=True,
    help="Write it to a file too, by its suffix .md, .json or .xml (JUnit); again for more.",
)
@click.option("--baseline", "accepted", type=FILE, help="What was there before the gate was.")
@click.option("--write-baseline", is_flag=True, help="Write the baseline as things are now.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    form: str | None,
    outputs: tuple[Path, ...],
    accepted: Path | None,
    *,
    write_baseline: bool,
    **asked: Any,  # noqa: ANN401 - what Click made of the options
) -> None:
    """Answer the three questions about a project's migrations.

    Exits with the sum of 4 for drift, 8 for history and 16 for safety where there are findings;
    with 1 if it could not judge, and 2 if the command line is wrong.
    """
    _verify(asked, outputs, accepted, write_baseline=write_baseline)
    report = Asked(**asked).report()
    if accepted and write_baseline:
        count = baseline.write(accepted, report.findings)
        click.echo(f"{accepted} accepts {count} finding{'s' * (count != 1)} from now on.")
        return
    if accepted:
        report = against_baseline(report, accepted)
    for file in outputs:
        reports.write(report, file)
    reports.show(report, form)
    ctx.exit(report.exit_code)


def _verify(
    asked: dict[str, object],
    outputs: tuple[Path, ...],
    accepted: Path | None,
    *,
    write_baseline: bool,
) -> None:
    """Refuse options that contradict each other."""
    if sum(bool(asked[name]) for name in ("ref", "since", "everything")) > 1:
        raise click.UsageError("--against, --since and --all each say what is new: take one.")
    if write_baseline and accepted is None:
        raise click.UsageError("name the file to write: --baseline FILE --write-baseline")
    for file in outputs:
        if file.suffix not in reports.OF_SUFFIX:
            known = ", ".join(reports.OF_SUFFIX)
            raise click.UsageError(f"--output {file}: its suffix says the format: {known}.")


@check_migrations.command()
@click.argument("name", metavar="RULE", required=False)
def explain(name: str | None) -> None:
    """Explain a rule; or list all of them."""
    console = Console()
    if name is None:
        for known in rules().values():
            click.echo(f"{known.name:<32}{known.question:<9}{known.summary}")
        return
    text = rule(name).page.read_text()
    if console.is_terminal:
        console.print(Markdown(text, code_theme="ansi_dark"))
    else:
        click.echo(text, nl=False)
