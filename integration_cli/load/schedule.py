"""When requests are due: an arrival process, fixed before the first request is sent.

Users do not wait for one another. So arrivals follow a schedule and not the app's answers: this
is an open loop (Schroeder, Wierman and Harchol-Balter, "Open Versus Closed", NSDI 2006).
"""

from collections.abc import Callable
from enum import StrEnum
from random import Random

SECOND = 1_000_000_000  # ns


class Arrivals(StrEnum):
    """How arrivals are spread over time."""

    POISSON = "poisson"  # as of many users who know nothing of each other
    CONSTANT = "constant"  # one every 1/rate seconds


def constant(rate: float, seconds: float, _: Random) -> list[int]:
    """Arrivals at equal distances, in nanoseconds from the start; `rate` is per second."""
    return [int(number / rate * SECOND) for number in range(int(rate * seconds))]


def poisson(rate: float, seconds: float, random: Random) -> list[int]:
    """Arrivals of a Poisson process: the pauses between them are exponentially distributed."""
    arrivals: list[int] = []
    at = random.expovariate(rate)
    while at < seconds:
        arrivals.append(int(at * SECOND))
        at += random.expovariate(rate)
    return arrivals


SCHEDULES: dict[Arrivals, Callable[[float, float, Random], list[int]]] = {
    Arrivals.POISSON: poisson,
    Arrivals.CONSTANT: constant,
}
