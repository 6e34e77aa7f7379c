"""What the load generator is told, and what it tells; both cross to its process as JSON."""

from dataclasses import dataclass
from typing import Any, Self

from toolbox.bench.figures import Latency


@dataclass(frozen=True)
class Message:
    """A whole HTTP/1.1 request, or one in the middle of which a number is written."""

    before: str
    """What of it comes before its number, or all of it if `after` is None."""
    after: str | None = None
    expected: int | None = 200
    """The status of its answer; None is any."""


@dataclass(frozen=True)
class Load:
    """What to send, whereto and for how long."""

    host: str
    port: int
    scripts: list[list[Message]]
    """For each connection, what it sends, over and over."""
    seconds: float
    requests: int | None = None
    """How many to send at most, by all connections together."""

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Make it of what `asdict` made of one."""
        scripts = [[Message(**message) for message in script] for script in content["scripts"]]
        return cls(**{**content, "scripts": scripts})


@dataclass(frozen=True)
class Outcome:
    """What came back."""

    answers: int
    seconds: float
    """From the first request to the last answer."""
    latency: Latency
    statuses: dict[str, int]
    """How many answers had each status."""
    cpu: float
    """How much of a core the generator itself used."""

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Make it of what `asdict` made of one."""
        return cls(**{**content, "latency": Latency(**content["latency"])})

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds
