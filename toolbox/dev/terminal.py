"""The terminal: keys that need no Enter, and handing it to a program that runs in it for a while.

Whatever ends us but SIGKILL, the terminal is left as it was found.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from toolbox.checkout import ROOT

if sys.platform != "win32":
    import termios
    import tty


class Terminal:
    """The terminal that we were started from.

    Attributes:
        fd: to read keys from.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._found = termios.tcgetattr(fd)

    @contextmanager
    def keys(self) -> Iterator[None]:
        """During the block a key can be read at once and is not shown; Ctrl-C stays what it is."""
        before = signal.signal(signal.SIGCONT, self._come_back)
        self._listen()
        try:
            yield
        finally:
            signal.signal(signal.SIGCONT, before)
            self._restore()

    def read(self) -> str:
        """Return a key that was pressed, or nothing where the terminal is gone.

        One alone, because those after it may be for a program that it starts.
        """
        with suppress(OSError):
            return os.read(self.fd, 1).decode(errors="replace")
        return ""

    @contextmanager
    def lent(self, command: Sequence[str]) -> Iterator[socket.socket]:
        """Run a program that has the terminal for itself, Ctrl-C included, during the block.

        Yields:
            what becomes readable when the program has ended, for which the block has to wait.
        """
        self._restore()
        ours = os.getpgrp()
        # Stopped by Ctrl-Z it would have no shell to continue it; it inherits this.
        before = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        process = subprocess.Popen(command, cwd=ROOT, process_group=0)
        signal.signal(signal.SIGTSTP, before)
        try:
            self._give_to(process.pid)
            # It may have read before the terminal was its own, which stops a program.
            os.killpg(process.pid, signal.SIGCONT)
            yield _readable_at_end_of(process)
        finally:
            if process.poll() is None:  # because we are to end
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()
            self._give_to(ours)
            self._listen()

    def _listen(self) -> None:
        tty.setcbreak(self.fd, termios.TCSANOW)

    def _restore(self) -> None:
        termios.tcsetattr(self.fd, termios.TCSADRAIN, self._found)

    def _give_to(self, group: int) -> None:
        """Make a process group the one in the foreground, also when we are in the background."""
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            os.tcsetpgrp(self.fd, group)
        finally:
            signal.signal(signal.SIGTTOU, before)

    def _come_back(self, _: int, __: FrameType | None) -> None:
        """After Ctrl-Z and `fg` the shell has set the terminal up for itself."""
        if os.tcgetpgrp(self.fd) == os.getpgrp():
            self._listen()


def _readable_at_end_of(process: subprocess.Popen[bytes]) -> socket.socket:
    ours, theirs = socket.socketpair()

    def wait() -> None:
        process.wait()
        theirs.close()

    threading.Thread(target=wait, daemon=True).start()
    return ours


def find_terminal() -> Terminal | None:
    """Return the terminal that we may read from, or None, as in a pipe or in the background."""
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    fd = sys.stdin.fileno()
    with suppress(OSError):  # it is a terminal, and not ours
        if os.tcgetpgrp(fd) == os.getpgrp():
            return Terminal(fd)
    return None
