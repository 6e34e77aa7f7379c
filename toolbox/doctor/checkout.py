"""The checkout and its surroundings: lock file, history, variables, port, what was left behind."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import psutil

from toolbox.checkout import ROOT
from toolbox.doctor.diagnosis import Diagnosis, fault, note, well
from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.migrations.alembic import SeveralHeads
from toolbox.postgres import SWITCH, choose

PATIENCE = 60  # seconds
PORT = 8000  # where `nox -s dev` listens, or on the next one that is free
# What sessions start by `python -m`. Not `api`: one that nothing waits for may serve on purpose.
STARTED = {"alembic", "integration_cli", "pytest", "toolbox"}
SERVING = {"api", "toolbox"}

# What changes where a session goes, and that one easily forgets to have set.
SURPRISING = {
    "APP_URL": "`nox -s integration` runs against it",
    "PGOPTIONS": "every connection of the toolbox has these options",
    "PGSERVICE": "connections of the toolbox may lead elsewhere",
    "PYTHONHOME": "Python looks there for its own library",
    "PYTHONPATH": "Python imports from there first",
}


def look_at_lock_file() -> Iterator[Diagnosis]:
    """Look whether uv.lock is what pyproject.toml asks for."""
    command = ["uv", "lock", "--check"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except OSError:
        yield note("uv.lock", "without uv it cannot be judged")
    except subprocess.TimeoutExpired:
        yield note("uv.lock", f"cannot be judged: uv has not answered in {PATIENCE} s")
    else:
        if done.returncode == 0:
            yield well("uv.lock", "agrees with pyproject.toml")
        elif "needs to be updated" in done.stderr:
            yield fault("uv.lock", "does not agree with pyproject.toml", "uv lock", _lock)
        else:
            yield note("uv.lock", f"cannot be judged: {done.stderr.strip()}")


def _lock() -> str:
    subprocess.run(["uv", "lock", "--quiet"], cwd=ROOT, check=True)  # noqa: S607 - the user's own
    return "uv.lock is written anew; see what changed with: git diff uv.lock"


def look_at_revisions() -> Iterator[Diagnosis]:
    """Look whether migrations/versions is one history, and the list of it complete."""
    try:
        known = lineage.revisions()
    except SeveralHeads as exc:
        yield fault("Revisions", str(exc), "nox -s migrate -- --fix-heads")
        return
    try:
        lineage.check()
    except ToolboxError as exc:
        yield fault("Revisions", str(exc), "nox -s revision -- --list", _list_revisions)
    else:
        yield well("Revisions", f"{len(known)}, one head: {known[-1]}")


def _list_revisions() -> str:
    lineage.write()
    return "api/schema_revisions.txt is written anew."


def look_at_variables() -> Iterator[Diagnosis]:
    """Look whether a variable that is set is wrong, or leads where one may not expect it."""
    found = [*_wrong_settings(), *_wrong_switch(), *_surprising()]
    yield from found or [well("Variables", "none that is set is wrong")]


def _wrong_settings() -> Iterator[Diagnosis]:
    """Read the service's settings as a session would, with what the sessions themselves set."""
    # Only here: that it cannot be imported is a fault of its own.
    from api.settings import Settings, SettingsError, load_settings  # noqa: PLC0415

    given = {"ENVIRONMENT": "development", "DATABASE_URL": "postgresql://user@localhost/pir"}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update({name: value for name, value in given.items() if not before[name]})
    try:
        load_settings()
    except SettingsError as exc:
        said = str(exc).removeprefix("The service cannot start:").strip()
        for line in said.splitlines():
            names = [name.upper() for name in Settings.model_fields if name in line.lower()]
            yield fault("Variables", line.strip(), f"unset {names[0]}" if names else None)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _wrong_switch() -> Iterator[Diagnosis]:
    """Look at which Postgres the sessions are told to use."""
    if os.environ.get("DATABASE_URL"):  # which is among the settings
        if SWITCH in os.environ:
            yield note("Variables", f"{SWITCH} is set, and DATABASE_URL too, which goes first")
        return
    try:
        choose()
    except ToolboxError as exc:
        yield fault("Variables", str(exc), f"unset {SWITCH}")


def _surprising() -> Iterator[Diagnosis]:
    for name, effect in SURPRISING.items():
        if name in os.environ:
            yield note("Variables", f"{name} is set: {effect}", f"unset {name}")


def look_at_port() -> Iterator[Diagnosis]:
    """Look whether the port is free that one thinks of first."""
    with socket.socket() as probe:
        is_free = probe.connect_ex(("127.0.0.1", PORT)) != 0
    if is_free:
        yield well("Port", f"{PORT} is free")
        return
    process = _listener()
    if process is not None and _runs(process) in SERVING:
        yield well("Port", f"{PORT} is where this checkout serves, by process {process.pid}")
        return
    by = ""
    with suppress(psutil.Error):  # it may have ended just now
        by = f" by {process.name()} ({process.pid})" if process else ""
    yield note("Port", f"{PORT} is in use{by}: `nox -s dev` takes the next one")


def _listener() -> psutil.Process | None:
    """Return who listens on the port, if this account may know; of this checkout's, the parent."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr[1:] == (PORT,) and connection.pid is not None:
                process = psutil.Process(connection.pid)
                ours = [each for each in process.parents() if _runs(each) in SERVING]
                return ours[-1] if ours else process
    return None


def look_at_processes() -> Iterator[Diagnosis]:
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
    """Tell whether a process is one that a session has started, and has no session any more."""
    with suppress(psutil.Error):  # it may have ended just now
        return process.ppid() == 1 and process.pid != os.getpid() and _runs(process) in STARTED
    return False


def _runs(process: psutil.Process) -> str | None:
    """Return the package that a process runs by `python -m` in this checkout, or None."""
    with suppress(psutil.Error):  # it may have ended just now, or belong to another account
        words = process.cmdline()[:4]
        if process.cwd() == str(ROOT) and "-m" in words[:-1]:
            return words[words.index("-m") + 1].split(".")[0]
    return None


def _end(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        process.wait(30)
    return f"Process {process.pid} is ended."
