"""Which process is the server of a data directory, if there is one.

Postgres notes it in postmaster.pid (Postgres manual, section 66.1). The file outlives a server that
was killed, and by then the number may be another program's.
"""

from itertools import pairwise
from pathlib import Path

import psutil

PID_FILE = "postmaster.pid"


def running_pid(data: Path) -> int | None:
    """Return the process id of the server that runs on a data directory, or None.

    The process must be one that was given that directory; where the checkout was moved, by the name
    that it had before. Ours are given whole paths: one that somebody started by hand is not ours.
    """
    pid = _noted_pid(data)
    try:
        process = psutil.Process(pid) if pid else None
        words = process.cmdline() if process else []
    except psutil.Error:
        return None
    if process is None or not (given := _after("-D", words)):
        return None
    is_ours = Path(given).is_absolute() and _is_worked_in_by(data, process)
    return pid if given == str(data) or is_ours else None


def running_port(data: Path) -> int:
    """Return the port of the server that runs on a data directory, as it says itself."""
    return int((data / PID_FILE).read_text().splitlines()[3])


def forget_reused_pid(data: Path) -> None:
    """Delete the file with the process id of a dead server if another program has that id now.

    Postgres itself deletes the file where the id is unused, and rightly refuses to start where it
    is used: it cannot know by whom. We know, because a Postgres process of this cluster, the server
    or an orphan of it, works in the data directory.
    """
    pid = _noted_pid(data)
    if pid is None or not psutil.pid_exists(pid):
        return
    if not any(_is_worked_in_by(data, process) for process in psutil.process_iter()):
        (data / PID_FILE).unlink()


def _after(option: str, words: list[str]) -> str:
    """Return the word after an option; none is empty."""
    return next((value for name, value in pairwise(words) if name == option), "")


def _noted_pid(data: Path) -> int | None:
    try:
        return int((data / PID_FILE).read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_worked_in_by(data: Path, process: psutil.Process) -> bool:
    try:
        return process.cwd() == str(data)
    except psutil.Error:  # it ended just now, or belongs to another account
        return False
