"""Load generators as processes: of `concurrency`, wrk (a closed loop) and wrk2 (an open one)."""

import json
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from toolbox.bench.figures import Latency
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

PATIENCE = 30  # seconds beyond those that a load takes

PERCENTILE = re.compile(r"^\s*(50|99)(?:\.000)?%\s+([\d.]+)(us|ms|s|m)\s*$", re.MULTILINE)
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


@dataclass(frozen=True)
class Generator(ABC):
    """One that asks a URL again and again.

    Attributes:
        url: what is asked for.
        headers: what each request has.
        connections: how many it sends over.
        rate: requests a second of its schedule; None where it has none.
    """

    name: ClassVar[str]
    # Seconds from its start to the first request that it counts.
    lead: ClassVar[float]

    url: str
    headers: Mapping[str, str]
    connections: int
    rate: float | None

    @abstractmethod
    def command(self, seconds: float) -> list[str]:
        """Return what starts it; it counts for so many seconds."""

    @abstractmethod
    def read(self, printed: str) -> Sent:
        """Return what it printed of the load.

        Raises:
            ToolboxError: not every answer was the one that was asked for.
        """

    def send(self, seconds: float) -> Sent:
        """Send for so many seconds.

        Raises:
            ToolboxError: it failed, or not every answer was the one that was asked for.
        """
        command = self.command(seconds)
        timeout = self.lead + seconds + PATIENCE
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=timeout
            )
        except subprocess.CalledProcessError as exc:
            raise ToolboxError(f"{command[0]} failed: {exc.stdout}{exc.stderr}") from exc
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise ToolboxError(f"{command[0]} did not send: {exc}") from exc
        return self.read(done.stdout)


class Checker(Generator):
    """The one of `concurrency`, at a constant rate."""

    name = "concurrency"
    lead = 0.5

    def command(self, seconds: float) -> list[str]:
        """Return what starts it; it counts for so many seconds."""
        return [
            *(sys.executable, "-m", "integration_cli.load", self.url, "--arrivals=constant"),
            *(f"--rate={self.rate}", f"--seconds={seconds}", f"--connections={self.connections}"),
            *(f"--header={name}: {value}" for name, value in self.headers.items()),
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


class Wrk(Generator):
    """The `wrk` of Will Glozer: a closed loop, which asks again as soon as it is answered."""

    lead = 0.0
    name = "wrk"

    def command(self, seconds: float) -> list[str]:
        """Return what starts it; it counts for so many seconds."""
        return [
            *(self.name, "--threads=1", f"--connections={self.connections}", "--latency"),
            *(f"--duration={self.lead + seconds:.0f}s", "--timeout=10s"),
            *(f"--header={name}: {value}" for name, value in self.headers.items()),
            *([f"--rate={self.rate:.0f}"] if self.rate else []),
            self.url,
        ]

    def read(self, printed: str) -> Sent:
        """Return what it printed of the load.

        Raises:
            ToolboxError: not every answer was the one that was asked for.
        """
        found: dict[str, float] = {}
        for share, figure, unit in PERCENTILE.findall(printed):
            # wrk2 prints two distributions, of which the first counts from when a request was due.
            found.setdefault(share, float(figure) * UNITS[unit])
        if TROUBLE.search(printed) or not {"50", "99"} <= found.keys():
            raise ToolboxError(f"{self.name} says: {printed}")
        return Sent(Latency(found["50"], found["99"]))


class Wrk2(Wrk):
    """Gil Tene's wrk2: each connection has a schedule of its own."""

    lead = 10.0  # it looks for its pace so long before it counts
    name = "wrk2"
