"""Whatever names and fields a resource has, what is written passes lint, and the service starts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolbox.at_random import write_resources
from toolbox.checkout import ROOT
from toolbox.scaffold import build

# Imports all of it, writes the API's document, and has SQLAlchemy compile every statement.
START = """
import sys
from importlib import import_module
from itertools import combinations
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.schema import CreateTable
from api.app import create_app
from api.models import Base
from api.settings import Settings
from api.statements import compile_statement

url = "postgresql://nobody@localhost/none"
create_app(Settings(environment="development", database_url=url)).openapi()
for plural in sys.argv[1:]:
    service = import_module(f"api.{plural}.service")
    listing = import_module(f"api.{plural}.listing")
    schemas = import_module(f"api.{plural}.schemas")
    CreateTable(Base.metadata.tables[plural]).compile(dialect=dialect())
    for statement in (service._CREATE, service._READ, service._DELETE_VERSION):
        compile_statement(statement)
    for order in listing.page.__annotations__["order"]:
        compile_statement(listing.page(order, frozenset(listing.FILTERS), later=True))
    [changes] = [one for name, one in vars(schemas).items() if name.startswith("One")]
    names = [*changes.model_fields.keys() - {"id"}]
    for given in ((), *combinations(names, 1), tuple(names)):
        compile_statement(service._change(frozenset(given), conditional=True))
"""


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("seed", range(3))
def test_any_resources(tmp_path: Path, seed: int) -> None:
    """They may refer to each other, too."""
    for name in ("api", "integration_cli/profiles", "tests/functional"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "schemathesis.toml", "tests/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    made = dict(write_resources(tmp_path, seed, 10))
    written = {path for paths in made.values() for path in paths if path.suffix == ".py"}
    build.tidy(tmp_path, sorted(written))
    run(tmp_path, "-m", "ruff", "format", "--check", *map(str, written))
    run(tmp_path, "-W", "error", "-c", START, *(resource.plural for resource in made))
