"""Several processes that serve one socket: replaced when they die, and restarted without a gap.

Uvicorn's own supervisor and server do most of it, but a connection that is open and idle they close
at once when its worker ends, perhaps just as its client sends the next request, which is then
reset; and while they restart a worker they hear nothing, not even the order to stop (decision 15).
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

from prometheus_client.multiprocess import mark_process_dead
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

log = logging.getLogger(__name__)

# Seconds in which a worker that ends answers whoever still has a connection to it, and asks each to
# close it. Longer than a client in use pauses between two requests.
DRAIN = 1.0

# Seconds after which a new worker that is not ready is given up, as is one that does not answer:
# on a machine with much else to do, starting takes ten times as long.
PATIENCE = 30.0

# Seconds that workers have to end: longer than requests in flight have (GRACE), and shorter than
# the 30 after which Kubernetes kills.
LAST_CALL = 26.0

PARENT_CHECK_INTERVAL = 1.0  # seconds


class DrainingServer(Server):
    """A server that, when it ends, lets its clients close their connections."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, answer with `Connection: close` for a while, and then end as ever."""
        # uvloop closes with a server the socket that it was given.
        listeners = [listener.dup() for listener in sockets or []]
        for server in self.servers:
            server.close()
        for listener in listeners:
            await self._serve_who_waits(listener)
            listener.close()
        # A new list, as the protocols take it anew for each request.
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        deadline = time.monotonic() + DRAIN
        while state.connections and time.monotonic() < deadline and not self.force_exit:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
        await super().shutdown()

    async def _serve_who_waits(self, listener: socket.socket) -> None:
        """Take the connections that the kernel has made already, and would reset otherwise."""
        loop = asyncio.get_running_loop()
        listener.settimeout(0)
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            await loop.connect_accepted_socket(self._make_protocol, connection)

    def _make_protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


class Worker(Process):
    """A process that serves, and ends when the one that watches over it has gone."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._supervisor = os.getpid()
        self._asked: float | None = None

    def hangs(self) -> bool:
        """Tell whether it has not answered for long; asking does not wait for the answer."""
        try:
            if self.parent_conn.poll():
                self.parent_conn.recv()
                self._asked = None
            if self._asked is None:
                self.parent_conn.send(b"ping")
                self._asked = time.monotonic()
        except (OSError, EOFError):
            return True  # it died just now
        return time.monotonic() - self._asked > PATIENCE

    @property
    def server(self) -> Server:
        """What serves in this process."""
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, in the new process."""
        threading.Thread(target=_end_with, args=[self._supervisor], daemon=True).start()
        try:
            self.config.load()
        except Exception:
            log.exception("The application cannot be made.")
            sys.exit(STARTUP_FAILURE)
        super().target(sockets)


def _end_with(supervisor: int) -> None:
    """End when nobody would replace this process any more, or tell it to end."""
    while os.getppid() == supervisor:
        time.sleep(PARENT_CHECK_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)


class Workers(Multiprocess):
    """Keeps as many workers alive as were asked for; SIGHUP replaces them one after the other."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.processes: list[Worker] = []  # type: ignore[assignment]
        self.failed = False
        self._retiring: list[Worker] = []
        self._measured: frozenset[int] = frozenset()

    def init_processes(self) -> None:
        """Start the workers."""
        self.processes = [self._start() for _ in range(self.processes_num)]

    def _start(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker

    def keep_subprocess_alive(self) -> None:
        """Replace workers that died or hang; this runs twice a second."""
        for index, worker in enumerate(self.processes):
            if worker.process.is_alive() and not worker.hangs():
                continue
            worker.kill()
            worker.join()
            if worker.exitcode == STARTUP_FAILURE:
                log.error("A worker cannot start, and no other could.")
                self.failed = True
                self.should_exit.set()
                return
            log.warning(
                "Worker %d died with %s; another takes its place.", worker.pid, worker.exitcode
            )
            self.processes[index] = self._start()
        self._forget_the_dead()

    def _forget_the_dead(self) -> None:
        """Take those that are gone out of the gauges; what they counted stays counted."""
        self._retiring = [worker for worker in self._retiring if worker.process.is_alive()]
        alive = frozenset(worker.pid for worker in [*self.processes, *self._retiring] if worker.pid)
        for pid in self._measured - alive:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        self._measured = alive

    # The number of workers stays: it decides how many connections each may have.
    handle_ttin = handle_ttou = None  # type: ignore[assignment]

    def restart_all(self) -> None:
        """Replace each worker by a new one, which is ready before the old one is told to end.

        The old one finishes in its own time: meanwhile the others are watched, and an order to
        stop is heard.
        """
        for index, old in enumerate(self.processes):
            new = self._start()
            if not new.wait_until_ready(PATIENCE, self._ordered_to_stop()):
                new.kill()
                new.join()
                log.error("A new worker was not ready: those that serve go on, as they are.")
                return
            self.processes[index] = new
            old.terminate()
            self._retiring.append(old)

    def _ordered_to_stop(self) -> Any:  # noqa: ANN401 - what has `is_set`, as an Event has
        return _Ordered(self.signal_queue)

    def terminate_all(self) -> None:
        """Tell all workers to end; from then on nobody is kept waiting who cannot be served."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def join_all(self) -> None:
        """Wait until all workers have ended; one that does not in time is killed."""
        deadline = time.monotonic() + LAST_CALL
        for worker in [*self.processes, *self._retiring]:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                log.error("Worker %d does not end, and is killed.", worker.pid)
                worker.kill()
            worker.join()


class _Ordered:
    """Tells whether a signal to stop waits to be handled."""

    def __init__(self, signals: list[int]) -> None:
        self._signals = signals

    def is_set(self) -> bool:
        return bool({signal.SIGINT, signal.SIGTERM} & set(self._signals))
