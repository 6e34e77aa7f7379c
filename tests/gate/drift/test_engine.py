"""The whole of drift, on projects: models on one side, revisions on the other."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.gate.drift import Drift, drift
from toolbox.gate.project import Project

ENV = """\
from alembic import context
from sqlalchemy import NullPool, create_engine
from {models} import metadata

with create_engine("postgresql+psycopg://", poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata{options})
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "one"
down_revision = None


def upgrade():
    for statement in {statements!r}:
        op.execute(sa.text(statement))


def downgrade():
    pass
"""
INI = """\
[alembic]
script_location = %(here)s/scripts
prepend_sys_path = %(here)s
path_separator = os
"""
ITEMS = "CREATE TABLE items (id int PRIMARY KEY, name varchar(80) NOT NULL)"
HEAD = """\
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import *
from sqlalchemy.schema import *

metadata = MetaData()
"""
MODELS = """\
items = Table(
    "items", metadata, Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False),
)
"""


class Projects:
    """Makes small projects, each in a folder of its own, and looks for drift in them."""

    def __init__(self, folder: Path, databases: Throwaways) -> None:
        self.folder = folder
        self.databases = databases

    def drift(self, models: str, *statements: str, options: str = "") -> Drift:
        module = f"models_{uuid4().hex[:8]}"
        (self.folder / f"{module}.py").write_text(HEAD + models)
        scripts = self.folder / "scripts"
        (scripts / "versions").mkdir(parents=True, exist_ok=True)
        (scripts / "env.py").write_text(ENV.format(models=module, options=options))
        (scripts / "versions" / "one.py").write_text(REVISION.format(statements=statements))
        ini = self.folder / "alembic.ini"
        ini.write_text(INI)
        return drift(Project.load(ini), self.databases)


@pytest.fixture
def projects(tmp_path: Path, databases: Throwaways) -> Iterator[Projects]:
    yield Projects(tmp_path, databases)
    for name in [*databases._made]:
        if name.endswith(("_models", "_migrations")):
            databases._drop(name)


def found(result: Drift) -> set[str]:
    return {f"{one.rule} {one.subject}" for one in result.findings}


def test_our_own(databases: Throwaways) -> None:
    """This project's models and migrations say the same; columns that were added come last."""
    result = drift(Project.load(ROOT / "alembic.ini"), databases)
    assert result.findings == []
    assert any("another order" in note for note in result.notes)


def test_same(projects: Projects) -> None:
    """What is the same gives no finding, and Alembic's own table is nobody's."""
    result = projects.drift(MODELS, ITEMS)
    assert (result.findings, result.notes) == ([], [])


def test_column_type(projects: Projects) -> None:
    """A finding says both sides, and has the code of a revision, from Alembic's renderer."""
    [one] = projects.drift(MODELS, ITEMS.replace("varchar(80)", "text")).findings
    assert (one.rule, one.subject) == ("column-type", "column public.items.name")
    assert one.message == "type: models character varying(80), migrations text."
    assert one.remedy is not None
    assert "op.alter_column('items', 'name'" in one.remedy
