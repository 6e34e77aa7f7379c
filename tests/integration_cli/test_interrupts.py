"""Ctrl-C at any moment: everything is removed, the terminal is as it was, and 130 says why."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from integration_cli.ledger import Ledger
from tests.integration_cli.liar import Liar, serving
from tests.integration_cli.story import WHOLE
from tests.integration_cli.test_locust import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

CLI = (sys.executable, "-m", "integration_cli")
SMALL = ("--users", "3", "--duration", "60")
HIDDEN, SHOWN = b"\x1b[?25l", b"\x1b[?25h"
PATIENCE = 120  # seconds


@asynccontextmanager
async def running(
    url: str, ledger: Path, *options: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A run, whose stderr is read line by line; it is ended if the test does not."""
    where = ("--app-url", url, "--ledger-dir", str(ledger), "--profile", str(WHOLE))
    process = await asyncio.create_subprocess_exec(
        *CLI, "concurrency", *SMALL, *options, *where,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(process: asyncio.subprocess.Process, said: str) -> None:
    """Wait until the run says something."""
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stderr.readline()).decode():
            if line.startswith(said):
                return
    raise AssertionError(f"it never said {said!r}")


async def ended(process: asyncio.subprocess.Process) -> str:
    """What else it says until its end."""
    _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    return said.decode()


class TestOnce:
    @pytest.mark.parametrize(
        ("phase", "options"),
        [
            ("preflight", ()),
            ("races", ()),
            ("mixed workload", ("--only", "mixed workload")),
            ("load", ("--only", "load", "--rate", "20")),
            ("disturbances", ("--only", "disturbances")),
        ],
    )
    async def test_everything_is_removed(
        self, tmp_path: Path, phase: str, options: tuple[str, ...]
    ) -> None:
        """In whichever phase: no user is left, no line in the ledger, and no stack trace."""
        liar = Liar()
        async with serving(liar) as url, running(url, tmp_path, *options) as process:
            await until(process, phase)
            await asyncio.sleep(0.3)  # into its middle
            process.send_signal(signal.SIGINT)
            said = await ended(process)
        assert said.splitlines()[-3:] == [
            "Interrupted: removing what the run created.",
            "cleanup",
            "Interrupted.",
        ]
        assert "Traceback" not in said
        assert process.returncode == 130
        assert (liar.users, liar.items) == ({}, {})
        assert Ledger(tmp_path).accounts() == []

    async def test_stopped_as_containers_are(self, tmp_path: Path) -> None:
        """SIGTERM does the same."""
        liar = Liar()
        async with serving(liar) as url, running(url, tmp_path) as process:
            await until(process, "races")
            process.terminate()
            await ended(process)
        assert process.returncode == 130
        assert (liar.users, liar.items) == ({}, {})

    async def test_the_terminal(self, tmp_path: Path) -> None:
        """Nothing of what was drawn is left, the cursor is shown again."""
        theirs, ours = os.openpty()
        liar = Liar()
        async with serving(liar) as url:
            process = await asyncio.create_subprocess_exec(
                *CLI, "concurrency", *SMALL, "--app-url", url, "--ledger-dir", str(tmp_path),
                "--profile", str(WHOLE),
                stdout=ours, stderr=ours, env=os.environ | {"TERM": "xterm"},
            )  # fmt: skip
            os.close(ours)
            reading = asyncio.create_task(asyncio.to_thread(_all, theirs))
            await asyncio.wait_for(liar.busy.wait(), PATIENCE)
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.wait(), PATIENCE)
        drawn = await reading
        os.close(theirs)
        assert process.returncode == 130
        assert drawn.rindex(SHOWN) > drawn.rindex(HIDDEN)
        assert drawn.endswith(b"Interrupted.\r\n")
        assert b"Traceback" not in drawn


def _all(terminal: int) -> bytes:
    """What is written to a terminal until its other side is closed."""
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # on Linux that is how it ends
        pass
    return b"".join(parts)


class Clinging(Liar):
    """An app that takes its time to delete a user."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_to_delete = asyncio.Event()
        self.lets_go = asyncio.Event()

    async def _answer(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if head.startswith("DELETE /users"):
            self.asked_to_delete.set()
            await self.lets_go.wait()
        await super()._answer(head, reader, writer)


class TestTwice:
    async def test_says_how_to_remove_it_later(self, tmp_path: Path) -> None:
        """A second Ctrl-C ends the cleaning up, and names the command that goes on with it."""
        liar = Clinging()
        async with serving(liar) as url, running(url, tmp_path) as process:
            await until(process, "races")
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(liar.asked_to_delete.wait(), PATIENCE)
            process.send_signal(signal.SIGINT)
            said = await ended(process)
            liar.lets_go.set()
            assert process.returncode == 130
            assert "Traceback" not in said
            [later] = [line for line in said.splitlines() if "cleanup --app-url" in line]
            python, *words = shlex.split(later.partition(": ")[2])
            assert python == "python"
            words[words.index("FILE")] = str(WHOLE)
            code, printed = await run(sys.executable, *words)
        assert code == 0, printed
        assert (liar.users, liar.items) == ({}, {})


class TestReport:
    async def test_is_no_verdict(self, tmp_path: Path) -> None:
        """Who interrupts the judging of a file is not told that a promise was broken (1)."""
        path = tmp_path / "never-written"
        os.mkfifo(path)
        process = await asyncio.create_subprocess_exec(
            *CLI, "concurrency", "report", str(path), stderr=asyncio.subprocess.PIPE
        )
        writing = os.open(path, os.O_WRONLY)  # waits until it reads
        process.send_signal(signal.SIGINT)
        said = await ended(process)
        os.close(writing)
        assert (process.returncode, said) == (130, "Interrupted.\n")
