"""The phases of a run, one after another, each announced."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.load.run import Load, Loaded
from integration_cli.progress import Announcer
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.mixed import audit, mixed_workload, quiesce
from integration_cli.scenarios.programme import DISTURBANCES, RACES, chosen
from integration_cli.scenarios.stage import Stage
from integration_cli.scenarios.trial import trial

CALIBRATE = "calibrate"
MIXED = "mixed workload"
LOAD = "load"
QUIESCE = "quiesce"
AUDIT = "audit"
# Those that can be left out; the others every run has.
PHASES = (RACES, MIXED, LOAD, DISTURBANCES)
PROBES = 16  # connections that find out how many workers there are
FAST = 3.0  # ms: an app that answers in that time alone has all windows in a minute
LEAST = 0.5  # of the windows, however slow it is


@dataclass(frozen=True, slots=True)
class Run:
    """One run's phases on one stage. `wanted` names the invariants that are to be shown.

    `cut` names those that were not shown as they are to be, because the run may make no more
    rows; and the load, if it was not sent at all.
    """

    stage: Stage
    phases: Announcer
    names: Sequence[str]
    wanted: Sequence[str]
    duration: float
    load: Load | None = None
    cut: set[str] = field(default_factory=set)

    async def play(self) -> Loaded | None:
        """Play all phases, in their order; the value is what came of the load, if there was one."""
        history = self.stage.history
        history.phase = CALIBRATE
        with self.phases.phase(CALIBRATE):
            await trial(self.stage)
            await calibrate(self.stage)
        await self._scenarios(RACES)
        if MIXED in self.names:
            history.phase = MIXED
            shown = [one.name for one in CATALOGUE if MIXED in one.phases]
            with self.phases.phase(MIXED, self.duration) as advance, self._watched(shown):
                await mixed_workload(self.stage, self.duration, advance)
        loaded = await self._load()
        await self._scenarios(DISTURBANCES)
        history.phase = QUIESCE
        with self.phases.phase(QUIESCE):
            await quiesce(self.stage)
        history.phase = AUDIT
        with self.phases.phase(AUDIT, len(self.stage.members)) as advance:
            await audit(self.stage, advance)
        return loaded

    async def _load(self) -> Loaded | None:
        if self.load is None or LOAD not in self.names:
            return None
        if not self.stage.target.rows.affords(self.load.rows):
            self.cut.add(LOAD)
            return None
        self.stage.history.phase = LOAD
        with self.phases.phase(LOAD, None if self.load.to_knee else self.duration) as advance:
            return await self.load.play(self.stage, self.duration, advance)

    @contextmanager
    def _watched(self, shown: Iterable[str]) -> Iterator[None]:
        """Note whether rows are withheld from what shows these."""
        rows = self.stage.target.rows
        before = rows.withheld
        yield
        if rows.withheld > before:
            self.cut.update(shown)

    async def _scenarios(self, phase: str) -> None:
        if phase not in self.names:
            return
        self.stage.history.phase = phase
        scenarios = chosen(self.stage, phase, self.wanted)
        with self.phases.phase(phase, len(scenarios)) as advance:
            resting = [one for one in scenarios if one.rests]
            working = [one for one in scenarios if not one.rests]
            beside = asyncio.gather(*(one.play(self.stage) for one in resting))
            try:
                for one in working:
                    if await _is_served(self.stage):
                        with self._watched(one.shows):
                            await one.play(self.stage)
                    advance(1)
                await beside
                advance(len(resting))
            finally:
                beside.cancel()
                await asyncio.gather(beside, return_exceptions=True)


async def _is_served(stage: Stage) -> bool:
    """Whether the app serves; one that has not done so for long is asked once more."""
    if stage.is_deserted:
        connection = stage.connection(stage.member(0), "asks-again")
        await stage.send(connection, of_the_caller(stage))
        connection.close()
    return not stage.is_deserted


async def calibrate(stage: Stage) -> None:
    """Find out how many workers there are; and how fast, so that a slow run still ends in time."""
    live, me = stage.api.live(), stage.member(0)
    async with stage.racers(me, "worker", PROBES) as racers:
        await racers.spread(1)
        answers = await racers.each(live.of(CALIBRATE))
        alone = [await stage.send(racers.connections[0], live.of(CALIBRATE)) for _ in range(11)]
    stage.workers = len({one.worker for one in answers if one.worker}) or 1
    slow = median(one.milliseconds for one in alone)
    stage.effort *= min(1.0, max(FAST / slow, LEAST))
