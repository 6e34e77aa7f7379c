"""Postgres goes away and comes back: requests are refused meanwhile, and served after.

No request hangs, none ends in a 500, and the service is never restarted.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from tests.api.people import PATIENCE, Answer, Person, person, read
from tests.api.processes import Service, serve, start, wait_until, workers_of
from tests.api.wire import Wire, wire_to
from tests.toolbox.clusters import query
from toolbox.postgres.cluster import Cluster
from toolbox.serving import is_ready

REFUSED = Answer(503, "service-unavailable", "1")
# Of a write whose answer was lost nobody knows whether it was made.
UNKNOWN = Answer(503, "outcome-unknown", None)
DONE = {Answer(200, "", None), Answer(201, "", None)}

END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'pir'
"""


@pytest.fixture(scope="module")
def wire(cluster: Cluster) -> Iterator[Wire]:
    with wire_to(cluster.url) as wire:
        yield wire


@pytest.fixture(scope="module")
def service(
    cluster: Cluster, wire: Wire, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service, with two workers, whose way to Postgres is the wire."""
    log = tmp_path_factory.mktemp("outage") / "log"
    with serve(wire.behind(cluster.url), 2, log) as service:
        yield service


@pytest.fixture
def ada(service: Service, cluster: Cluster, wire: Wire) -> Iterator[Person]:
    """Somebody whom all workers serve; after the test Postgres runs again."""
    with person(service.url) as ada:
        assert set(ada.do_all(times=4)) == DONE
        yield ada
        wire.mend()
        cluster.up()
        wait_until(lambda: all(ada.ready().status_code == 200 for _ in range(4)))


def is_live(service: Service) -> bool:
    return httpx2.get(f"{service.url}/health/live", timeout=60).status_code == 200


def kill(cluster: Cluster) -> None:
    assert cluster.pid
    server = psutil.Process(cluster.pid)
    for process in [server, *server.children()]:
        process.kill()


def serves_again(ada: Person) -> None:
    """Return once all workers serve, after which nothing that is left over costs a request."""
    wait_until(lambda: {answer.status for answer in ada.do_all(times=2)} == {200, 201})
    for _ in range(3):
        assert set(ada.do_all(times=4)) == DONE


class TestGone:
    def refuses(self, service: Service, ada: Person) -> None:
        assert set(ada.do_all(times=4)) <= {REFUSED, UNKNOWN}
        # By now it is known, and a write is not even tried.
        wait_until(lambda: set(ada.do_all(times=2)) == {REFUSED})
        assert is_live(service)

    def test_network_cut(self, service: Service, ada: Person, wire: Wire) -> None:
        """Where nothing comes through any more, and nobody says so, nobody waits for it."""
        wire.cut()
        self.refuses(service, ada)
        wire.mend()
        serves_again(ada)

    def test_restarted(self, service: Service, ada: Person, cluster: Cluster) -> None:
        """While Postgres is stopped requests are refused; once it runs they are served."""
        cluster.stop()
        self.refuses(service, ada)
        cluster.up()
        serves_again(ada)

    def test_killed(self, service: Service, ada: Person, cluster: Cluster) -> None:
        """The same when it was killed in the middle of its work."""
        with ThreadPoolExecutor() as pool:
            working = [pool.submit(ada.do_all) for _ in range(10)]
            kill(cluster)
            answers = {answer for work in working for answer in work.result()}
        assert answers <= {*DONE, REFUSED, UNKNOWN}
        self.refuses(service, ada)
        cluster.up()
        serves_again(ada)


class TestConnectionsLost:
    def test_old_ones_silent(self, ada: Person, wire: Wire) -> None:
        """After a failover what is old leads to nobody: it is found out once, not by everyone."""
        wire.cut_old()
        assert set(ada.do_all(times=4)) <= {*DONE, REFUSED, UNKNOWN}
        for _ in range(3):
            assert set(ada.do_all(times=4)) == DONE

    def test_ended_by_postgres(self, ada: Person, cluster: Cluster) -> None:
        """Of connections that Postgres ended a reader notices nothing."""
        for _ in range(3):
            with ThreadPoolExecutor() as pool:
                reading = [pool.submit(ada.look) for _ in range(100)]
                writing = [pool.submit(ada.change) for _ in range(20)]
                wait_until(reading[20].done)
                query(cluster.url, END_ALL)
            assert {work.result().status_code for work in reading} == {200}
            assert {read(work.result()) for work in writing} <= {*DONE, REFUSED, UNKNOWN}


class TestStartAndStop:
    @pytest.fixture(autouse=True)
    def _running(self, cluster: Cluster, wire: Wire) -> Iterator[None]:
        yield
        wire.mend()
        cluster.up()

    def test_started_without(self, cluster: Cluster, tmp_path: Path) -> None:
        """A service that starts while Postgres is away lives, is not ready, and becomes so."""
        cluster.stop()
        with start(cluster.url, 2, tmp_path / "log") as service:
            assert is_live(service)
            assert not is_ready(service.url)
            cluster.up()
            wait_until(lambda: is_ready(service.url))

    def test_started_with_a_name_unknown(self, cluster: Cluster, tmp_path: Path) -> None:
        """A database whose host no resolver knows is one that is away: no worker dies of it."""
        url = urlsplit(cluster.url)
        nowhere = url._replace(netloc=f"{url.netloc.rpartition('@')[0]}@database.invalid").geturl()
        with start(nowhere, 2, tmp_path / "log") as service:
            assert is_live(service)
            for _ in range(4):
                refused = httpx2.get(f"{service.url}/health/ready", timeout=PATIENCE)
                assert read(refused) == REFUSED
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(PATIENCE) == 0

    def test_restarted_without(self, cluster: Cluster, tmp_path: Path) -> None:
        """A rolling restart while Postgres is away brings workers that serve when it is back."""
        with serve(cluster.url, 2, tmp_path / "log") as service, person(service.url) as ada:
            supervisor = psutil.Process(service.process.pid)
            before = workers_of(supervisor)
            cluster.stop()
            service.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(workers_of(supervisor) - before) == len(before))
            wait_until(lambda: not workers_of(supervisor) & before)
            assert is_live(service)
            assert set(ada.do_all(times=4)) <= {REFUSED, UNKNOWN}
            cluster.up()
            serves_again(ada)

    @pytest.mark.parametrize("away", ["cut", "stopped"])
    def test_stopped_without(self, cluster: Cluster, wire: Wire, tmp_path: Path, away: str) -> None:
        """SIGTERM while Postgres is away ends it as ever."""
        with serve(wire.behind(cluster.url), 2, tmp_path / "log") as service:
            with person(service.url) as ada:
                ada.do_all(times=4)
            if away == "cut":
                wire.cut()
            else:
                cluster.stop()
            service.process.send_signal(signal.SIGTERM)
            assert service.process.wait(PATIENCE) == 0
