"""A run that is killed, and so cannot tidy up: its ledger has all that it takes."""

import asyncio
import signal
import sys
from pathlib import Path

from integration_cli.ledger import Ledger
from tests.integration_cli.liar import Liar, serving
from tests.integration_cli.story import WHOLE
from tests.integration_cli.test_locust import run

PATIENCE = 60  # seconds until a run on a busy machine has made an item


async def test_cleanup_after_a_kill(tmp_path: Path) -> None:
    """`cleanup --run-id` removes every user of a run that was killed in its middle."""
    liar = Liar()
    cli = (sys.executable, "-m", "integration_cli")
    async with serving(liar) as url:
        where = ("--app-url", url, "--ledger-dir", str(tmp_path), "--profile", str(WHOLE))
        killed = await asyncio.create_subprocess_exec(
            *cli, "concurrency", *where, "--users", "3", stderr=asyncio.subprocess.DEVNULL
        )
        await asyncio.wait_for(liar.busy.wait(), PATIENCE)
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
        assert liar.users
        [run_id] = {one.run_id for one in Ledger(tmp_path).accounts()}
        code, printed = await run(*cli, "cleanup", "--run-id", run_id, *where)
    assert code == 0, printed
    assert liar.users == {}
    assert liar.items == {}
    assert Ledger(tmp_path).accounts() == []
