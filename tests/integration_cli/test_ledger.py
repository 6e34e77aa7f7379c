"""The ledger, where what a run creates is written down before it is created."""

import subprocess
import sys
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
    files = list((tmp_path / "ledger").iterdir())
    assert [file.stat().st_mode & 0o077 for file in files] == [0] * len(files)
    assert Ledger(tmp_path / "ledger").accounts() == [ACCOUNT]


PROCESS = """
import sys
from pathlib import Path
from integration_cli.ledger import Account, Ledger
ledger, process = Ledger(Path(sys.argv[1])), sys.argv[2]
for number in range(50):
    passing, staying = (
        Account("run", "http://127.0.0.1", f"{who}-{process}-{number}@example.org", "secret")
        for who in ("passing", "staying")
    )
    ledger.add(passing)
    ledger.add(staying)
    ledger.remove([passing])
"""


def test_of_several_processes(tmp_path: Path) -> None:
    """Processes that write at once lose none of each other's accounts, and bring none back."""
    command = (sys.executable, "-c", PROCESS, tmp_path)
    processes = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    left = sorted(account.email for account in Ledger(tmp_path).accounts())
    assert left == sorted(f"staying-{p}-{n}@example.org" for p in range(3) for n in range(50))
