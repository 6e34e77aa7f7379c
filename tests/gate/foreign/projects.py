"""Projects that are not ours: begun with `alembic init`, each of another style."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.toolbox.checkouts import environment
from toolbox.checkout import ROOT

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Style:
    """How a project was begun, and where things are in it."""

    name: str
    template: str
    scripts: str
    package: str
    module: str
    metadata: str
    driver: str


STYLES = {
    style.name: style
    for style in (
        Style("shop", "generic", "db/changes", "shopapp", "models", "Model.metadata", "psycopg"),
        Style("blog", "async", "alembic", "blogapp", "db", "Base.metadata", "asyncpg"),
        Style("notes", "pyproject", "migrations", "notes_app", "tables", "metadata", "psycopg"),
    )
}


@dataclass(frozen=True)
class Foreign:
    """A project in a folder of its own, with a database that is nobody's but its own."""

    root: Path
    style: Style
    database: str
    server: str

    @classmethod
    def make(cls, root: Path, style: Style, database: str, server: str) -> "Foreign":
        """Begin a project as its authors would, and give it their models and revisions."""
        shutil.copytree(HERE / style.name / style.package, root / style.package)
        made = cls(root, style, database, server)
        made.run("alembic", "init", "-t", style.template, style.scripts)
        made.edit(f"{style.scripts}/env.py", "target_metadata = None", made.target_metadata)
        url = database.replace("postgresql://", f"postgresql+{style.driver}://")
        made.edit("alembic.ini", "driver://user:pass@localhost/dbname", url.replace("%", "%%"))
        for file in (HERE / style.name / "versions").glob("*.py"):
            shutil.copy(file, root / style.scripts / "versions")
        return made

    @property
    def target_metadata(self) -> str:
        """What env.py says of the models."""
        style = self.style
        return (
            f"from {style.package} import {style.module}\n"
            f"target_metadata = {style.module}.{style.metadata}"
        )

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text, which occurs once, in a file."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, text
        file.write_text(text.replace(old, new))

    def add_revision(self, revision: str, after: str, up: str, down: str = "pass") -> Path:
        """Add a revision of a line up and a line down."""
        file = self.root / self.style.scripts / "versions" / f"{revision}_added.py"
        file.write_text(
            f'"""added"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
            f'revision = "{revision}"\ndown_revision = "{after}"\n\n\n'
            f"def upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
        )
        return file

    def gate(self, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run the gate from outside, as its authors would: from their folder, by the path of ours.

        Their own database is in the environment, to tempt it.
        """
        return self.run("toolbox.gate", "--server", self.server, *arguments, cwd=cwd)

    def run(self, *command: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run `python -m <command>` in the project's folder, or another."""
        variables = environment(PYTHONPATH=str(ROOT), DATABASE_URL=self.database)
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=cwd or self.root,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
