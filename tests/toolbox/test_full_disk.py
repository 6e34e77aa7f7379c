"""A disk that is full: said in a sentence, and nothing half-made is in the way afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.toolbox import clusters
from tests.toolbox.clusters import remember, remembered
from toolbox.errors import ToolboxError
from toolbox.postgres.account import Account
from toolbox.postgres.cluster import Cluster

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)

SENTENCE = "The disk is full. Nothing is lost"


@dataclass(frozen=True)
class Disk:
    """A disk of a size that a test chooses."""

    folder: Path

    def resize(self, megabytes: int) -> None:
        """Make the disk larger or smaller."""
        self._mount(f"remount,size={megabytes}m")

    def mount(self, megabytes: int) -> None:
        """Begin with an empty disk of this size."""
        self._mount(f"size={megabytes}m,mode=755", "-t", "tmpfs", "tmpfs")

    def _mount(self, options: str, *what: str) -> None:
        subprocess.run(
            ["mount", "-o", options, *what, self.folder], check=True, capture_output=True
        )

    @contextmanager
    def full(self) -> Iterator[None]:
        """Fill what is left, as another program would."""
        filler = self.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield
        filler.unlink()


@pytest.fixture
def disk(place: Path) -> Iterator[Disk]:
    """A disk with room enough for a cluster."""
    disk = Disk(place)
    try:
        disk.mount(200)
    except subprocess.CalledProcessError as exc:
        pytest.skip(f"mount is not permitted: {exc.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk.folder], check=True)


@pytest.fixture
def stopped(disk: Disk, made: Path, account: Account) -> Iterator[Cluster]:
    """A cluster on the disk that was stopped."""
    cluster = clusters.copy(made, disk.folder / "postgres", account)
    yield cluster
    clusters.end(cluster)


@pytest.fixture
def absent(disk: Disk, account: Account) -> Iterator[Cluster]:
    """A cluster on the disk that has yet to be made."""
    cluster = Cluster(disk.folder / "postgres", account)
    yield cluster
    clusters.end(cluster)


class TestMaking:
    @pytest.mark.parametrize("megabytes", [20, 40])
    def test_says_so(self, absent: Cluster, disk: Disk, megabytes: int) -> None:
        """Too little room, for the programs or for the data, is explained; later all is made."""
        disk.resize(megabytes)
        with pytest.raises(ToolboxError, match=SENTENCE):
            absent.up()
        assert not absent.data.exists()
        disk.resize(200)
        remember(absent.up(), "made in the end")

    def test_says_so_at_the_first_file(self, absent: Cluster, disk: Disk, made: Path) -> None:
        """So is a disk that is full when all but the data is there."""
        absent.home.mkdir()
        programs = next(made.glob("programs-*"))
        (absent.home / programs.name).symlink_to(programs)
        with disk.full(), pytest.raises(ToolboxError, match=SENTENCE):
            absent.up()
        assert not absent.data.exists()


class TestStarting:
    def test_says_so(self, stopped: Cluster, disk: Disk) -> None:
        """A server that has no room to start is explained, and starts once there is some."""
        with disk.full(), pytest.raises(ToolboxError, match=SENTENCE):
            stopped.up()
        assert remembered(stopped.up()) == {"made"}

    def test_keeps_what_it_noted(self, stopped: Cluster, disk: Disk) -> None:
        """A file that cannot be written anew stays as it was, so that the port is not forgotten."""
        stopped.up()
        port = stopped.port
        stopped.stop()
        with disk.full(), pytest.raises(OSError, match="No space left"):
            stopped._write(stopped._port_file, "1" * 8192)
        assert stopped.port == port
