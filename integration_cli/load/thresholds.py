"""What a load must keep to: percentiles of latency, and the share of errors."""

import re
from dataclasses import dataclass, field

import click

from integration_cli.load.step import Step
from integration_cli.outcome import Exit

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}  # in milliseconds
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}


class Duration(click.ParamType[float]):
    """A time with its unit, such as `200ms` or `1.5s`; in milliseconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it, or refuse it as a usage error."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s)", str(value).strip())
        if not found or not float(found[1]):
            self.fail(f"{value!r} is not a time with its unit, such as 200ms or 1.5s.", param, ctx)
        return float(found[1]) * UNITS[found[2]]


class Share(click.ParamType[float]):
    """A share of all requests: `0`, or with a per cent sign, such as `0.1%`."""

    name = "share"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it, or refuse it as a usage error."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"0|(\d+(?:\.\d+)?)\s*%", str(value).strip())
        if not found or float(found[1] or 0) > 100:
            self.fail(f"{value!r} is not a share of requests, such as 0 or 0.1%.", param, ctx)
        return float(found[1] or 0) / 100


@dataclass(frozen=True, slots=True)
class Result:
    """One threshold, and what was measured against it."""

    name: str
    limit: str
    measured: str
    state: Exit

    def __str__(self) -> str:
        word = {Exit.HELD: "kept", Exit.MISSED: "missed", Exit.INCONCLUSIVE: "inconclusive"}
        return f"{self.name}: {self.measured}, limit {self.limit}: {word[self.state]}"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits that were asked for: `latency` in milliseconds by percentile, `errors` a share."""

    latency: dict[str, float] = field(default_factory=dict)
    errors: float | None = None

    def judge(self, step: Step) -> list[Result]:
        """Hold a load to each limit.

        A figure of a generator that was itself late is inconclusive, unless it is good enough
        even so: its lateness can only have made the app look worse.
        """
        results = []
        for name, limit in self.latency.items():
            value = step.response.at(PERCENTILES[name])
            state = self._state(value <= limit, step)
            results.append(Result(name, f"{limit:g} ms", f"{value:.1f} ms", state))
        if self.errors is not None:
            state = self._state(step.error_share <= self.errors, step)
            measured = f"{step.errors} of {step.asked}"
            results.append(Result("errors", f"{self.errors * 100:g} %", measured, state))
        return results

    def unmeasured(self) -> list[Result]:
        """What is known of each limit where no load could be sent."""
        limits = {name: f"{limit:g} ms" for name, limit in self.latency.items()}
        limits |= {} if self.errors is None else {"errors": f"{self.errors * 100:g} %"}
        return [
            Result(name, limit, "not measured", Exit.INCONCLUSIVE) for name, limit in limits.items()
        ]

    @staticmethod
    def _state(kept: bool, step: Step) -> Exit:  # noqa: FBT001  # read at one place, above
        if kept:
            return Exit.HELD
        return Exit.INCONCLUSIVE if step.pace.doubt else Exit.MISSED
