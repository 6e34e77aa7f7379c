"""The migration gate's commands."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markdown import Markdown

from toolbox.checkout import DATA
from toolbox.commands.groups import WithDefault
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate import baseline, reports, roles
from toolbox.gate.engines import ENGINES
from toolbox.gate.history import Unknown, new_revisions
from toolbox.gate.project import Project
from toolbox.gate.quiet import without_logs
from toolbox.gate.rehearsal import rehearse as rehearsing
from toolbox.gate.rehearsal import show as rehearsal_table
from toolbox.gate.rehearsal import show_app as app_table
from toolbox.gate.rehearsal.app import rehearse_app
from toolbox.gate.rules import rule, rules
from toolbox.gate.run import Case, against_baseline, run
from toolbox.gate.scope import Scope, everything, since, undetermined
from toolbox.gate.server import server
from toolbox.processes import end_like_ctrl_c

Show = Callable[[Console], None]
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("check-migrations", cls=WithDefault, default="check")
def check_migrations() -> None:
    """Check migrations: do they agree with the models, are they sound, are they safe to deploy?"""


OPTIONS = (
    click.option(
        "--config",
        type=FILE,
        default="alembic.ini",
        show_default=True,
        help="The project's alembic.ini, or its pyproject.toml.",
    ),
    click.option("--metadata", help="Its models, as module:Base.metadata; by default env.py's."),
    click.option("--server", help="URL of a Postgres for throwaway databases; else an own one."),
    click.option("--against", "ref", help="The branch that is deployed; by default the main one."),
    click.option("--since", help="The revision that is deployed: those after it are new."),
    click.option("--all", "everything", is_flag=True, help="Take every revision as new."),
)
Command = Callable[..., None]


def of_a_project(command: Command) -> Command:
    """Add the options that say which project it is about, and which revisions are new."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


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
        """Return which revisions are new.

        Raises:
            ToolboxError: what was named to tell them by does not exist.
        """
        if self.everything:
            return everything(project)
        if self.since:
            return since(project, self.since)
        new = new_revisions(project, self.ref)
        if isinstance(new, Unknown) and self.ref:
            raise ToolboxError(f"--against {self.ref}: {new.reason}.")
        if isinstance(new, Unknown):
            return undetermined(f"{new.reason}; or say which are new: --since or --all")
        return Scope(new, f"{len(new)} new since {self.ref or 'the main branch'}")

    @contextmanager
    def case(self) -> Iterator[tuple[Case, Scope]]:
        """Open the project. What it prints goes to standard error, and what it logs nowhere.

        Raises:
            UsageError: the options contradict each other.
            ToolboxError: there is no such project, or no database can be made for it.
        """
        if sum(map(bool, (self.ref, self.since, self.everything))) > 1:
            raise click.UsageError("--against, --since and --all each say what is new: take one.")
        end_like_ctrl_c()
        with redirect_stdout(sys.stderr), without_logs():
            project = Project.load(self.config, self.metadata)
            scope = self.scope(project)
            with Throwaways(server(project, self.server)) as databases:
                databases.own_roles(roles.made_by(project))
                yield Case(project, databases, scope.new, self.ref), scope


@check_migrations.command()
@of_a_project
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
    _verify(outputs, accepted, write_baseline=write_baseline)
    with Asked(**asked).case() as (case, scope):
        report = run(case, scope, ENGINES)
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


def _verify(outputs: tuple[Path, ...], accepted: Path | None, *, write_baseline: bool) -> None:
    if write_baseline and accepted is None:
        raise click.UsageError("name the file to write: --baseline FILE --write-baseline")
    for file in outputs:
        if file.suffix not in reports.OF_SUFFIX:
            known = ", ".join(reports.OF_SUFFIX)
            raise click.UsageError(f"--output {file}: its suffix says the format: {known}.")


@check_migrations.command()
@of_a_project
@click.option(
    "--rows",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many each table has.",
)
@click.option(
    "--seconds",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0.1),
    help="Of traffic before the revisions, and after them.",
)
@click.option("--app", is_flag=True, help="Let the app of the merge base serve, then the new one.")
@click.option("--json", "path", type=FILE, help="With --app: write the figures here too.")
def rehearse(
    rows: int,
    seconds: float,
    path: Path | None,
    *,
    app: bool,
    **asked: Any,  # noqa: ANN401 - as in check
) -> None:
    """Run the new revisions on full tables, while what serves now goes on reading and writing.

    The traffic is made from the schema before them: rows of every table are read, updated and
    inserted by key, each in a transaction that is rolled back.

    With --app it is HTTP: the app of the merge base serves it while the revisions run, then the
    app of the working tree; then the revisions are taken back, and the old app serves again.
    """
    if app and (asked["since"] or asked["everything"]):
        raise click.UsageError("--app takes the app of the merge base, which --against names.")
    if path and not app:
        raise click.UsageError("--json goes with --app.")
    with Asked(**asked).case() as (case, scope):
        if not case.new:
            raise ToolboxError(f"There is nothing to rehearse: {scope.unknown or scope.words}.")
        show = _with_apps(case, path, rows, seconds) if app else _by_schema(case, rows, seconds)
    show(Console(highlight=False))


def _by_schema(case: Case, rows: int, seconds: float) -> Show:
    found = rehearsing.rehearse(case.project, case.databases, case.new, rows=rows, seconds=seconds)
    return partial(rehearsal_table.show, found)


def _with_apps(case: Case, path: Path | None, rows: int, seconds: float) -> Show:
    found = rehearse_app(case, rows=rows, seconds=seconds, records=DATA / "rehearsal")
    if path:
        path.write_text(json.dumps(asdict(found), indent=2) + "\n")
    return partial(app_table.show, found)


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
