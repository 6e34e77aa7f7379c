"""How many SQL statements a request sent, and how long they took: development shows it."""

from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Tally:
    """The statements of one request, and the seconds that it waited for them."""

    statements: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """In a few words, for the end of a line; nothing where there was no statement."""
        if not self.statements:
            return ""
        return f" ({self.statements} SQL, {self.seconds * 1000:.1f} ms)"


# Of the request that is being served, where somebody wants to know.
TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


def count(seconds: float) -> None:
    """Add a statement that took so long to the request that sent it."""
    if (tally := TALLY.get()) is not None:
        tally.statements += 1
        tally.seconds += seconds


def count_those_of(engine: Engine) -> None:
    """Count from now on what sessions send by this engine; what fails has no time."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)


def _begin(connection: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's
    connection.info["began"] = perf_counter()


def _end(connection: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's
    count(perf_counter() - connection.info["began"])
