"""Load generators: that of `concurrency`, wrk2, which has a schedule too, and a closed loop."""

import json
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from toolbox.bench.figures import Latency
from toolbox.bench.load import Load
from toolbox.bench.sending import send
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

PATIENCE = 30  # seconds beyond those that a load takes

PERCENTILE = re.compile(r"^\s*(50|99)\.000%\s+([\d.]+)(us|ms|s|m)\s*$", re.MULTILINE)
TROUBLE = re.compile(r"Non-2xx|Socket errors")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True)
class Sent:
    """What one generator says of a load.

    Attributes:
        latency: of the answers.
        cpu: seconds of the processor that the generator took for a request, where it says so.
        doubt: why its figures may be wrong; empty where it sees no reason.
    """

    latency: Latency
    cpu: float | None = None
    doubt: str = ""


class Generator(ABC):
    """One that asks for the same thing again and again."""

    name: ClassVar[str]
    lead: ClassVar[float]
    """Seconds from its start to the first request that it counts."""

    @abstractmethod
    def send(self, seconds: float) -> Sent:
        """Send, and count for so many seconds.

        Raises:
            ToolboxError: it failed, or not every answer was the one that was asked for.
        """


@dataclass(frozen=True)
class Scheduled(Generator):
    """A program that sends on a schedule.

    Attributes:
        url: what is asked for.
        headers: what each request has.
        connections: how many it sends over.
        rate: requests a second.
    """

    url: str
    headers: Mapping[str, str]
    connections: int
    rate: float

    def send(self, seconds: float) -> Sent:
        """Send, and count for so many seconds.

        Raises:
            ToolboxError: it failed, or not every answer was the one that was asked for.
        """
        headers = (f"--header={name}: {value}" for name, value in self.headers.items())
        command = [*self.command(seconds), *headers, self.url]
        timeout = self.lead + seconds + PATIENCE
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=timeout
            )
        except subprocess.CalledProcessError as exc:
            raise ToolboxError(f"{self.name} failed: {exc.stdout}{exc.stderr}") from exc
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise ToolboxError(f"{self.name} did not send: {exc}") from exc
        return self.read(done.stdout)

    @abstractmethod
    def command(self, seconds: float) -> list[str]:
        """Return what starts it, but for the headers and the URL."""

    @abstractmethod
    def read(self, printed: str) -> Sent:
        """Return what it printed of the load.

        Raises:
            ToolboxError: not every answer was the one that was asked for.
        """


class Checker(Scheduled):
    """The one of `concurrency`, at a constant rate."""

    name = "concurrency"
    lead = 0.5

    def command(self, seconds: float) -> list[str]:
        """Return what starts it, but for the headers and the URL."""
        return [
            *(sys.executable, "-m", "integration_cli.load", "--arrivals=constant"),
            *(f"--rate={self.rate}", f"--seconds={seconds}", f"--connections={self.connections}"),
        ]

    def read(self, printed: str) -> Sent:
        """Return what it printed of the load.

        Raises:
            ToolboxError: not every answer was the one that was asked for.
        """
        said = json.loads(printed)
        if said["failures"]:
            raise ToolboxError(f"Not every request was answered: {said['failures']}")
        times = said["response_ms"]
        latency = Latency(times["p50"] / 1e3, times["p99"] / 1e3)
        return Sent(latency, said["generator_cpu_us_per_request"] / 1e6, said["doubt"])


class Wrk2(Scheduled):
    """Gil Tene's wrk2: each connection has a schedule of its own."""

    name = "wrk2"
    lead = 10.0  # it looks for its pace so long before it counts

    def command(self, seconds: float) -> list[str]:
        """Return what starts it, but for the headers and the URL."""
        return [
            *(self.name, "--threads=1", f"--connections={self.connections}", "--latency"),
            *(f"--duration={self.lead + seconds:.0f}s", "--timeout=10s", f"--rate={self.rate:.0f}"),
        ]

    def read(self, printed: str) -> Sent:
        """Return what it printed of the load.

        Of its two distributions the first counts from when a request was due.

        Raises:
            ToolboxError: not every answer was the one that was asked for.
        """
        found: dict[str, float] = {}
        for share, figure, unit in PERCENTILE.findall(printed):
            found.setdefault(share, float(figure) * UNITS[unit])
        if TROUBLE.search(printed) or len(found) < 2:
            raise ToolboxError(f"wrk2 says: {printed}")
        return Sent(Latency(found["50"], found["99"]))


@dataclass(frozen=True)
class ClosedLoop(Generator):
    """One that asks again once it is answered, as `nox -s bench` does: it has no schedule.

    wrk would be one, but corrects its percentiles by the pace that it had.
    """

    name = "a closed loop"
    lead = 0.5

    load: Load

    def send(self, seconds: float) -> Sent:
        """Send the load, however long it was to be, for so many seconds.

        Raises:
            ToolboxError: an answer was not the expected one, or none came.
        """
        return Sent(send(replace(self.load, seconds=seconds), self.name).latency)
