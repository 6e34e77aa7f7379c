"""Several processes that serve one socket: replaced when they die, and restarted without a gap.

Uvicorn's own supervisor does most of it, but while it restarts a worker it hears nothing, not even
the order to stop (decision 15). How a worker ends is in api/draining.py.
"""

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time

from prometheus_client.multiprocess import mark_process_dead
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api.draining import STILL, DrainingServer

log = logging.getLogger(__name__)

# Seconds after which a new worker that does not answer is given up. It takes one or two to start,
# and took 40 on two cores with a load of 20, where 30 ended each before it could serve.
PATIENCE = 120.0

# Seconds that a worker has to end beyond those that requests in flight have: to drain before, for
# closing its connections after, and to spare.
LAST_CALL = 5.0

PARENT_CHECK_INTERVAL = 1.0  # seconds


class Worker(Process):
    """A process that serves, and ends when the one that watches over it has gone.

    Attributes:
        ready: whether it serves, as it said last.
    """

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.ready = False
        self._patience = float(config.timeout_worker_healthcheck)
        self._last_call = (config.timeout_graceful_shutdown or 0) + LAST_CALL
        self._supervisor = os.getpid()
        self._asked: float | None = None
        self._told_to_end: float | None = None

    def works(self) -> bool:
        """Ask how it is, and tell from its last answer; nobody waits for the next one."""
        if not self.process.is_alive():
            return False
        try:
            if self.parent_conn.poll():
                self.ready = self.parent_conn.recv()
                self._asked = None
            if self._asked is None:
                self.parent_conn.send(b"ping")
                self._asked = time.monotonic()
        except (OSError, EOFError):
            return False  # it died just now
        patience = self._patience if self.ready else max(PATIENCE, self._patience)
        return time.monotonic() - self._asked < patience

    def terminate(self) -> None:
        """Tell it to end."""
        self._told_to_end = time.monotonic()
        super().terminate()

    def has_ended(self) -> bool:
        """Tell whether it has ended as it was told; when its time is over it is killed."""
        told = self._told_to_end
        if told is not None and time.monotonic() - told > self._last_call:
            log.error("Worker %d does not end, and is killed.", self.pid)
            self.kill()
            self.join()
        return not self.process.is_alive()

    def pong(self) -> None:
        """Answer in the new process, unless its event loop stands still."""
        self.child_conn.recv()
        server = self.server
        while isinstance(server, DrainingServer) and server.stands_still():
            time.sleep(STILL / 10)
        self.child_conn.send(server.started)

    @property
    def server(self) -> Server:
        """What serves in this process."""
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, in the new process."""
        threading.Thread(target=_end_with, args=[self._supervisor], daemon=True).start()
        server = self.server
        # It answers already while it loads, which is no sign that it hangs.
        threading.Thread(target=self.always_pong, daemon=True).start()
        try:
            self.config.load()
        except Exception:
            log.exception("The application cannot be made.")
            sys.exit(STARTUP_FAILURE)
        # What is loaded stays. To look through all of it for garbage took 70 ms, twice a second
        # under load, in which nobody was answered (decision 12).
        gc.collect()
        gc.freeze()
        server.run(sockets)


def _end_with(supervisor: int) -> None:
    """End when nobody would replace this process any more, or tell it to end."""
    while os.getppid() == supervisor:
        time.sleep(PARENT_CHECK_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)


class Workers(Multiprocess):
    """Keeps as many workers alive as were asked for; SIGHUP replaces them one after the other.

    While they are replaced there is one more, and never two: each has connections to Postgres.
    Nothing here waits, so that the others are watched meanwhile, and an order to stop is heard.
    """

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.processes: list[Worker] = []  # type: ignore[assignment]
        self.failed = False
        self._to_replace: list[Worker] = []
        self._successor: Worker | None = None
        self._retiring: Worker | None = None
        self._measured: frozenset[int] = frozenset()

    def run(self) -> None:
        """Watch over the workers until an order to stop; they end with this, however it ends."""
        try:
            super().run()
        except BaseException:
            # Python would wait for them at its exit, and they for an order that nobody hears.
            log.error("The supervisor failed, and the workers end with it.")  # noqa: TRY400 - raised
            self.terminate_all()
            self.join_all()
            raise

    def init_processes(self) -> None:
        """Start the workers."""
        # One by one: where one cannot be started, those before it are known, and are ended.
        for _ in range(self.processes_num):
            self.processes.append(self._start())

    def _start(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker

    def keep_subprocess_alive(self) -> None:
        """Replace workers that died or hang, or are to be; this runs twice a second."""
        for index, worker in enumerate(self.processes):
            if worker.works():
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
        self._go_on_replacing()
        self._forget_the_dead()

    def handle_hup(self) -> None:
        """Begin to replace each worker that there is now, also one that is starting."""
        log.info("Received SIGHUP, replacing the workers.")
        self._to_replace = [*self.processes, *filter(None, [self._successor])]

    def _go_on_replacing(self) -> None:
        """Go one step further: start a worker, let it take an old one's place, see that one end."""
        if self._retiring is not None:
            if self._retiring.has_ended():
                self._retiring = None
        elif self._successor is not None:
            self._let_take_its_place(self._successor)
        elif self._to_replace:
            # Who died meanwhile has been replaced already.
            if self._to_replace[0] in self.processes:
                self._successor = self._start()
            else:
                del self._to_replace[0]

    def _let_take_its_place(self, successor: Worker) -> None:
        """Retire the oldest worker once its successor serves."""
        if not successor.works():
            successor.kill()
            successor.join()
            self._successor, self._to_replace = None, []
            log.error("A new worker was not ready: those that serve go on, as they are.")
        elif successor.ready:
            old = self._to_replace.pop(0)
            if old in self.processes:
                self.processes[self.processes.index(old)] = successor
                self._retiring = old
            else:  # it died while its successor started, and has one already
                self._retiring = successor
            self._successor = None
            self._retiring.terminate()

    def _forget_the_dead(self) -> None:
        """Take those that are gone out of the gauges; what they counted stays counted."""
        alive = frozenset(worker.pid for worker in self._all() if worker.pid)
        for pid in self._measured - alive:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        self._measured = alive

    def _all(self) -> list[Worker]:
        return [*self.processes, *filter(None, [self._successor, self._retiring])]

    # The number of workers stays: it decides how many connections each may have.
    handle_ttin = handle_ttou = None  # type: ignore[assignment]

    def terminate_all(self) -> None:
        """Tell all workers to end; from then on nobody is kept waiting who cannot be served."""
        for listener in self.sockets:
            listener.close()
        for worker in self._all():
            if worker is not self._retiring:
                worker.terminate()

    def join_all(self) -> None:
        """Wait until all workers have ended; one that does not in time is killed."""
        while not all(worker.has_ended() for worker in self._all()):
            time.sleep(0.02)
