"""Folders, clusters and checkouts that a test may break; all of them are gone afterwards."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from tests.toolbox import clusters
from tests.toolbox.checkouts import Checkout
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.postgres.account import Account, server_account
from toolbox.postgres.cluster import Cluster


@pytest.fixture(scope="session")
def account() -> Account:
    """The account that runs a checkout's server: one's own, and for root another's."""
    return server_account(ROOT)


@pytest.fixture(scope="session")
def reachable(account: Account) -> Iterator[Path]:
    """A folder that the server's account may enter, which root's `tmp_path` is not."""
    with TemporaryDirectory(prefix="peace-in-rest-") as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        if not account.reaches(folder):
            pytest.skip(f"the server's account cannot reach {folder}: set TMPDIR")
        yield folder


@pytest.fixture
def place(reachable: Path) -> Iterator[Path]:
    """A folder for this test alone that the server's account may enter."""
    with TemporaryDirectory(dir=reachable) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def made(reachable: Path, account: Account) -> Path:
    """A cluster's home, to copy: it is stopped, and remembers the word `made`."""
    home = reachable / "made"
    cluster = Cluster(home, account)
    try:
        clusters.remember(cluster.up(), "made")
        cluster.stop()
    finally:
        clusters.end(cluster)
    return home


@pytest.fixture
def cluster(place: Path, made: Path, account: Account) -> Iterator[Cluster]:
    """A stopped cluster for this test alone."""
    copy = clusters.copy(made, place / "postgres", account)
    yield copy
    clusters.end(copy)


@pytest.fixture(scope="session")
def server(reachable: Path, made: Path, account: Account) -> Iterator[str]:
    """The URL of a server that no other program, and no other worker's test, uses."""
    copy = clusters.copy(made, reachable / "server", account)
    try:
        yield copy.up()
    finally:
        clusters.end(copy)


@pytest.fixture
def database(databases: Throwaways) -> Iterator[str]:
    """The URL of an empty database for this test alone."""
    url = databases.create(uuid4().hex[:8])
    yield url
    databases.drop(url)


@pytest.fixture
def checkout(tmp_path: Path, database: str) -> Checkout:
    """A copy of this checkout whose database is an empty one of its own."""
    return Checkout.copy(tmp_path / "checkout", DATABASE_URL=database)


@pytest.fixture
def own(place: Path, account: Account) -> Checkout:
    """A copy of this checkout that has no DATABASE_URL."""
    checkout = Checkout.copy(place / "checkout")
    account.own(checkout.root)
    return checkout


@pytest.fixture
def with_git(own: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """That checkout is a git repository, with a commit on its branch main."""
    # Root's checkout here belongs to the server's account, which git would not trust.
    trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}
    for variable, value in trust.items():
        monkeypatch.setenv(f"GIT_CONFIG_{variable}", value)
    own.git("init", "--quiet", "--initial-branch=main")
    own.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a", "--allow-empty")


@pytest.fixture
def its_cluster(own: Checkout, made: Path, account: Account) -> Iterator[Cluster]:
    """The cluster of that checkout, stopped."""
    (own.root / ".data").mkdir()
    cluster = clusters.copy(made, own.root / ".data" / "postgres", account)
    yield cluster
    clusters.end(cluster)
