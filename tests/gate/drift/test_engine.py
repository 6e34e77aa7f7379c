"""The whole of drift, on projects: models on one side, revisions on the other."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.drift import Drift, drift, engine
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
AFTER_ITEMS = "event.listen(items, 'after_create', DDL('{}'))\n"


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
    """This project's models and migrations say the same."""
    assert drift(Project.load(ROOT / "alembic.ini"), databases).findings == []


def test_same(projects: Projects) -> None:
    """What is the same gives no finding, and Alembic's own table is nobody's."""
    result = projects.drift(MODELS, ITEMS)
    assert (result.findings, result.notes) == ([], [])


def test_another_order(projects: Projects) -> None:
    """Columns in another order are no finding, as a column that is added comes last; it is said."""
    result = projects.drift(
        MODELS, "CREATE TABLE items (name varchar(80) NOT NULL, id int PRIMARY KEY)"
    )
    assert result.findings == []
    assert any(
        "another order: models id, name; migrations name, id" in note for note in result.notes
    )


def test_column_type(projects: Projects) -> None:
    """A finding says both sides, and has the code of a revision, from Alembic's renderer."""
    [one] = projects.drift(MODELS, ITEMS.replace("varchar(80)", "text")).findings
    assert (one.rule, one.subject) == ("column-type", "column public.items.name")
    assert one.message == "type: models character varying(80), migrations text."
    assert one.remedy is not None
    assert "op.alter_column('items', 'name'" in one.remedy


def test_remedy_of_what_alembic_does_not_see(projects: Projects) -> None:
    """Where Alembic's renderer has nothing, the code is what Postgres would write."""
    models = MODELS + AFTER_ITEMS.format(
        "ALTER TABLE items ADD CONSTRAINT few CHECK (id < 10);"
        "CREATE VIEW names AS SELECT name FROM items"
    )
    found = projects.drift(models, ITEMS, "ALTER TABLE items ADD CONSTRAINT few CHECK (id < 9)")
    remedies = {one.subject: one.remedy for one in found.findings}
    assert remedies["constraint few on public.items"] == (
        'op.execute("""ALTER TABLE public.items DROP CONSTRAINT few""")\n'
        'op.execute("""ALTER TABLE public.items ADD CONSTRAINT few CHECK ((id < 10))""")'
    )
    assert "CREATE VIEW public.names" in str(remedies["view public.names"])


def test_remedy_of_privileges(projects: Projects) -> None:
    """What the models grant is granted, what only the migrations do is taken back."""
    models = MODELS + AFTER_ITEMS.format("GRANT SELECT ON items TO PUBLIC")
    [one] = projects.drift(models, ITEMS, "GRANT INSERT, DELETE ON items TO PUBLIC").findings
    assert one.rule == "privileges"
    assert one.remedy == (
        'op.execute("""GRANT SELECT ON TABLE public.items TO PUBLIC""")\n'
        'op.execute("""REVOKE INSERT,DELETE ON TABLE public.items FROM PUBLIC""")'
    )


def test_remedy_is_what_postgres_takes(projects: Projects) -> None:
    """The code has nothing of what a dump says besides."""
    models = MODELS + AFTER_ITEMS.format("CREATE TABLE more (id int PRIMARY KEY)")
    for one in projects.drift(models, ITEMS).findings:
        assert "tablespace" not in str(one.remedy)
        assert "access_method" not in str(one.remedy)


def test_create_view(projects: Projects) -> None:
    """A view that the metadata has is no table that the migrations lack."""
    models = MODELS + 'CreateView(select(items.c.id), "ids", metadata=metadata)\n'
    same = projects.drift(models, ITEMS, "CREATE VIEW ids AS SELECT id FROM items")
    assert same.findings == []
    assert found(projects.drift(models, ITEMS)) == {"view view public.ids"}


def test_schema_of_a_table(projects: Projects) -> None:
    """create_all makes no schema; that the metadata names one is enough."""
    models = 'Table("t", metadata, Column("id", Integer), schema="s")\n'
    sql = ("CREATE SCHEMA s", "CREATE TABLE s.t (id int)")
    assert projects.drift(models, *sql).findings == []


