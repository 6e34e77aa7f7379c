"""The load that Locust distributes: its processes record, and their histories are judged as one."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from integration_cli.checks.catalogue import BY_NAME
from integration_cli.ledger import Ledger
from integration_cli.locust.export import SHOWN
from tests.integration_cli.liar import Liar, serving
from tests.integration_cli.story import WHOLE


async def run(*command: object) -> tuple[int, str]:
    """Run a command while this process serves; its exit code and what it printed."""
    here = {"PYTHONPATH": str(Path.cwd()), "PYTHONWARNINGS": "ignore"}
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        env=os.environ | here,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def judged(lie: str, directory: Path) -> tuple[int, str]:
    """What is found of a liar after a short load by two processes."""
    cli = (sys.executable, "-m", "integration_cli", "concurrency")
    file = directory / "locustfile.py"
    async with serving(Liar(lie)) as url:
        code, printed = await run(
            *cli, "export-locust", *("--app-url", url, "--profile", WHOLE),
            *("--ledger-dir", directory, "--out", file),
        )  # fmt: skip
        assert code == 0, printed
        file.write_text(file.read_text().replace('PROFILE = ""', f'PROFILE = "{WHOLE}"'))
        users = ("--users", 4, "--spawn-rate", 4, "--run-time", "2s", "--processes", 2)
        _, printed = await run(
            sys.executable, "-m", "locust", "-f", file, "--headless", *users, "--stop-timeout", 30
        )
    histories = sorted((directory / "history").iterdir())
    assert len(histories) == 2, printed
    assert Ledger(directory).accounts() == []  # every user has left
    return await run(*cli, "report", *histories, "--profile", WHOLE)


async def test_an_honest_app(tmp_path: Path) -> None:
    """An app that keeps its promises is not accused."""
    code, printed = await judged("", tmp_path)
    assert "violated" not in printed
    assert code in {0, 5}, printed  # what the little app lacks cannot be judged


async def test_a_forgetful_app(tmp_path: Path) -> None:
    """One that loses what it acknowledged is found out, across processes."""
    code, printed = await judged("forgets", tmp_path)
    assert code == 1, printed
    assert "violated     durable-acknowledgement" in printed


@pytest.mark.parametrize("name", SHOWN)
def test_invariants_exist(name: str) -> None:
    assert name in BY_NAME
