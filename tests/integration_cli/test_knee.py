"""A load of several steps: what it writes can still be told apart."""

import sys
from collections import Counter
from pathlib import Path

from integration_cli.history import read_history
from integration_cli.operation import Kind
from tests.integration_cli.liar import Liar, serving
from tests.integration_cli.story import WHOLE
from tests.integration_cli.test_locust import run


async def test_every_write_is_unique(tmp_path: Path) -> None:
    """No value is written in two steps: the second would look like an older version."""
    path = tmp_path / "h.jsonl"
    async with serving(Liar()) as url:
        options = "--users 2 --only load --rate 20 --knee --duration 0.5 --errors 100% --p99 60s"
        files = ("--history", path, "--ledger-dir", tmp_path)
        command = (sys.executable, "-m", "integration_cli", "concurrency", "--app-url", url)
        await run(*command, "--profile", WHOLE, *options.split(), *files)
    history = read_history(path)
    assert len(history.notes["load"]) > 1
    values = Counter(
        str(one.body)
        for one in history.operations
        if one.phase == "load" and one.kind is Kind.UPDATE_ITEM
    )
    assert [value for value, count in values.items() if count > 1] == []