def test_extension_of_the_migrations(projects: Projects) -> None:
    """An extension that only migrations install is no difference, and there for the models."""
    models = 'Table("t", metadata, Column("name", CITEXT))\n'
    sql = ("CREATE EXTENSION citext", "CREATE TABLE t (name citext)", "CREATE EXTENSION pg_trgm")
    assert projects.drift(models, *sql).findings == []


def test_extension_of_the_models(projects: Projects) -> None:
    """One that the models declare must be in the migrations too."""
    models = MODELS + "event.listen(metadata, 'before_create', DDL('CREATE EXTENSION pg_trgm'))\n"
    assert found(projects.drift(models, ITEMS)) == {"extension extension pg_trgm"}
    assert projects.drift(models, ITEMS, "CREATE EXTENSION pg_trgm").findings == []


def test_concurrent_index(projects: Projects) -> None:
    """An index that the models would build concurrently is built."""
    models = MODELS + 'Index("i", items.c.name, postgresql_concurrently=True)\n'
    assert projects.drift(models, ITEMS, "CREATE INDEX i ON items (name)").findings == []


def test_default_with_a_quote(projects: Projects) -> None:
    """What Alembic's own check crashes at is compared, and has a remedy."""
    models = 'Table("t", metadata, Column("a", Text, server_default="it\'s"))\n'
    assert projects.drift(models, "CREATE TABLE t (a text DEFAULT 'it''s')").findings == []
    [one] = projects.drift(models, "CREATE TABLE t (a text DEFAULT 'its')").findings
    assert one.subject == "column public.t.a"


@pytest.mark.parametrize(
    "option",
    [
        "include_object=lambda one, name, kind, *_: not (kind == 'table' and name == 'theirs')",
        "include_name=lambda name, kind, _: not (kind == 'table' and name == 'theirs')",
    ],
)
def test_somebody_elses(projects: Projects, option: str) -> None:
    """What env.py's filters leave out is not judged, nor what belongs to it."""
    theirs = ("CREATE TABLE theirs (id serial PRIMARY KEY, a text)", "CREATE INDEX i ON theirs (a)")
    assert projects.drift(MODELS, ITEMS, *theirs, options=f", {option}").findings == []
    assert found(projects.drift(MODELS, ITEMS, *theirs)) == {
        "table table public.theirs",
    }


def test_second_engine(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first engine would not see, pg_dump does: it fails, as unclassified."""
    monkeypatch.setattr(engine, "compare", lambda *_: [])
    [one] = projects.drift(MODELS, ITEMS, "COMMENT ON TABLE items IS 'x'").findings
    assert (one.rule, one.subject) == ("unclassified", "comment public.TABLE items")
    assert "COMMENT ON TABLE public.items IS 'x';" in one.observed


def test_no_second_engine(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a pg_dump for this server, the first engine judges alone, and that is said."""
    monkeypatch.setattr(engine, "find_pg_dump", lambda _: None)
    result = projects.drift(MODELS, ITEMS, "COMMENT ON TABLE items IS 'x'")
    assert found(result) == {"comment table public.items"}
    assert any("did not run" in note for note in result.notes)


def test_impossible_models(projects: Projects) -> None:
    """Models that Postgres refuses are said to be, with the statement."""
    models = 'Table("t", metadata, Column("a", Integer, server_default=text("nope()")))\n'
    with pytest.raises(ToolboxError, match=r"nope\(\) does not exist(.|\n)*CREATE TABLE t"):
        projects.drift(models, "CREATE TABLE t (a int)")


def test_registered_entities(projects: Projects, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered with alembic_utils belongs to the models."""
    view = SimpleNamespace(to_sql_statement_create=lambda: text("CREATE VIEW v AS SELECT 1 AS n"))
    registry = SimpleNamespace(entities=lambda: [view])
    module = SimpleNamespace(registry=registry)
    monkeypatch.setitem(sys.modules, "alembic_utils.replaceable_entity", module)
    assert found(projects.drift(MODELS, ITEMS)) == {"view view public.v"}
