"""Which account of this machine runs Postgres: it refuses to run as root."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Account:
    """An account that owns the server's data and runs its processes; `uid` None is one's own.

    A stranger is one that other programs of this machine may run as too.
    """

    uid: int | None = None
    gid: int | None = None
    is_stranger: bool = False

    @property
    def run_as(self) -> dict[str, Any]:
        """The arguments that make `subprocess` run a command as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or a folder, without what is in it, to this account."""
        if sys.platform != "win32" and self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Tell whether this account may enter a folder: all folders above it matter too."""
        if self.uid is None:
            return True
        enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        entered = subprocess.run(enter, cwd="/", capture_output=True, check=False, **self.run_as)
        return entered.returncode == 0


def server_account(checkout: Path) -> Account:
    """Choose the account: one's own, and for root the checkout's owner or else `nobody`.

    No account is made: a tool that one runs from a clone should not change the machine's users.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return Account()
    import pwd  # noqa: PLC0415 - Windows has no such module

    owner = checkout.stat().st_uid
    known = {entry.pw_uid: entry for entry in pwd.getpwall()}
    if owner != 0 and owner in known:
        return Account(owner, known[owner].pw_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, is_stranger=True)
