"""History: the engine of the gate beside pytest-alembic, and the stairs that people write."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.gate.comparison.programs import run
from tests.gate.comparison.score import Score, compare
from tests.gate.history import casefile
from tests.gate.history.casefile import Case
from tests.gate.history.judging import found, isolated
from toolbox.databases import Throwaways
from toolbox.gate.roles import MAKES

# As pytest-alembic's manual has it: the connection that it brings, if it brings one.
ENV = """\
from alembic import context
from sqlalchemy import MetaData, create_engine, pool

target_metadata = MetaData()
made = create_engine("{url}", poolclass=pool.NullPool)
with (context.config.attributes.get("connection") or made).connect() as connection:
    context.configure(
        connection=connection, target_metadata=target_metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
"""

# Its tests, each on an empty database. They are called as its plugin does it, which with pytest 9.2
# fails before the first. There are no models: whether they agree is the matter of drift.
PYTEST_ALEMBIC = """\
import sys

import pytest_alembic
from pytest_alembic.tests import default, experimental
from sqlalchemy import create_engine, text

engine = create_engine("{url}")
for name in sys.argv[1:]:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    config = pytest_alembic.Config.from_raw_config({{"file": "alembic.ini"}})
    with pytest_alembic.runner(config=config, engine=engine) as runner:
        (getattr(default, name, None) or getattr(experimental, name))(runner)
"""
TESTS = ("test_single_head_revision", "test_upgrade", "test_up_down_consistency")
NO_TRACE = "test_downgrade_leaves_no_trace"


def cases() -> Iterator[tuple[str, bool, Case]]:
    """Return the cases, each with its name and whether it is broken."""
    for kind in ("broken", "healthy"):
        for case in casefile.all_of(kind):
            yield case.name, kind == "broken", case


def scores(databases: Throwaways) -> dict[str, Score]:
    """Give all cases to the tools."""
    server = databases.url

    def gate(case: Case) -> bool:
        # What a revision prints is no part of the tables.
        with TemporaryDirectory() as folder, isolated(), redirect_stdout(sys.stderr):
            return bool(found(case, Path(folder), databases))

    def stairs(case: Case) -> bool:
        with written(case, server) as (folder, _):
            steps = (("upgrade", "heads"), ("downgrade", "base"), ("upgrade", "heads"))
            return any(run(folder, "alembic", *step).returncode for step in steps)

    def pytest_alembic(case: Case, *tests: str) -> bool:
        with written(case, server) as (folder, url):
            (folder / "judge.py").write_text(PYTEST_ALEMBIC.format(url=_of_driver(url)))
            return run(folder, "python", "judge.py", *tests).returncode != 0

    return compare(
        cases(),
        {
            "this gate": gate,
            "`alembic upgrade heads`, `downgrade base`, `upgrade heads`": stairs,
            "pytest-alembic": lambda case: pytest_alembic(case, *TESTS),
            f"pytest-alembic, with {NO_TRACE}": lambda case: pytest_alembic(case, *TESTS, NO_TRACE),
        },
    )


@contextmanager
def written(case: Case, server: str) -> Iterator[tuple[Path, str]]:
    """Write a case as a project, and make a database for it; with that its roles go."""
    with TemporaryDirectory() as name, Throwaways(server) as own:
        own.own_roles(role for text in case.files.values() for role in MAKES.findall(text))
        url = own.create("history")
        folder = Path(name)
        case.lay(folder)
        (folder / "migrations" / "env.py").write_text(ENV.format(url=_of_driver(url)))
        yield folder, url


def _of_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")
