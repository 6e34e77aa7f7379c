"""Where several workers keep their figures, and what the process above them does about it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

# The name is prometheus_client's; it reads it when it is first imported.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def folder_for_workers() -> Iterator[None]:
    """Give the workers that start in this context a folder for their figures; it is gone after.

    It is a new one, whatever the variable said before: another run's files would be added.
    """
    with TemporaryDirectory(prefix="pir-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


class MeasuredWorkers(Multiprocess):
    """Keeps the workers alive, and takes those that are gone out of the gauges.

    What they counted stays: a counter never goes back.
    """

    _known: frozenset[int] = frozenset()

    def keep_subprocess_alive(self) -> None:
        """Replace workers that died, and forget what was in flight in those that are no more.

        This runs twice a second, after every signal too: it sees each way in which a worker goes.
        """
        super().keep_subprocess_alive()
        alive = frozenset(process.pid for process in self.processes if process.pid is not None)
        for pid in self._known - alive:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        self._known = alive
