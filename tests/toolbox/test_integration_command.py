"""The integration command starts a server only for what talks to one."""

import pytest
from click.testing import CliRunner

from toolbox.commands import run


@pytest.mark.parametrize(
    "arguments",
    [
        ("concurrency", "explain", "fresh-reads"),
        ("concurrency", "report", "history.jsonl"),
        ("concurrency", "compare", "before.jsonl", "after.jsonl"),
    ],
)
def test_reading_needs_no_app(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads a page or a file is handed over as it is, with no server and no address."""
    monkeypatch.delenv("APP_URL", raising=False)
    handed: list[list[str]] = []

    def integrate(command: list[str]) -> int:
        handed.append(command)
        return 0

    monkeypatch.setattr(run, "_integrate", integrate)
    monkeypatch.setattr(run, "choose", lambda: pytest.fail("it starts a database"))
    # Both are for a process of its own, which this one is not.
    monkeypatch.setattr(run, "end_like_ctrl_c", lambda: None)
    monkeypatch.setattr(run, "end_with_parent", lambda: None)
    assert CliRunner().invoke(run.integration, arguments).exit_code == 0
    assert handed == [[*arguments]]
