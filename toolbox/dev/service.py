"""The service's process, and its successor after each save."""

import multiprocessing
import socket
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from toolbox.dev import worker

# What the service imports that does not change with a save: a process that has all of it is forked,
# and the import of `api` is all that is left to do (measured: decision 45).
LIBRARIES = (
    "argon2",
    "asyncpg",
    "email_validator",
    "fastapi",
    "fastapi.openapi.utils",
    "httptools",
    "jwt",
    "multipart",
    "prometheus_client",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "uvicorn.lifespan.on",
    "uvicorn.main",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)

PATIENCE = 5  # seconds that a process has to end


class Service:
    """The process that serves now, and those that are about to end.

    Attributes:
        environment: what the next process is told.
    """

    def __init__(
        self, listener: socket.socket, output: socket.socket, environment: Mapping[str, str]
    ) -> None:
        """Take where to serve, where what is written goes, and what the service is told."""
        self._listener, self._output = listener, output
        self.environment = environment
        self._context = _context()
        self._serving: BaseProcess | None = None
        self._ending: list[BaseProcess] = []

    @property
    def sentinels(self) -> list[int]:
        """What becomes readable when the process that serves ends by itself."""
        return [self._serving.sentinel] if self._serving else []

    def replace(self) -> None:
        """Start a process with the code as it is now, and tell the one before to end."""
        before, what = self._serving, (self._listener, self._output, self.environment)
        self._serving = self._context.Process(target=worker.serve, args=what, daemon=True)
        self._serving.start()
        self._ending = [process for process in self._ending if process.is_alive()]
        if before is not None:
            before.terminate()
            self._ending.append(before)

    def forget_ended(self) -> None:
        """Take note that the process which served has ended."""
        if self._serving:
            self._serving.join()
            self._serving = None

    def stop(self) -> None:
        """End all processes, by force where need be."""
        processes = [*self._ending, *([self._serving] if self._serving else [])]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()


def _context() -> ForkServerContext | SpawnContext:
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*LIBRARIES])
        return context
    return multiprocessing.get_context("spawn")  # Windows cannot fork
