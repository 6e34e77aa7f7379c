"""The ledger, where what a run creates is written down before it is created."""

from pathlib import Path

import pytest

from integration_cli.ledger import Account, CannotWrite, Ledger

ACCOUNT = Account("run", "http://127.0.0.1", "a@example.org", "secret")


def test_cannot_be_written(tmp_path: Path) -> None:
    """Where it cannot be written, one sentence says so, and nothing is created."""
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="--ledger-dir"):
        Ledger(tmp_path / "file" / "ledger").add(ACCOUNT)


def test_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Passwords of throwaway users are nobody else's to read."""
    Ledger(tmp_path / "ledger").add(ACCOUNT)
    [file] = (tmp_path / "ledger").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert Ledger(tmp_path / "ledger").accounts() == [ACCOUNT]
