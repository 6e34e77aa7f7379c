"""Databases at head, each for one test, made before they are asked for."""

from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count

from toolbox.databases import Throwaways


class Clones:
    """Makes and drops databases in a thread: a test waits for neither, as its disk is slow at both.

    The first one that is taken begins it; a run whose tests need none makes none.
    """

    def __init__(self, databases: Throwaways, template: str) -> None:
        """Take what makes databases, and the name of the one to make them of."""
        self._databases = databases
        self._template = template
        self._numbers = count(1)
        self._thread = ThreadPoolExecutor(1)
        self._next: Future[str] | None = None
        self._drops: list[Future[None]] = []

    def take(self) -> str:
        """Return the URL of a database that nobody else has."""
        made = self._next or self._make()
        self._next = self._make()
        return made.result()

    def drop(self, url: str) -> None:
        """Drop a database that was taken, some time soon."""
        self._drops.append(self._thread.submit(self._databases.drop, url))

    def close(self) -> None:
        """Wait until all that was to be done is done, and raise what went wrong in it."""
        self._thread.shutdown()
        for done in self._drops:
            done.result()

    def _make(self) -> Future[str]:
        label = f"own_{next(self._numbers)}"
        return self._thread.submit(self._databases.create, label, self._template)
