"""Child processes: they end when we do, however we end."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.toolbox.clusters import PATIENCE, wait_until
from toolbox import processes
from toolbox.checkout import ROOT
from toolbox.processes import bound, child, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]

# Counts the interrupts that it gets, and takes a moment to clean up after the first.
COUNTS = """
import signal, time
count = 0
def interrupted(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, interrupted)
print("ready", flush=True)
while not count:
    time.sleep(0.01)
time.sleep(0.5)
print("interrupts:", count, flush=True)
"""


def start(program: str) -> "subprocess.Popen[str]":
    """Run a program in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def end(process: "subprocess.Popen[str]") -> None:
    """End a program and, if a test found that they do not end by themselves, its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def said_once_killed(parent: subprocess.Popen[str]) -> str:
    """Kill it when its child is ready, and return what the child said until its own end."""
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        # To its end: the orphan has the other end of this pipe for as long as it lives.
        out, _ = parent.communicate(timeout=PATIENCE)
        return out
    finally:
        end(parent)


class TestChild:
    def test_ends_with_the_context(self) -> None:
        """Leaving the context ends the child, which is asked first."""
        with child(SLEEP) as process:
            assert process.poll() is None
        assert process.returncode == -signal.SIGTERM

    def test_ends_after_an_error(self) -> None:
        """It does not matter how the context is left."""
        started = []

        def fail() -> None:
            with child(SLEEP) as process:
                started.append(process)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert started[0].returncode == -signal.SIGTERM

    def test_ends_by_force(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A child that does not listen is killed in the end."""
        monkeypatch.setattr(processes, "PATIENCE", 0.2)
        said = tmp_path / "said"
        deaf = (
            "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            f"open({str(said)!r}, 'w').close(); time.sleep(600)"
        )
        with child([sys.executable, "-c", deaf]) as process:
            wait_until(said.exists)
        code = process.poll()
        process.kill()
        assert code == -signal.SIGKILL

    def test_output(self, tmp_path: Path) -> None:
        """All that the child prints goes where it is told."""
        program = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
        with (
            (tmp_path / "log").open("w") as log,
            child([sys.executable, "-c", program], output=log.fileno()) as process,
        ):
            process.wait(PATIENCE)
        assert (tmp_path / "log").read_text() == "out\nerr\n"


class TestRun:
    @pytest.mark.parametrize("code", [0, 3])
    def test_exit_code(self, code: int) -> None:
        """The exit code is the command's own, so that a session fails when its command does."""
        assert run([sys.executable, "-c", f"raise SystemExit({code})"]) == code

    def test_passes_an_interrupt_on_once(self) -> None:
        """Ctrl-C, which a terminal sends to a whole group, reaches the command exactly once."""
        parent = start(
            "import sys; from toolbox.processes import run\n"
            f"try: run([sys.executable, '-c', {COUNTS!r}])\n"
            "except KeyboardInterrupt: print('interrupted', flush=True)"
        )
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "ready\n"
            os.killpg(parent.pid, signal.SIGINT)
            out, _ = parent.communicate(timeout=PATIENCE)
        finally:
            end(parent)
        assert out == "interrupts: 1\ninterrupted\n"


class TestEnding:
    def test_end_like_ctrl_c(self) -> None:
        """SIGTERM leaves every context on its way out."""
        process = start(
            "import time; from contextlib import ExitStack\n"
            "from toolbox.processes import end_like_ctrl_c; end_like_ctrl_c()\n"
            "with ExitStack() as stack:\n"
            "  stack.callback(print, 'left', flush=True)\n"
            "  print('ready', flush=True); time.sleep(600)"
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.terminate()
            out, _ = process.communicate(timeout=PATIENCE)
        finally:
            end(process)
        assert out == "left\n"

    def test_end_with_parent(self) -> None:
        """A process whose parent was killed ends, and leaves its contexts."""
        orphan = (
            "import time; from contextlib import ExitStack\n"
            "from toolbox.processes import end_like_ctrl_c, end_with_parent\n"
            "end_like_ctrl_c(); end_with_parent()\n"
            "with ExitStack() as stack:\n"
            "  stack.callback(print, 'left', flush=True)\n"
            "  print('ready', flush=True); time.sleep(600)"
        )
        parent = start(
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {orphan!r}])"
        )
        assert said_once_killed(parent) == "left\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")
    def test_bound(self) -> None:
        """A bound program ends with whoever started it, without a word of its own for that."""
        orphan = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('left', flush=True)))\n"
            "print('ready', flush=True); time.sleep(600)"
        )
        parent = start(
            "import sys; from toolbox.processes import bound, child\n"
            f"with child(bound([sys.executable, '-c', {orphan!r}])) as process: process.wait()"
        )
        assert said_once_killed(parent) == "left\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")
    def test_bound_too_late(self) -> None:
        """One whose parent ended before it was bound does not begin."""
        command = [*bound(["echo", "began"])]
        command[command.index(str(os.getpid()))] = "1"
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
