"""The open loop against analytically known answers, in virtual time: nothing here waits."""

import asyncio
import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from integration_cli.latency import Distribution
from integration_cli.load.generator import OpenLoop, Pace, Send
from integration_cli.load.schedule import SCHEDULES, Arrivals, constant, poisson
from integration_cli.seeds import stream
from tests.integration_cli.virtual import VirtualLoop, run_virtually

MS = 0.001
Service = Callable[[float], float]  # from the time of a request to how long it takes, seconds


class Simulation:
    """An open loop on a server that is a formula."""

    def __init__(self, service: Service, connections: int) -> None:
        self.loop = VirtualLoop()
        self.service = service
        self.connections = connections
        self.response: list[float] = []  # milliseconds, from when each was due
        self.served: list[float] = []  # milliseconds, from when each was sent

    async def _send(self, due: int) -> None:
        sent = self.loop.clock()
        await asyncio.sleep(self.service(self.loop.time()))
        self.response.append((self.loop.clock() - due) / 1e6)
        self.served.append((self.loop.clock() - sent) / 1e6)

    def run(self, arrivals: list[int], seconds: float, drain: float = 60) -> Pace:
        async def go() -> Pace:
            senders: list[Send] = [self._send] * self.connections
            return await OpenLoop(senders, lambda: None, self.loop.clock).run(
                arrivals, seconds, drain
            )

        return run_virtually(go(), self.loop)

    def closed(self, seconds: float) -> Distribution:
        """What a closed loop sees of the same server: it asks again once it is answered."""

        async def go() -> Distribution:
            times = []
            while self.loop.time() < seconds:
                began = self.loop.time()
                await asyncio.sleep(self.service(began))
                times.append((self.loop.time() - began) / MS)
            return Distribution.of(times)

        return run_virtually(go(), self.loop)


def stalled(at: float) -> float:
    """Answers in 1 ms, but nothing between the third and the fourth second."""
    return (4.0 - at if 3.0 <= at < 4.0 else 0.0) + MS


class TestStall:
    """A server that stands still for one second of ten, under 200 requests a second.

    A tenth of the requests is delayed, by a time that is uniform between 0 and 1 s: so the q-th
    percentile, above 0.9, is (q - 0.9) / 0.1 seconds.
    """

    ARRIVALS = constant(200, 10, stream(1))

    @pytest.mark.parametrize("connections", [10, 400])
    @pytest.mark.parametrize(("share", "expected"), [(0.5, 1), (0.95, 501), (0.99, 901)])
    def test_open(self, share: float, expected: float, connections: int) -> None:
        """Every delayed request counts, also those that waited for a connection."""
        simulation = Simulation(stalled, connections)
        simulation.run(self.ARRIVALS, 10)
        assert Distribution.of(simulation.response).at(share) == pytest.approx(expected, rel=0.05)

    def test_closed_is_wrong(self) -> None:
        """The same server, asked by who waits for it: the stall is one request of thousands."""
        assert Simulation(stalled, 1).closed(10).at(0.99) == pytest.approx(1, rel=0.05)

    def test_service_time_is_wrong(self) -> None:
        """Nor does the time from the sending tell, which is what most load tools report."""
        simulation = Simulation(stalled, 10)
        simulation.run(self.ARRIVALS, 10)
        assert Distribution.of(simulation.served).at(0.99) < 100


class TestQueue:
    """Poisson arrivals at a server that does one at a time, in exponential time: M/M/1.

    The time in such a system is exponential with rate mu - lambda (Kleinrock, "Queueing Systems",
    1975): its percentile q is -ln(1 - q) / (mu - lambda).
    """

    @pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
    def test_half_saturated(self, share: float) -> None:
        """The waiting for the one connection is in the latency."""
        arrival, service, random = 500.0, 1000.0, stream(7)
        simulation = Simulation(lambda _: random.expovariate(service), connections=1)
        simulation.run(poisson(arrival, 120, stream(3)), 120)
        expected = -math.log(1 - share) / (service - arrival) / MS
        assert Distribution.of(simulation.response).at(share) == pytest.approx(expected, rel=0.05)


class TestOverload:
    def test_unsent(self) -> None:
        """Of twice what a server can do, half is never sent; it is counted, with its wait."""
        simulation = Simulation(lambda _: 0.01, connections=1)
        pace = simulation.run(constant(200, 10, stream(1)), 10, drain=0)
        assert len(simulation.response) + len(pace.unsent) == pace.planned == 2000
        assert len(pace.unsent) == pytest.approx(1000, rel=0.01)
        assert max(pace.unsent) / 1e9 == pytest.approx(5, rel=0.01)


class TestSchedule:
    @pytest.mark.parametrize("arrivals", list(Arrivals))
    def test_rate(self, arrivals: Arrivals) -> None:
        """As many as asked for, in order, and all within the time."""
        at = SCHEDULES[arrivals](100, 100, stream(1))
        assert len(at) == pytest.approx(10_000, rel=0.02)
        assert at == sorted(at)
        assert at[-1] < 100e9

    def test_seeded(self) -> None:
        """The same seed is the same schedule."""
        assert poisson(100, 1, stream(5)) == poisson(100, 1, stream(5))
        assert poisson(100, 1, stream(5)) != poisson(100, 1, stream(6))

    def test_poisson_is_memoryless(self) -> None:
        """The pauses are exponential: a share of 1/e is longer than the mean."""
        at = poisson(100, 100, stream(1))
        longer = sum(after - before > 10e6 for before, after in pairwise(at))
        assert longer / len(at) == pytest.approx(1 / math.e, rel=0.03)


class TestDoubt:
    def test_on_time(self) -> None:
        assert Pace(1000, 10.0, lags=[100_000] * 1000, cpu=4.0).doubt == ""

    def test_late(self) -> None:
        """A generator that was late itself says so, rather than to give the app the blame."""
        assert "itself was late" in Pace(1000, 10.0, lags=[100] * 980 + [20_000_000] * 20).doubt

    def test_busy(self) -> None:
        """So does one that had no time to read answers as they came."""
        assert "of a core" in Pace(1000, 10.0, lags=[100] * 1000, cpu=9.5).doubt
