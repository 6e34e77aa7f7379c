"""Safety: the engine of the gate beside Squawk, on what `alembic upgrade --sql` writes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.gate.comparison.programs import run
from tests.gate.comparison.score import Score, compare
from tests.gate.safety.projects import ENV, judged, project
from tests.gate.safety.test_cases import CASES, constant
from toolbox.databases import Throwaways

# Rules of style, and one about what env.py does: offline nobody sees its lock_timeout.
NOT_ABOUT_SAFETY = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamptz",
    "ban-char-field",
    "require-timeout-settings",
)

OFFLINE = """\
from alembic import context

if context.is_offline_mode():
    context.configure(
        url="postgresql://", literal_binds=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
"""


@dataclass(frozen=True)
class Revision:
    """A case: what was there before, and the revision."""

    source: str
    before: str
    timeout: bool


def cases() -> Iterator[tuple[str, bool, Revision]]:
    """Return the cases, each with its name and whether it is unsafe."""
    for file in sorted(CASES.rglob("[a-z]*.py")):
        source = file.read_text()
        tree = ast.parse(source)
        timeout = constant(tree, "LOCK_TIMEOUT") is not False
        revision = Revision(source, str(constant(tree, "BEFORE")), timeout)
        yield file.stem, bool(constant(tree, "EXPECTED")), revision


def scores(databases: Throwaways) -> dict[str, Score]:
    """Give all cases to the tools."""

    def gate(case: Revision) -> bool:
        with TemporaryDirectory() as folder:
            made = project(Path(folder), case.before, case.source, timeout=case.timeout)
            return bool(judged(made, databases))

    return compare(
        cases(),
        {
            "this gate": gate,
            "Squawk on `alembic upgrade --sql`": squawk,
            "alembic-squawk and Squawk": alembic_squawk,
        },
    )


def squawk(case: Revision) -> bool:
    """Tell whether Squawk speaks of the SQL of the revision; where that fails it cannot."""
    with TemporaryDirectory() as name:
        folder = _written(Path(name), case)
        done = run(folder, "alembic", "upgrade", "before:case", "--sql")
        (folder / "case.sql").write_text(done.stdout)
        return done.returncode == 0 and _squawk(folder, "case.sql")


def alembic_squawk(case: Revision) -> bool:
    """Tell whether Squawk speaks of the file that alembic-squawk writes."""
    with TemporaryDirectory() as name:
        folder = _written(Path(name), case)
        run(folder, "alembic-squawk", "--revisions", "before:case", "--out-dir", "sql")
        files = [str(path) for path in (folder / "sql").glob("*.sql")]
        return bool(files) and _squawk(folder, "--assume-in-transaction", *files)


def _written(folder: Path, case: Revision) -> Path:
    indented = "".join(f"    {line}\n" for line in ENV.splitlines())
    project(folder, case.before, case.source, timeout=case.timeout, env=OFFLINE + indented)
    return folder


def _squawk(folder: Path, *arguments: str) -> bool:
    left_out = [f"--exclude={rule}" for rule in NOT_ABOUT_SAFETY]
    done = run(folder, "squawk", "--pg-version=18.0", *left_out, *arguments)
    return done.returncode != 0
