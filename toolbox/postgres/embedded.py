"""The default: a Postgres for this checkout alone, with nothing to install."""

import hashlib
from pathlib import Path

from toolbox.checkout import DATA, ROOT
from toolbox.databases import on_same_server
from toolbox.errors import NotWell
from toolbox.postgres.account import server_account
from toolbox.postgres.branches import Branches
from toolbox.postgres.cluster import DATABASE, Cluster

SPECIAL = frozenset('"$`\n')


class Embedded:
    """The Postgres of this checkout, in its `.data` folder."""

    name = "embedded"

    def __init__(self, data: Path = DATA) -> None:
        """Take the folder of the checkout's data."""
        self.branches = Branches(data)
        self._account = server_account(ROOT)
        self._data = data

    @property
    def _cluster(self) -> Cluster:
        return Cluster(self._home(), self._account)

    def _home(self) -> Path:
        """Return the cluster's folder, elsewhere if the server's account cannot reach `.data`.

        That happens to root alone, whose checkout may lie where no other account may look.
        """
        if special := SPECIAL & set(str(self._data)):
            raise NotWell(
                f"The checkout's path has {' '.join(sorted(special))} in it, which Postgres's "
                "programs pass to a shell. Move it to a path without."
            )
        try:
            self._data.mkdir(exist_ok=True)
        except OSError as exc:
            raise NotWell(
                f"The checkout cannot be written to ({exc.strerror}): {self._data}\n"
                "  Use a writable one, or name a database by DATABASE_URL."
            ) from None
        home = self._data / "postgres"
        if home.is_symlink() or self._account.reaches(self._data):
            return home.resolve()
        digest = hashlib.sha256(str(self._data).encode()).hexdigest()[:12]
        elsewhere = Path("/var/lib/peace-in-rest") / digest / "postgres"
        elsewhere.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        home.symlink_to(elsewhere)
        return elsewhere

    def up(self) -> str:
        """Return the database's URL, that of the git branch if it has one of its own."""
        return self.in_use(self._cluster.up())

    def in_use(self, url: str) -> str:
        """Return the URL of the database that is in use now, by that of one that was before."""
        return on_same_server(url, self.branches.current() or DATABASE)

    def status(self) -> str:
        """Say whether it runs, and where."""
        cluster = self._cluster
        if cluster.pid is None:
            cluster.check()
            return "stopped; nox -s db starts it"
        own = self.branches.current()
        where = f", database {own} of this git branch" if own else ""
        runs = f"runs on 127.0.0.1:{cluster.port}, process {cluster.pid}"
        return f"{runs}, data in {cluster.data}{where}"

    def stop(self) -> str:
        """Stop it; its data stays."""
        return "Postgres is stopped." if self._cluster.stop() else "Postgres did not run."

    def reset(self) -> str:
        """Delete the data and make an empty database."""
        self._cluster.delete()
        self.branches.forget_all()
        self.up()
        return "The database is empty. Make its tables with: nox -s migrate"
