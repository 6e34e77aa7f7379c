"""A Postgres of these tests' own, which they may stop, kill and cut off."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.toolbox import clusters
from toolbox.checkout import ROOT
from toolbox.migrations.alembic import upgrade
from toolbox.postgres.account import server_account
from toolbox.postgres.cluster import Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that runs, for the tests of one module."""
    account = server_account(ROOT)
    # Not below `tmp_path`, which root's server cannot reach.
    with TemporaryDirectory(prefix="peace-in-rest-") as name:
        home = Path(name).resolve()
        home.chmod(0o755)
        cluster = Cluster(home / "postgres", account)
        try:
            upgrade(cluster.up(), quiet=True)
            yield cluster
        finally:
            clusters.end(cluster)
