"""Histories in a file each: what is wrong with one, and its revisions.

The first line says what is wrong. `finds:` lists the rules that must be found, and no others; a
healthy history has no such line. Then each revision begins with `== ID`, and is written as in its
file, without what all have: the imports of `op` and `sa`, its id, and as its parent the one before.
`== ID after A,B` names other parents, `after -` none. `== file NAME` is a file as it is.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from toolbox.gate.project import Project

CASES = Path(__file__).with_name("cases")

INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = %(here)s
path_separator = os
file_template = %%(rev)s
"""

ENV = """\
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine("postgresql+psycopg://nowhere", poolclass=pool.NullPool)
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
"""

HEAD = """\
import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
"""

SECTION = re.compile(r"^== (?:file (?P<file>\S+)|(?P<id>\S+)(?: after (?P<after>\S+))?)$")


@dataclass(frozen=True)
class Case:
    """A history, and the rules that must be found in it."""

    name: str
    sentence: str
    finds: frozenset[str]
    files: dict[str, str]

    def lay(self, folder: Path) -> None:
        """Make a project of it in a folder."""
        versions = folder / "migrations" / "versions"
        versions.mkdir(parents=True)
        (folder / "alembic.ini").write_text(INI)
        (folder / "migrations" / "env.py").write_text(ENV)
        (folder / "migrations" / "script.py.mako").write_text("")
        for name, text in self.files.items():
            path = versions / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def write(self, folder: Path) -> Project:
        """Make a project of it in a folder, and load it."""
        self.lay(folder)
        return Project.load(folder / "alembic.ini")


def read(path: Path) -> Case:
    """Read a case."""
    sentence, *lines = path.read_text().splitlines()
    finds: frozenset[str] = frozenset()
    files: dict[str, list[str]] = {}
    name, before = "", None
    for line in lines:
        if line.startswith("finds: "):
            finds = frozenset(line.removeprefix("finds: ").split(", "))
        elif section := SECTION.match(line):
            name = section["file"] or f"{section['id']}.py"
            files[name] = []
            if section["id"]:
                files[name].append(_head(section["id"], section["after"], before))
                before = section["id"]
        else:
            files[name].append(line)
    return Case(path.stem, sentence, finds, {name: "\n".join(text) for name, text in files.items()})


def _head(revision: str, after: str | None, before: str | None) -> str:
    names = tuple(after.split(",")) if after else (before,)
    down = None if names[0] in {"-", None} else names[0] if len(names) == 1 else names
    return HEAD.format(revision=revision, down=down)


def all_of(kind: str) -> list[Case]:
    """Return the cases of a folder, `broken` or `healthy`."""
    return [read(path) for path in sorted((CASES / kind).glob("*.case"))]
