"""Running a command as someone at a terminal does, who may press Ctrl-C, and leaving nothing."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import psutil

from toolbox.errors import ToolboxError
from toolbox.readme.clone import Place
from toolbox.readme.parse import ADDRESS
from toolbox.serving import is_ready

LIMIT = 900  # seconds that a command may take
READY_LIMIT = 300  # seconds until a server is ready: it may install what it needs first
CTRL_C_LIMIT = 20  # seconds that a command has to end after Ctrl-C; Nox gives us 30
LEFT_LIMIT = 5  # seconds in which what a command started has to follow it


class NotAsWritten(ToolboxError):
    """A command did something else than the document says."""


@contextmanager
def started(
    text: str, place: Place, log: Path, stdin: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command line for as long as the context, with its output in the log.

    What runs on at the end is interrupted. It has a terminal's session of its own, by which all
    that it starts is found.

    Raises:
        NotAsWritten: Ctrl-C did not end it, or it left processes behind; they are killed.
    """
    with log.open("w") as output, TemporaryFile() as typed:
        typed.write(stdin.encode())
        typed.seek(0)
        process = subprocess.Popen(
            ["/bin/sh", "-c", text],
            cwd=place.folder,
            env=place.environment,
            stdin=typed,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
        if process.poll() is None:
            _press_ctrl_c(process)
        _check_left(process)
    finally:
        _end(process)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait until a command ends.

    Raises:
        NotAsWritten: it failed, or did not end.
    """
    try:
        code = process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        raise NotAsWritten(f"it did not end within {LIMIT} seconds") from None
    if code != 0:
        raise NotAsWritten(f"exit code {code}, and not 0")


def read(log: Path) -> str:
    """Return what a command has printed, of whose last letter there may be only half."""
    return log.read_text(errors="replace")


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until an app answers at a URL that the command printed, and return that.

    Raises:
        NotAsWritten: the command ended, or did not become ready.
    """
    deadline = time.monotonic() + READY_LIMIT
    while time.monotonic() < deadline:
        said = ADDRESS.finditer(read(log))
        for url in {found[0] for found in said}:
            if is_ready(url):
                return url
        if process.poll() is not None:
            raise NotAsWritten(f"it did not serve: exit code {process.returncode}")
        time.sleep(0.1)
    raise NotAsWritten(f"nothing that it printed was a ready app within {READY_LIMIT} seconds")


def _press_ctrl_c(process: subprocess.Popen[bytes]) -> None:
    """Interrupt what runs in the foreground, as a terminal does.

    The exit code then says nothing: a shell that was interrupted forgets its command's.
    """
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(CTRL_C_LIMIT)
    except subprocess.TimeoutExpired:
        raise NotAsWritten(f"it ran on for {CTRL_C_LIMIT} seconds after Ctrl-C") from None


def _check_left(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LEFT_LIMIT
    while left := list(_session(process.pid)):
        if time.monotonic() > deadline:
            names = ", ".join(_name(other) for other in left)
            raise NotAsWritten(f"it left processes behind: {names}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what runs on because something went wrong, by force if need be."""
    if process.poll() is None:
        with suppress(NotAsWritten):
            _press_ctrl_c(process)
    for other in _session(process.pid):
        with suppress(psutil.Error):
            other.kill()
    process.wait()


def _session(leader: int) -> Iterator[psutil.Process]:
    """Find the living processes of a session."""
    for other in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.Error):
            if os.getsid(other.pid) == leader and other.status() != psutil.STATUS_ZOMBIE:
                yield other


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return str(process.pid)
