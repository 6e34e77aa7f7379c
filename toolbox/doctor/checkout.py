"""The checkout and its surroundings: lock file, history, variables, port, what was left behind."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import psutil

from api.settings import Settings, SettingsError, load_settings
from toolbox.checkout import ROOT
from toolbox.doctor.diagnosis import Diagnosis, fault, note, well
from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.postgres import SWITCH, choose

PORT = 8000  # where `nox -s dev` listens, or on the next one that is free

# What changes where a session goes, and that one easily forgets to have set.
SURPRISING = {
    "APP_URL": "`nox -s integration` runs against it",
    "PGOPTIONS": "every connection of the toolbox has these options",
    "PGSERVICE": "connections of the toolbox may lead elsewhere",
    "PYTHONHOME": "Python looks there for its own library",
    "PYTHONPATH": "Python imports from there first",
}


def examine_checkout() -> Iterator[Diagnosis]:
    """Look at this checkout, and at what surrounds it."""
    yield _lock_file()
    yield _history()
    yield from _variables()
    yield _port()
    yield from _orphans()


def _lock_file() -> Diagnosis:
    if not (ROOT / "uv.lock").exists():
        return fault("uv.lock", "there is none", "git checkout uv.lock")
    command = ["uv", "lock", "--check"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return note("uv.lock", "without uv it cannot be judged")
    if done.returncode == 0:
        return well("uv.lock", "agrees with pyproject.toml")
    if "needs to be updated" in done.stderr:
        return fault("uv.lock", "does not agree with pyproject.toml", "uv lock", _lock)
    return note("uv.lock", f"cannot be judged: {done.stderr.strip().splitlines()[-1]}")


def _lock() -> str:
    subprocess.run(["uv", "lock", "--quiet"], cwd=ROOT, check=True)  # noqa: S607 - the user's own
    return "uv.lock is written anew; see what changed with: git diff uv.lock"


def _history() -> Diagnosis:
    try:
        known = lineage.revisions()
    except ToolboxError as exc:
        return fault("Revisions", str(exc), "nox -s migrate -- --fix-heads")
    try:
        lineage.check()
    except ToolboxError as exc:
        return fault("Revisions", str(exc), "nox -s revision -- --list", _list_revisions)
    return well("Revisions", f"{len(known)}, one head: {known[-1]}")


def _list_revisions() -> str:
    lineage.write()
    return "api/schema_revisions.txt is written anew."


def _variables() -> Iterator[Diagnosis]:
    wrong = [*_wrong_settings()]
    try:
        choose()
    except ToolboxError as exc:
        wrong.append(fault("Variables", str(exc), f"unset {SWITCH} DATABASE_URL"))
    surprising = [
        note("Variables", f"{name} is set: {effect}", f"unset {name}")
        for name, effect in SURPRISING.items()
        if name in os.environ
    ]
    yield from wrong
    yield from surprising
    if not wrong and not surprising:
        yield well("Variables", "none that is set is wrong")


def _wrong_settings() -> Iterator[Diagnosis]:
    """Read the service's settings as a session would, with what the sessions themselves set."""
    given = {"ENVIRONMENT": "development", "DATABASE_URL": "postgresql://user@localhost/pir"}
    missing = {name: value for name, value in given.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        load_settings()
    except SettingsError as exc:
        said = str(exc).removeprefix("The service cannot start:").strip()
        for line in said.splitlines():
            names = [name.upper() for name in Settings.model_fields if name in line.lower()]
            yield fault("Variables", line.strip(), f"unset {names[0]}" if names else None)
    finally:
        for name in missing:
            del os.environ[name]


def _port() -> Diagnosis:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) != 0:
            return well("Port", f"{PORT} is free")
    return note("Port", f"{PORT} is in use{_by_whom()}: `nox -s dev` takes the next one")


def _by_whom() -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr[1:] == (PORT,) and connection.pid is not None:
                return f" by {psutil.Process(connection.pid).name()} ({connection.pid})"
    return ""


def _orphans() -> Iterator[Diagnosis]:
    """Look for services and tools of this checkout that nobody waits for any more."""
    found = [process for process in psutil.process_iter() if _is_orphan(process)]
    for process in found:
        what = " ".join(process.cmdline()[1:4])
        yield fault(
            "Processes",
            f"{process.pid} ({what}) of this checkout was left behind",
            f"kill {process.pid}",
            lambda process=process: _end(process),  # type: ignore[misc]
        )
    if not found:
        yield well("Processes", "nothing was left behind")


def _is_orphan(process: psutil.Process) -> bool:
    try:
        ours = process.cwd() == str(ROOT) and "-m" in process.cmdline()[:3]
        return ours and process.ppid() == 1 and process.pid != os.getpid()
    except psutil.Error:  # it ended just now, or belongs to another account
        return False


def _end(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        process.wait(30)
    return f"Process {process.pid} is ended."
