"""Somebody's Alembic project: its revisions, its models, and running its steps on a database."""

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import MetaData

from toolbox.errors import ToolboxError
from toolbox.gate.redirect import connections_to

Steps = Callable[[tuple[str, ...], MigrationContext], Iterable[MigrationStep]]


@dataclass
class Project:
    """An Alembic project, checked in and out of throwaway databases by its own env.py.

    `options` are those that env.py gives to `context.configure`; they are known once it has run,
    and `metadata` is its `target_metadata` unless another was named.
    """

    config_file: Path
    scripts: ScriptDirectory
    options: dict[str, Any] = field(default_factory=dict)
    named_metadata: MetaData | None = None

    @classmethod
    def load(cls, config_file: Path, metadata: str | None = None) -> "Project":
        """Open the project whose alembic.ini this is.

        Args:
            config_file: the path of alembic.ini.
            metadata: where the models' MetaData is, as "package.models:Base.metadata"; without it
                env.py's `target_metadata` serves.

        Raises:
            ToolboxError: there is no such file, or its revisions cannot be loaded.
        """
        if not config_file.is_file():
            raise ToolboxError(f"There is no {config_file}: name your alembic.ini with --config.")
        with _refusals():
            config = _config(config_file)
            scripts = ScriptDirectory.from_config(config)
            named = _import(metadata) if metadata else None
        return cls(config_file, scripts, named_metadata=named)

    @property
    def metadata(self) -> MetaData:
        """What the models say.

        Raises:
            ToolboxError: neither env.py nor the command line names it.
        """
        found = self.named_metadata or self.options.get("target_metadata")
        if isinstance(found, MetaData):
            return found
        raise ToolboxError(
            "The models are not known: set target_metadata in env.py, or name them, as in "
            "--metadata package.models:Base.metadata"
        )

    def revisions(self) -> list[Script]:
        """Return all revisions, each after those that it builds on."""
        with _refusals():
            return [*self.scripts.walk_revisions("base", "heads")][::-1]

    def upgrade(self, url: str, revision: str = "heads") -> None:
        """Upgrade a database."""
        self.run(url, lambda current, _: self.scripts._upgrade_revs(revision, current))  # type: ignore[arg-type]  # noqa: SLF001 - what `alembic upgrade` calls

    def step_up(self, url: str, script: Script) -> None:
        """Apply this one revision to a database that has those before it."""
        self.run(
            url,
            lambda _, __: [MigrationStep.upgrade_from_script(self.scripts.revision_map, script)],
        )

    def step_down(self, url: str, script: Script) -> None:
        """Take this one revision back: of a branch too, where its name alone would not do."""
        self.run(
            url,
            lambda _, __: [MigrationStep.downgrade_from_script(self.scripts.revision_map, script)],
        )

    def run(self, url: str, steps: Steps) -> None:
        """Run env.py with these steps, on this database, whatever URL it would take itself.

        What a step raises is passed on as it is.

        Raises:
            ToolboxError: Alembic refuses, or env.py did not migrate.
        """
        ran = False

        def work(current: tuple[str, ...], context: MigrationContext) -> Iterable[MigrationStep]:
            nonlocal ran
            ran = True
            self.options = dict(context.opts)
            return steps(current, context)

        config = _config(self.config_file, url)
        environment = EnvironmentContext(config, self.scripts, fn=work)
        with _refusals(), _database_url(url), connections_to(url), environment:
            self.scripts.run_env()
        if not ran:
            raise ToolboxError(f"{self.scripts.env_py_location} ran no migrations.")


def _config(file: Path, url: str | None = None) -> Config:
    config = Config(str(file), stdout=StringIO())
    if url is not None:
        given = config.get_main_option("sqlalchemy.url")
        driver = given.split("://")[0] if given else "postgresql"
        there = f"{driver}://{url.split('://', 1)[1]}"
        config.set_main_option("sqlalchemy.url", there.replace("%", "%%"))
        config.attributes |= {"url": url, "quiet": True}
    for path in reversed((config.get_main_option("prepend_sys_path") or "").split(os.pathsep)):
        if path and path not in sys.path:
            sys.path.insert(0, str((file.parent / path).resolve()))
    return config


def _import(name: str) -> MetaData:
    module, _, attributes = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for attribute in (attributes or "metadata").split("."):
            found = getattr(found, attribute)
    except (ImportError, AttributeError) as exc:
        raise ToolboxError(
            f"--metadata {name} cannot be found: {exc}. Write package.module:Base.metadata"
        ) from None
    if not isinstance(found, MetaData):
        raise ToolboxError(f"--metadata {name} is no MetaData, but {type(found).__name__}.")
    return found


@contextmanager
def _database_url(url: str) -> Iterator[None]:
    """Let an env.py that reads DATABASE_URL find one; where it leads is not its choice."""
    before = os.environ.get("DATABASE_URL")
    os.environ.setdefault("DATABASE_URL", url)
    try:
        yield
    finally:
        if before is None:
            del os.environ["DATABASE_URL"]


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except CommandError as exc:
        raise ToolboxError(str(exc)) from None
