"""`python -m toolbox db`, as a user runs it, in a checkout with a Postgres of its own."""

from pathlib import Path

import pytest

from tests.toolbox import clusters
from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import query, remembered
from toolbox.postgres.account import Account
from toolbox.postgres.cluster import Cluster


class TestUrl:
    def test_is_all_that_is_printed(self, own: Checkout, its_cluster: Cluster) -> None:
        """A script can take the URL from standard output, after a start too; `db` alone does it."""
        for arguments in (["db", "url"], ["db"]):
            done = own.toolbox(*arguments)
            assert (done.returncode, done.stdout) == (0, f"{its_cluster.url}\n")
        assert remembered(its_cluster.url) == {"made"}


class TestStatus:
    def test_of_a_stopped_and_a_running_one(self, own: Checkout, its_cluster: Cluster) -> None:
        """It says whether the server runs, and where; to look does not start anything."""
        assert "Postgres (embedded): stopped" in own.toolbox("db", "status").stdout
        assert its_cluster.pid is None
        its_cluster.up()
        said = own.toolbox("db", "status").stdout
        for words in (f"127.0.0.1:{its_cluster.port}", f"process {its_cluster.pid}"):
            assert words in said

    def test_of_an_unreachable_one(self, own: Checkout) -> None:
        """A DATABASE_URL that leads nowhere is said in a line or two, and where to ask further."""
        done = own.toolbox("db", "status", DATABASE_URL="postgresql://ada@127.0.0.1:1/ada")
        assert done.returncode == 1
        assert done.stderr.startswith("Error: DATABASE_URL cannot be used")
        assert done.stderr.count("\n") <= 3
        assert "nox -s doctor" in done.stderr


class TestPsql:
    def test_passes_its_arguments_on(self, own: Checkout, server: str) -> None:
        """Options are psql's own."""
        done = own.toolbox("db", "psql", "-Atc", "SELECT current_database()", DATABASE_URL=server)
        assert (done.returncode, done.stdout) == (0, "pir\n")

    def test_on_another_database(self, own: Checkout, server: str) -> None:
        """A name in front of the options is another database of the same server, for which what
        the URL says after its question mark holds too."""
        url = f"{server}?options=-c%20search_path%3Da/b"
        command = "SELECT current_database(), current_setting('search_path')"
        done = own.toolbox("db", "psql", "postgres", "-Atc", command, DATABASE_URL=url)
        assert (done.returncode, done.stdout) == (0, "postgres|a/b\n")

    def test_passes_its_exit_code_on(self, own: Checkout, server: str) -> None:
        """A script can rely on psql's exit code."""
        done = own.toolbox("db", "psql", "-c", "SELECT nothing", DATABASE_URL=server)
        assert done.returncode == 1
        assert 'column "nothing" does not exist' in done.stderr


class TestStop:
    def test_and_again(self, own: Checkout, its_cluster: Cluster) -> None:
        """To stop is to stop: the second time there is nothing to do, and that is no error."""
        its_cluster.up()
        assert own.toolbox("db", "stop").stdout == "Postgres is stopped.\n"
        assert its_cluster.pid is None
        again = own.toolbox("db", "stop")
        assert (again.returncode, again.stdout) == (0, "Postgres did not run.\n")


class TestReset:
    @pytest.mark.parametrize("answer", ["n\n", ""])
    def test_unless_told_yes(self, own: Checkout, its_cluster: Cluster, answer: str) -> None:
        """No, and a standard input that is closed, leave the data as it is."""
        done = own.toolbox("db", "reset", answer=answer)
        assert done.returncode == 1
        assert "Delete all data" in done.stdout
        assert remembered(its_cluster.up()) == {"made"}

    def test_yes(self, own: Checkout, its_cluster: Cluster) -> None:
        """With --yes nobody is asked: the database is empty, and runs."""
        its_cluster.up()
        done = own.toolbox("db", "reset", "--yes")
        assert done.returncode == 0
        assert query(its_cluster.url, "SELECT * FROM pg_tables WHERE schemaname = 'public'") == []

    def test_never_of_a_given_one(self, own: Checkout, server: str) -> None:
        """What somebody else runs is not emptied, whatever is answered."""
        before = query(server, "SELECT pg_postmaster_start_time()")
        done = own.toolbox("db", "reset", "--yes", DATABASE_URL=server)
        assert done.returncode == 1
        assert "never reset" in done.stderr
        assert query(server, "SELECT pg_postmaster_start_time()") == before


