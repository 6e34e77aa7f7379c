"""The ledger: which users our runs created, written down before each is, so that none is left.

One file of JSON lines per run. It holds passwords of throwaway users: only its owner may read it.
Several processes of a run may write at once (Locust's do): who changes the ledger holds its lock.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from integration_cli.outcome import Failure

DEFAULT_DIRECTORY = Path(".data/integration_cli")


@dataclass(frozen=True, slots=True)
class Account:
    """A user that a run creates in an app, and what it takes to sign in as it."""

    run_id: str
    app_url: str
    email: str
    password: str


class CannotWrite(Failure):
    """What a run creates cannot be written down, so it creates nothing."""


class Ledger:
    """The ledger files in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def add(self, account: Account) -> None:
        """Write an account down, and have it in the file when this returns.

        Raises:
            CannotWrite: the directory or the file cannot be written.
        """
        with self._changing():
            _append(self._path(account.run_id), [account])

    def accounts(self) -> list[Account]:
        """Every account in the ledger, each once, oldest run's file first by name."""
        files = sorted(self.directory.glob("*.jsonl"))
        return list(dict.fromkeys(account for file in files for account in _read(file)))

    def remove(self, gone: Iterable[Account]) -> None:
        """Strike accounts out; a run's file goes with its last account.

        Raises:
            CannotWrite: the directory or the file cannot be written.
        """
        struck = set(gone)
        with self._changing():
            for run_id in {account.run_id for account in struck}:
                path, new = self._path(run_id), self.directory / f"{run_id}.new"
                left = [account for account in _read(path) if account not in struck]
                new.unlink(missing_ok=True)
                _append(new, left)
                new.replace(path)
                if not left:
                    path.unlink()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let no other process change the ledger meanwhile."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self.directory / ".lock", mode=0o600, poll_interval=0.01):
                yield
        except OSError as exc:
            raise CannotWrite(
                f"Cannot write the ledger in {self.directory}: {exc.strerror}. "
                "Name another directory with --ledger-dir."
            ) from None

    def _path(self, run_id: str) -> Path:
        return self.directory / f"{run_id}.jsonl"


def _append(path: Path, accounts: Iterable[Account]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(account)) + "\n" for account in accounts)


def _read(path: Path) -> Iterator[Account]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield Account(**json.loads(line))
        except (ValueError, TypeError):
            # Cut short by a kill: the request that the line announces was never sent.
            continue
