"""Child processes that end when we do, however we end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

# Seconds that a child has to finish what it does; the service takes up to 26.
PATIENCE = 30

PARENT_CHECK_INTERVAL = 0.5  # seconds

# 1 is PR_SET_PDEATHSIG (prctl(2)); who started it may have ended before that was asked for.
BIND = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


def end_like_ctrl_c() -> None:
    """Let SIGTERM unwind this process as Ctrl-C does, so that every context manager is left.

    Once that has begun SIGTERM changes nothing: Nox sends it half a second after Ctrl-C, when we
    may still be removing what we made. A second Ctrl-C does end us.
    """

    def interrupt(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)


def end_with_parent() -> None:
    """Send this process SIGTERM once its parent is gone.

    A session that is killed cannot tell its children; without this they would go on, without a
    terminal, and keep their ports.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_INTERVAL)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()


def bound(command: Sequence[str]) -> list[str]:
    """Return a command that gets SIGTERM once we are gone, also where we were killed, on Linux.

    It is the program itself that runs, with the process id that was started: the kernel keeps the
    request over an exec. It counts from the thread that starts it, so let that be one that stays.
    """
    if sys.platform != "linux":
        return [*command]
    return [sys.executable, "-I", "-S", "-c", BIND, str(os.getpid()), *command]


@contextmanager
def child(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    output: int | None = None,
    folder: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the checkout for as long as the context; then end it, by force if need be.

    It has a process group of its own: the terminal's Ctrl-C reaches us alone, and we end our
    children in the order in which they depend on each other.

    Args:
        command: the program and its arguments.
        env: its environment, by default ours.
        output: a file descriptor for all it prints, by default what we print to.
        folder: where it runs, by default the checkout.
    """
    errors = subprocess.STDOUT if output is not None else None
    group = None if sys.platform == "win32" else 0
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=output, stderr=errors, process_group=group
    )
    try:
        yield process
    finally:
        _end(process)


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run a command in the checkout to its end and return its exit code; Ctrl-C is passed on."""
    with child(command, env) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
            raise


def ask(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> str:
    """Run a command and return what it printed.

    Args:
        command: the program and its arguments.
        env: its environment, by default ours.
        cwd: the folder to run it in, by default the checkout.

    Raises:
        ToolboxError: it failed; the message has what it said.
        OSError: there is no such program.
    """
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolboxError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def workers_of(server: int) -> list[psutil.Process]:
    """Return the processes by which a server with this process id serves, or is about to."""
    found = []
    with suppress(psutil.Error):  # it, or one of them, ended just now
        for process in psutil.Process(server).children():
            with suppress(psutil.Error):
                # What keeps count of a Python process's children serves nobody.
                is_worker = "resource_tracker" not in " ".join(process.cmdline())
                if is_worker and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
