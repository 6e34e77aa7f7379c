"""A git repository with an Alembic project in it, for tests of what the main branch has."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.gate.history.casefile import ENV, INI
from toolbox.gate.project import Project

REVISION = '''\
"""{revision} does something.

Revision ID: {revision}
Revises: {parent}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}  # its parent


def upgrade() -> None:
    op.add_column("{table}", sa.Column("c_{revision}", sa.Text()))


def downgrade() -> None:
    op.drop_column("{table}", "c_{revision}")
'''


@dataclass(frozen=True)
class Repository:
    """A repository whose main branch has the revisions a and b."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> "Repository":
        """Make it in a folder, on a branch of its own."""
        (root / "migrations" / "versions").mkdir(parents=True)
        (root / "alembic.ini").write_text(INI)
        (root / "migrations" / "env.py").write_text(ENV)
        made = cls(root)
        made.git("init", "--quiet", "--initial-branch=main")
        made.add("a", None)
        made.add("b", "a")
        made.commit()
        made.git("switch", "--quiet", "--create", "work")
        return made

    @property
    def project(self) -> Project:
        """The project, loaded anew."""
        return Project.load(self.root / "alembic.ini")

    def path(self, revision: str) -> Path:
        """Return a revision's file."""
        return self.root / "migrations" / "versions" / f"{revision}.py"

    def add(self, revision: str, parent: str | None, table: str = "t") -> None:
        """Write a revision."""
        down = f'"{parent}"' if parent else "None"
        text = REVISION.format(revision=revision, parent=parent or "", down=down, table=table)
        self.path(revision).write_text(text)

    def edit(self, revision: str, old: str, new: str) -> None:
        """Replace a text in a revision's file."""
        text = self.path(revision).read_text()
        assert old in text
        self.path(revision).write_text(text.replace(old, new))

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "--all")
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@mail.example")
        self.git(*who, "commit", "--quiet", "--allow-empty", "--message=more")

    def git(self, *arguments: str) -> None:
        """Run git in it."""
        subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True)
