"""What became of the faults, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from toolbox.mutants.fault import Fault
from toolbox.mutants.hunt import Catch

COLUMNS = ("fault", "workers", "found", "named", "seconds", "operations", "as")


@dataclass(frozen=True, slots=True)
class Score:
    """One fault with one number of workers, hunted with as many seeds as there are catches."""

    fault: Fault
    workers: int
    catches: Sequence[Catch]

    @property
    def named(self) -> int:
        """How often an invariant that the fault breaks was found broken."""
        return sum(catch.named for catch in self.catches)

    @property
    def is_caught(self) -> bool:
        """Whether it was named with at least 19 of 20 seeds."""
        return self.named >= len(self.catches) * 19 / 20

    def cells(self) -> tuple[str, ...]:
        """Return a row of the table: medians, where there are several seeds."""
        found = sum(bool(catch.violated) for catch in self.catches)
        seconds = [catch.seconds for catch in self.catches if catch.seconds is not None]
        lengths = [catch.operations for catch in self.catches if catch.operations is not None]
        names = {name for catch in self.catches for name in catch.violated}
        return (
            self.fault.name,
            str(self.workers),
            f"{found} of {len(self.catches)}",
            f"{self.named} of {len(self.catches)}",
            f"{median(seconds):.1f}" if seconds else "",
            f"{median(lengths):.0f}" if lengths else "",
            ", ".join(sorted(names, key=self._rank)),
        )

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
    short = sum(length <= 6 for length in lengths)
    return (
        f"{len(caught)} of {len(scores)} named with at least 19 of 20 seeds; "
        f"{short} of {len(lengths)} counterexamples have at most 6 operations."
    )


def markdown(scores: Sequence[Score]) -> str:
    """Return the table for a document."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(score.cells() for score in scores)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
