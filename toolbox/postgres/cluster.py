"""A Postgres cluster that a checkout has for itself: made, started and stopped on demand."""

import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from filelock import FileLock, Timeout

from toolbox.errors import NotWell
from toolbox.postgres import binaries, faults, placement, ports, postmaster
from toolbox.postgres.account import Account

DATABASE = "pir"
USER = "postgres"

START_TIMEOUT = 60  # seconds; a server that was killed may have to recover first

LITTLE_ROOM = 1024 * 1024  # bytes; no server starts in less


class ProgramFailed(Exception):
    """One of Postgres's programs failed; the message is what it said."""


class Cluster:
    """One data directory, the server that runs on it, and what must be remembered of it."""

    def __init__(self, home: Path, account: Account) -> None:
        """Take the folder for all of it, which need not exist, and the account that runs it."""
        self.home = home
        self.account = account
        self.data = home / "data"
        self.log = home / "log"
        self._port_file = home / "port"
        self._password_file = home / "password"

    @property
    def port(self) -> int:
        """The port of the running server, and else the one that was chosen for it."""
        if self.pid is not None:
            # What it says itself holds even if the session that started it was killed meanwhile.
            return postmaster.running_port(self.data)
        return int(self._port_file.read_text())

    @property
    def url(self) -> str:
        """The URL of the cluster's database, with its password."""
        return f"postgresql://{USER}:{self._password_file.read_text()}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        with self._explained():
            return postmaster.running_pid(self.data)

    def up(self) -> str:
        """Return the URL of the running server, which is made and started if need be.

        Raises:
            ToolboxError: it cannot be started; the message says why, and nothing is lost.
        """
        with self._explained(), self._alone():
            if self.pid is None:
                self._make()
                self._start()
            self._wait_until_ready()
            return self.url

    def check(self) -> None:
        """Look whether the data can be served, without serving it.

        Raises:
            ToolboxError: it is another version's or another account's.
        """
        with self._explained():
            self._check_version()

    def stop(self) -> bool:
        """Stop the server, after which its data is complete on disk; False if it does not run."""
        with self._explained(), self._alone():
            return self._stop()

    def delete(self) -> None:
        """Stop the server and delete its data; the port is kept."""
        with self._explained(), self._alone():
            self._stop()
            if self.data.exists():
                # At once, so that half of it is never taken for a database.
                self.data.rename(self.home / f"data.unfinished-{secrets.token_hex(4)}")
            self._delete_unfinished()

    def _stop(self) -> bool:
        if self.pid is None:
            return False
        self._run("pg_ctl", "stop", "--mode=fast", f"--timeout={START_TIMEOUT}", "--silent")
        return True

    def _delete_unfinished(self) -> None:
        for left in self.home.glob("data.unfinished-*"):
            shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what goes wrong into a sentence that says what it means."""
        try:
            yield
        except ProgramFailed as exc:
            words = str(exc)
        except shutil.Error as exc:  # of the many files that could not be copied, the first
            words = exc.args[0][0][-1]
        except OSError as exc:
            words = str(exc)
        else:
            return
        # Where nothing can be written, what Postgres said of it could not be written either.
        if self.home.exists() and shutil.disk_usage(self.home).free < LITTLE_ROOM:
            words += f"\nNo space left on device: {self.home}"
        raise NotWell(faults.explain(words, str(self.log)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold a lock that no other session of this checkout has; the kernel frees a dead one's."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        path = self.home.with_name(f"{self.home.name}.lock")
        try:
            with FileLock(path, timeout=2 * START_TIMEOUT):
                self.account.own(path)
                yield
        except Timeout:
            raise NotWell(
                f"Another session has been starting or stopping Postgres for {2 * START_TIMEOUT} "
                f"seconds. See what it does, or end it: it holds the lock on {path}."
            ) from None

    def _make(self) -> None:
        """Make the data directory, if there is none; half of one is never left behind."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.account.is_stranger:
            # It may pass through, and not put links where root is about to write.
            self.home.chmod(0o711)
        else:
            self.account.own(self.home)
        self._check_version()
        binaries.install(self.home)
        if self.data.exists():
            return
        click.echo("Making a Postgres database for this checkout ...", err=True)
        self._delete_unfinished()
        # A name of its own: the initdb of a session that was killed may still be at work.
        unfinished = self.home / f"data.unfinished-{secrets.token_hex(4)}"
        unfinished.mkdir(mode=0o700)
        self.account.own(unfinished)
        self._write(self._password_file, secrets.token_urlsafe(24))
        self._run(
            "initdb",
            f"--username={USER}",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # Built in, so that text sorts alike on every machine.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            data=unfinished,
        )
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        version_file = self.data / "PG_VERSION"
        major = version_file.read_text().strip() if version_file.exists() else binaries.MAJOR
        if major != binaries.MAJOR:
            raise NotWell(
                f"{self.data} holds the data of Postgres {major}, and this checkout brings "
                f"Postgres {binaries.MAJOR}. The data was left as it is. To keep it, go back to "
                f"the lock file that brought Postgres {major} and save it with pg_dump; then, or "
                "if you do not need it: nox -s db -- reset"
            )

    def _start(self) -> None:
        binaries.delete_others(self.home)
        postmaster.forget_reused_pid(self.data)
        placement.spread(self.data / "base")
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".previous"))
        self._write(self.log, "")
        deadline = time.monotonic() + START_TIMEOUT
        port = self._choose_port()
        while (words := self._try_to_start(port)) is not None:
            if re.search(faults.PORT_TAKEN, words):
                port = self._choose_port(after=port)
            elif not re.search(faults.STILL_DYING, words) or time.monotonic() > deadline:
                raise ProgramFailed(words)
            else:  # the processes of a server that was killed need a moment to notice it
                time.sleep(0.2)

    def _try_to_start(self, port: int) -> str | None:
        """Start the server; return None, or what it wrote when it failed."""
        said = self.log.stat().st_size
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "''",
            "max_connections": 100,
            "log_line_prefix": "'%m %d '",
            "timezone": "UTC",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        try:
            self._run(
                "pg_ctl",
                "start",
                "--wait",
                "--silent",
                f"--timeout={START_TIMEOUT}",
                f"--log={self.log}",
                "--options",
                options,
            )
        except ProgramFailed as exc:
            return self.log.read_text(errors="replace")[said:] or str(exc)
        self._write(self._port_file, str(port))
        return None

    def _choose_port(self, after: int | None = None) -> int:
        remembered = self.port if self._port_file.exists() else None
        return ports.choose(self.home, remembered, after)

    def _wait_until_ready(self) -> None:
        """Wait until the server lets us in, and make the database if it is not there yet."""
        deadline = time.monotonic() + START_TIMEOUT
        maintenance = self.url.removesuffix(DATABASE) + "postgres"
        while True:
            try:
                with psycopg.connect(maintenance, autocommit=True, connect_timeout=5) as connection:
                    known = connection.execute(
                        "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                    )
                    if known.fetchone() is None:
                        connection.execute(f"CREATE DATABASE {DATABASE}")
                return
            except psycopg.OperationalError as exc:
                if "too many clients" in str(exc):
                    return
                if time.monotonic() > deadline:
                    raise NotWell(
                        f"Postgres runs, but does not let us in: {exc}\n  Its log: {self.log}"
                    ) from None
                if self.pid is None:  # it was being killed when we looked
                    self._start()
                time.sleep(0.05)

    def _run(self, name: str, *arguments: str, data: Path | None = None) -> None:
        """Run one of Postgres's programs on the data directory, as the account.

        Raises:
            ProgramFailed: it failed.
        """
        root = binaries.install(self.home)
        program = str(binaries.program(name, root))
        command = [program, *arguments, f"--pgdata={data or self.data}"]
        # No pipes: the server that pg_ctl starts would inherit them, and whoever reads their other
        # end would wait for it.
        output = self.home / f"{name}.out"
        self._write(output, "")
        with output.open("w") as file:
            done = subprocess.run(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
                **self.account.run_as,
            )
        words = output.read_text(errors="replace")
        output.unlink()
        if done.returncode != 0:
            raise ProgramFailed(words)

    def _write(self, path: Path, text: str) -> None:
        """Write a file in one step: a full disk leaves the one that was there."""
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(text)
        self.account.own(unfinished)
        unfinished.replace(path)
