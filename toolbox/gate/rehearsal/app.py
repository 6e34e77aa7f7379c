"""A deployment, rehearsed with the apps themselves: old app, new revisions, new app, way back."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from toolbox.errors import ToolboxError
from toolbox.gate.history.git import Unknown, base
from toolbox.gate.project import Project
from toolbox.gate.rehearsal import load
from toolbox.gate.rehearsal.answers import Met, Span, met
from toolbox.gate.rehearsal.deployed import App, migrate, unpacked
from toolbox.gate.rehearsal.load import Load
from toolbox.gate.rehearsal.steps import downgrade, upgrade, version_table
from toolbox.gate.run import Case
from toolbox.gate.seeding import seed
from toolbox.serving import serve

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Act:
    """What an app's users met while it served.

    Args:
        title: which app, and when.
        failed: why it could not be asked, if so.
        met: what its users met, path by path.
    """

    title: str
    failed: str | None
    met: Sequence[Met] = ()


@dataclass(frozen=True, slots=True)
class AppRehearsal:
    """What came of it; times are in seconds.

    Args:
        app: which code the old app is, and in which environment it ran.
        rows: how many each table got.
        revisions: those that ran, by their names.
        took: how long they took.
        failed: why they failed, if they did: what follows them was not tried then.
        downgrade: how long it took to take them back with nobody there; None if they were not, or
            it failed.
        acts: the old app while they ran; the new one; the old one again, once they were taken back.
    """

    app: str
    rows: int
    revisions: tuple[str, ...]
    took: float
    failed: str | None
    downgrade: float | None
    acts: Sequence[Act]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where apps are served: a database, so many seconds for each, and a folder for records."""

    url: str
    seconds: float
    records: Path

    @contextmanager
    def served(self, app: App, name: str) -> Iterator[Load]:
        """Serve an app, and let it be asked, for as long as the context.

        Raises:
            ToolboxError: it does not get ready, or the load does not begin.
        """
        folder = self.records / name
        with (
            serve(
                self.url, WORKERS, folder / "app.log", folder=app.folder, python=app.python
            ) as at,
            load.sending(at, folder) as sent,
        ):
            time.sleep(self.seconds)
            yield sent

    def try_out(self, app: App, title: str) -> Act:
        """Let an app serve while nothing else happens."""
        try:
            with self.served(app, title.replace(" ", "-")) as sent:
                pass
        except ToolboxError as exc:
            return Act(title, str(exc))
        return Act(title, None, met(sent.requests, Span()))


def rehearse_app(case: Case, *, rows: int, seconds: float, records: Path) -> AppRehearsal:
    """Run the new revisions on full tables while the app of the merge base serves.

    Then the app of the working tree serves; then, with nobody there, the revisions are taken back,
    and the old app serves again.

    Args:
        case: whose revisions they are, which, and where to make the database.
        rows: how many rows to write into each table.
        seconds: how long the load goes on before and after the revisions, and on each app.
        records: a folder in which the apps' logs and every request's record stay.

    Raises:
        ToolboxError: there is no merge base, or no app there, or it cannot be served or asked.
    """
    ours = case.project.config_file.parent
    at = base(ours, case.against)
    if isinstance(at, Unknown):
        raise ToolboxError(f"The deployed app is not known: {at.reason}.")
    url = case.databases.create("rehearsal")
    try:
        with TemporaryDirectory(prefix="pir-rehearsal-") as folder:
            old = unpacked(at, Path(folder), ours)
            new = App(ours, sys.executable, "the working tree")
            migrate(old, url)
            _fill(case.project, url, rows)
            return _acts(case, Stage(url, seconds, records), old, new, rows)
    finally:
        case.databases.drop(url)


def _acts(case: Case, stage: Stage, old: App, new: App, rows: int) -> AppRehearsal:
    with stage.served(old, "old-app") as sent:
        began = time.monotonic()
        failed = upgrade(case.project, stage.url, case.new)
        span = Span(began, time.monotonic())
        time.sleep(stage.seconds)
    acts = [Act("old app", None, met(sent.requests, span))]
    back = None
    if not failed:
        acts.append(stage.try_out(new, "new app"))
        back = downgrade(case.project, stage.url, case.new)
    if back is not None:
        acts.append(stage.try_out(old, "old app again"))
    names = tuple(script.revision for script in case.new)
    return AppRehearsal(old.words, rows, names, span.ended - began, failed, back, acts)


def _fill(project: Project, url: str, rows: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        seed(connection, rows, skip=[version_table(project)])
        connection.execute("VACUUM ANALYZE")
