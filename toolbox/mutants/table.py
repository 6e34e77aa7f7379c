"""What became of the faults, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from toolbox.bench.figures import Table
from toolbox.mutants.fault import Fault
from toolbox.mutants.hunt import Catch

COLUMNS = ("fault", "workers", "found", "named", "seconds", "operations", "as")
LEGEND = (
    "Found: some invariant was violated; named: one that the fault breaks. Seconds: to the last "
    "operation of the counterexample. Operations: how many it has; medians of several seeds."
)
NO_RESULT = "no result"
ENOUGH = 19 / 20  # of the seeds
SHORT = 6  # operations


@dataclass(frozen=True, slots=True)
class Score:
    """One fault with one number of workers: what was caught, of so many hunts that were wanted."""

    fault: Fault
    workers: int
    catches: Sequence[Catch]
    wanted: int

    @property
    def named(self) -> int:
        """How often an invariant that the fault breaks was found broken."""
        return sum(catch.named for catch in self.catches)

    @property
    def is_caught(self) -> bool:
        """Whether it was named with at least 19 of 20 seeds."""
        return bool(self.catches) and self.named >= len(self.catches) * ENOUGH

    @property
    def is_missed(self) -> bool:
        """Whether it was hunted, and not caught: a service that did not start hides nothing."""
        return bool(self.catches) and not self.is_caught

    def cells(self) -> tuple[str, ...]:
        """Return a row of the table: medians, where there are several seeds."""
        found = sum(bool(catch.violated) for catch in self.catches)
        seconds = [catch.seconds for catch in self.catches if catch.seconds is not None]
        lengths = [catch.operations for catch in self.catches if catch.operations is not None]
        names = {name for catch in self.catches for name in catch.violated}
        return (
            self.fault.name,
            str(self.workers),
            self._of(found),
            self._of(self.named),
            f"{median(seconds):.1f}" if seconds else "",
            f"{median(lengths):.0f}" if lengths else "",
            ", ".join(sorted(names, key=self._rank)),
        )

    def _of(self, count: int) -> str:
        return f"{count} of {len(self.catches)}" if self.catches else NO_RESULT

    def _rank(self, name: str) -> tuple[int, str]:
        known = self.fault.invariants
        return (known.index(name) if name in known else len(known), name)


def summary(scores: Sequence[Score]) -> str:
    """Say in a sentence how many were caught, and what their counterexamples are like."""
    caught = [score for score in scores if score.is_caught]
    lengths = [
        catch.operations
        for score in scores
        for catch in score.catches
        if catch.operations is not None
    ]
    short = sum(length <= SHORT for length in lengths)
    lost = sum(score.wanted - len(score.catches) for score in scores)
    runs = sum(score.wanted for score in scores)
    return (
        f"{len(caught)} of {sum(bool(score.catches) for score in scores)} named with at least "
        f"19 of 20 seeds; {short} of {len(lengths)} counterexamples have at most {SHORT} "
        f"operations; {lost} of {runs} hunts had no result."
    )


def table(scores: Sequence[Score]) -> Table:
    """Return all of it as a table."""
    rows = [score.cells() for score in scores]
    return Table("Faults, and what the checker said", COLUMNS, rows, (summary(scores),), LEGEND)
