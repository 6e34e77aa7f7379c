"""What became of the requests of the load."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


class Outcome(StrEnum):
    """How a request ended."""

    GOOD = "good"
    UNAVAILABLE = "503"
    FAILED = "5xx"
    WRONG = "other"
    """An answer that is neither the expected one nor a failure of the server's."""
    REFUSED = "refused"
    RESET = "reset"
    LATE = "late"
    """The client gave up."""

    @classmethod
    def of(cls, status: int, expected: int) -> "Outcome":
        """Tell what an answer's status means where another was expected."""
        if status == expected:
            return cls.GOOD
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return cls.UNAVAILABLE
        return cls.FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else cls.WRONG


@dataclass(frozen=True)
class Reading:
    """One request; the times are of `time.monotonic`, in seconds."""

    due: float
    """When it was to be sent: a delay of the load is charged to the answer."""
    sent: float
    ended: float
    outcome: Outcome
    what: str
    """The request in a few words."""
    said: str
    """The status, or the error."""
    worker: int | None = None
    """The process that had the connection, if an earlier answer on it said so."""


@dataclass(frozen=True)
class Cut:
    """A kept connection that the server closed without notice; the next request misses by luck."""

    seen: float
    worker: int | None
