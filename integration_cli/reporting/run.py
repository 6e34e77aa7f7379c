"""All that a report tells of a run: made while it runs, or read back from its history."""

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integration_cli.checks.verdict import State, Verdict
from integration_cli.operation import Operation
from integration_cli.outcome import Exit

# In the order in which a reader must hear of them.
ORDER = (State.VIOLATED, State.INCONCLUSIVE, State.HELD, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Environment:
    """Where and how a run was made. It is the first line of a history."""

    run_id: str
    target: str
    profile: str
    started: str  # ISO 8601, UTC
    options: dict[str, Any]
    machine: str
    python: str

    @classmethod
    def here(cls, run_id: str, target: str, profile: str, options: dict[str, Any]) -> "Environment":
        """This machine, now."""
        return cls(
            run_id,
            target,
            profile,
            f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            options,
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
            sys.version.split()[0],
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over, and was judged. `load` has the steps of a load, `knee` what was
    found of its limit, `thresholds` what it was held to; `rows` how many were made."""

    environment: Environment
    operations: Sequence[Operation]
    verdicts: Sequence[Verdict]
    sentences: dict[str, str]  # what each invariant means
    load: Sequence[dict[str, Any]] = ()
    thresholds: Sequence[dict[str, str]] = ()
    knee: str = ""
    code: Exit = Exit.HELD
    rows: dict[str, Any] = field(default_factory=dict)
    counts: dict[State, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = {state: sum(one.state is state for one in self.verdicts) for state in ORDER}
        object.__setattr__(self, "counts", counts)

    @property
    def ordered(self) -> list[Verdict]:
        """The verdicts, the worst first."""
        return sorted(self.verdicts, key=lambda one: ORDER.index(one.state))

    @property
    def loaded(self) -> list[Operation]:
        """The operations of the open loop; of a run without one, those of its mixed workload."""
        open_loop = [one for one in self.operations if one.intended is not None]
        return open_loop or [one for one in self.operations if one.phase == "mixed workload"]

    @property
    def seconds(self) -> float:
        """How long the run took."""
        if not self.operations:
            return 0.0
        ends = max(one.returned for one in self.operations)
        return (ends - min(one.invoked for one in self.operations)) / 1e9

    @property
    def made(self) -> str:
        """How many rows the run made, and whether it had to stop; empty where nobody counted."""
        if not self.rows:
            return ""
        said = f"{self.rows['made']:,} at most"
        if not self.rows["cut"]:
            return said
        why = f"--max-rows {self.rows['limit']} allows no more"
        return f"{said}; {why}, so that not everything was tried in full"

    @property
    def headline(self) -> str:
        """The outcome in one sentence."""
        violated, open_ = self.counts[State.VIOLATED], self.counts[State.INCONCLUSIVE]
        missed = self._limits("missed")
        if violated:
            return f"{violated} of {len(self.verdicts)} promises were broken."
        if missed:
            return f"A limit was missed: {missed[0]['text']}."
        if open_:
            return f"Nothing was broken, but {open_} promises could not be judged."
        if self._limits("inconclusive"):
            return "Nothing was broken, but the load could not be measured."
        if not self.counts[State.HELD]:
            return "No promise was tried."
        return f"All {self.counts[State.HELD]} promises that could be tried were kept."

    @property
    def state(self) -> State:
        """What the headline says."""
        if self.counts[State.VIOLATED] or self._limits("missed"):
            return State.VIOLATED
        doubtful = self.counts[State.INCONCLUSIVE] or self._limits("inconclusive")
        return State.INCONCLUSIVE if doubtful else State.HELD

    def _limits(self, state: str) -> list[dict[str, str]]:
        return [one for one in self.thresholds if one["state"] == state]
