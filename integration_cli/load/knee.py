"""The knee: the highest rate at which the app still keeps up."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from integration_cli.load.step import Step

GROWTH = 1.6
HALVINGS = 2  # of the gap between the last rate that held and the first that did not
KEEPS_UP = 0.9  # of what was due must be answered as fast as it came
COLLAPSE = 250.0  # ms: a p99 above is no answer to wait for, where no threshold says otherwise
MAX_RATE = 2000.0  # requests a second: one process of Python is no fair judge above

Try = Callable[[float], Awaitable[Step]]


@dataclass(slots=True)
class Knee:
    """The steps that were tried. `doubt` tells why the knee may be higher than `rate`."""

    steps: list[Step] = field(default_factory=list)
    rate: float | None = None
    doubt: str = ""

    def __str__(self) -> str:
        if self.rate is None:
            return self.doubt or "no rate held: even the first was too much"
        return f"{self.rate:.0f} requests a second" + (f"; {self.doubt}" if self.doubt else "")


def holds(step: Step, p99: float = COLLAPSE, errors: float = 0.0) -> bool:
    """Whether the app kept up: p99 in milliseconds, `errors` a share."""
    keeps_up = step.answered >= KEEPS_UP * step.asked / step.seconds
    return step.response.at(0.99) <= p99 and step.error_share <= errors and keeps_up


async def find(
    attempt: Try, first: float, is_held: Callable[[Step], bool] = holds, most: float = MAX_RATE
) -> Knee:
    """Raise the rate until it does not hold, then halve the gap.

    A step in which the generator could not keep its own schedule ends the search: what it would
    say of the app is not known.
    """
    knee, rate, broken, halvings = Knee(), first, math.inf, HALVINGS
    while True:
        step = await attempt(rate)
        knee.steps.append(step)
        if is_held(step):
            knee.rate = rate
        elif step.pace.doubt:
            knee.doubt = f"not known above: at {rate:.0f}/s {step.pace.doubt}"
            return knee
        else:
            broken = rate
        if knee.rate is None:
            return knee
        if knee.rate >= most:
            knee.doubt = "the most that is tried"
            return knee
        if broken == math.inf:
            rate = min(rate * GROWTH, most)
        elif halvings:
            rate, halvings = (knee.rate + broken) / 2, halvings - 1
        else:
            return knee
