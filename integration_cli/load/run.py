"""The load phase of a run: one rate for some time, or one after another up to the knee."""

import math
from dataclasses import dataclass, field

from integration_cli.load.generator import OpenLoop
from integration_cli.load.knee import COLLAPSE, Knee, find, holds
from integration_cli.load.schedule import SCHEDULES, Arrivals
from integration_cli.load.step import Step
from integration_cli.load.thresholds import Thresholds
from integration_cli.load.traffic import OWN, Traffic, warm
from integration_cli.progress import Advance
from integration_cli.scenarios.stage import Stage

STEP = 5.0  # seconds of each step to the knee


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `rate` requests a second, over at most so many `connections`.

    With `to_knee` the rate is only the first of several.
    """

    rate: float
    arrivals: Arrivals = Arrivals.POISSON
    connections: int = 64
    to_knee: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def rows(self) -> int:
        """How many items it makes, at most."""
        most = self.connections if self.to_knee else self._over(self.rate)
        return OWN * most

    async def play(self, stage: Stage, seconds: float, advance: Advance) -> "Loaded":
        """Send it; the value is what came of it, by step."""
        traffic, loaded = Traffic(stage), Loaded()

        async def attempt(rate: float) -> Step:
            step = await self._step(traffic, rate, min(seconds, STEP) if self.to_knee else seconds)
            loaded.steps.append(step)
            advance(step.seconds)
            return step

        try:
            if self.to_knee:
                limits = self.thresholds
                loaded.knee = await find(
                    attempt,
                    self.rate,
                    lambda step: holds(
                        step, limits.latency.get("p99", COLLAPSE), limits.errors or 0.0
                    ),
                )
            else:
                await attempt(self.rate)
        finally:
            traffic.close()
        return loaded

    async def _step(self, traffic: Traffic, rate: float, seconds: float) -> Step:
        count = self._over(rate)
        await traffic.prepare(count)
        await warm(traffic, count)
        operations = traffic.stage.history.operations
        before = len(operations)
        random = traffic.stage.random("arrivals", rate)
        arrivals = SCHEDULES[self.arrivals](rate, seconds, random)
        loop = OpenLoop(traffic.senders(count), traffic.break_off)
        pace = await loop.run(arrivals, seconds)
        return Step.of(rate, seconds, pace, operations[before:])

    def _over(self, rate: float) -> int:
        """Connections for a rate: one that is used less than once a second would be an idle one."""
        return min(self.connections, math.ceil(rate))


@dataclass(slots=True)
class Loaded:
    """What came of a load."""

    steps: list[Step] = field(default_factory=list)
    knee: Knee | None = None

    @property
    def judged(self) -> Step:
        """The step that is held to limits: of a search for the knee, the highest that held."""
        rate = self.knee.rate if self.knee else None
        return next((step for step in self.steps if step.rate == rate), self.steps[-1])
