"""Programs of others that a test puts around the service, where they are installed."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.api.processes import wait_until
from toolbox.checkout import ROOT
from toolbox.postgres.account import server_account
from toolbox.postgres.ports import is_free
from toolbox.processes import child


def program(name: str) -> str:
    """Return where a program is, or skip the test."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install {name}")
    return path


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the account that runs servers owns: none of them runs as root."""
    account = server_account(ROOT)
    with TemporaryDirectory(prefix="peace-in-rest-") as name:
        path = Path(name)
        path.chmod(0o755)
        account.own(path)
        yield path


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server as that account until the context ends, from when its port is open."""
    account = server_account(ROOT)
    if account.uid is not None:
        command = [
            "setpriv",
            f"--reuid={account.uid}",
            f"--regid={account.gid}",
            "--clear-groups",
            *command,
        ]
    with child(command) as server:
        wait_until(lambda: server.poll() is not None or not is_free(port))
        assert server.poll() is None
        yield server