class TestSnapshot:
    def test_and_back(self, own: Checkout, its_cluster: Cluster) -> None:
        """What was kept comes back, and is listed until it is dropped."""
        url = its_cluster.up()
        assert own.toolbox("db", "snapshot", "before").returncode == 0
        clusters.remember(url, "later")
        assert own.toolbox("db", "restore", "before").returncode == 0
        assert remembered(url) == {"made"}
        assert own.toolbox("db", "snapshot").stdout.startswith("before ")
        assert own.toolbox("db", "snapshot", "--drop", "before").returncode == 0
        none = own.toolbox("db", "snapshot")
        assert (none.stdout, "snapshot NAME" in none.stderr) == ("", True)

    def test_of_an_unknown_name(self, own: Checkout, its_cluster: Cluster) -> None:
        """A name that nothing has is answered with those that there are, and changes nothing."""
        url = its_cluster.up()
        done = own.toolbox("db", "restore", "nothing")
        assert done.returncode == 1
        assert "There is no snapshot 'nothing'; there is: none." in done.stderr
        assert remembered(url) == {"made"}


class TestBranch:
    @pytest.mark.usefixtures("with_git")
    def test_has_its_own(self, own: Checkout, its_cluster: Cluster) -> None:
        """What happens in a branch's database is not seen in another branch, and goes with it."""
        shared = its_cluster.up()
        own.git("switch", "--quiet", "--create", "feature/one")
        assert own.toolbox("db", "branch").returncode == 0
        branch = own.toolbox("db", "url").stdout.strip()
        clusters.remember(branch, "here")
        own.git("switch", "--quiet", "main")
        assert own.toolbox("db", "url").stdout.strip() == shared
        assert remembered(shared) == {"made"}
        own.git("branch", "--quiet", "-D", "feature/one")
        assert "feature/one is dropped" in own.toolbox("db", "branch", "--prune").stdout
        names = {name for (name,) in query(shared, "SELECT datname FROM pg_database")}
        assert branch.rpartition("/")[2] not in names

    def test_without_git(self, own: Checkout, its_cluster: Cluster) -> None:
        """Where no branch is checked out, there is none to have a database."""
        its_cluster.up()
        done = own.toolbox("db", "branch")
        assert (done.returncode, "No git branch" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["db", "--nope"],
        ["db", "status", "extra"],
        ["db", "snapshot", "--drop"],
        ["db", "snapshot", "one", "--drop", "--replace"],
    ],
)
def test_wrong_usage(own: Checkout, arguments: list[str]) -> None:
    """What a command does not know is refused with its usage, before anything is done."""
    done = own.toolbox(*arguments)
    assert done.returncode == 2
    assert sum(line.startswith("Usage: ") for line in done.stderr.splitlines()) == 1
    assert not (own.root / ".data").exists()


def test_usage_under_nox(own: Checkout) -> None:
    """What is refused names the session, as whoever typed it did, and how it shows its help."""
    for command, name in (("db", "db"), ("check-migrations", "check_migrations")):
        done = own.toolbox(command, "nope", NOX_CURRENT_SESSION=name)
        assert done.returncode == 2
        assert f"Usage: nox -s {name} -- [" in done.stderr
        assert f"Try 'nox -s {name} -- --help' for help." in done.stderr


def test_unreachable_checkout(tmp_path: Path, account: Account) -> None:
    """Where root's server account may not enter the checkout, its data lies elsewhere."""
    if account.uid is None:
        pytest.skip("only root's server runs as another account")
    tmp_path.chmod(0o700)
    checkout = Checkout.copy(tmp_path / "checkout")
    account.own(checkout.root)
    home = checkout.root / ".data" / "postgres"
    try:
        assert "stopped" in checkout.toolbox("db", "status").stdout
        assert account.reaches(home.resolve().parent)
        assert "stopped" in checkout.toolbox("db", "status").stdout
    finally:
        elsewhere = home.resolve().parent
        assert "peace-in-rest" in str(elsewhere)
        elsewhere.rmdir()
        if not any(elsewhere.parent.iterdir()):
            elsewhere.parent.rmdir()
