"""Watching a revision run: what Postgres did at each of its statements.

SQLAlchemy's events on all engines show each statement, whichever engine env.py made, synchronous or
not; what goes past them, through a raw cursor, is seen at the next statement or commit.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine, ExceptionContext

from toolbox.gate.finding import Place
from toolbox.gate.safety import recorder
from toolbox.gate.safety.states import Done, State, read

# A line that runs again and again is looked at this often, and then at each tenth time.
LOOKS = 30
OF_ROWS = frozenset({"UPDATE", "INSERT", "DELETE", "SELECT"})


@dataclass(frozen=True)
class Step:
    """What one command did.

    Args:
        text: the statement it is part of; None of one that went past SQLAlchemy.
        place: where the revision sends it.
        tag: the command, as "ALTER TABLE", where an event trigger tells.
        before: the state that it found.
        after: the state that it left, in its own transaction if it can be seen.
        alone: it was a transaction of its own, in autocommit.
        rows: how many rows it says that it changed; -1 where it does not.
        has_parameters: whether it was sent with parameters.
    """

    text: str | None
    place: Place
    tag: str | None
    before: State
    after: State
    alone: bool
    rows: int = -1
    has_parameters: bool = False

    def done(self, oid: int) -> Done:
        """Return what it did to a table's rows."""
        now, then = self.after.relations.get(oid), self.before.relations.get(oid)
        if now is None:
            return Done()
        return now.done - (then.done if then else Done())


@dataclass
class Failure:
    """A statement that failed."""

    text: str | None
    place: Place
    error: BaseException


@dataclass
class Trace:
    """All that was seen of one revision.

    Args:
        revision: its id.
        file: its module.
        steps: in their order.
        failure: the last statement that failed, whether or not the revision went on.
    """

    revision: str
    file: Path
    steps: list[Step] = field(default_factory=list)
    failure: Failure | None = None


@contextmanager
def watching(revision: str, file: Path) -> Iterator[Trace]:
    """Trace what this revision does, on whatever connection, during the block."""
    trace = Trace(revision, file)
    watch = _Watch(trace)
    heard: dict[str, Callable[..., None]] = {
        "before_cursor_execute": watch.before,
        "after_cursor_execute": watch.after,
        "commit": watch.ending,
        "begin": watch.forget,
        "rollback": watch.forget,
        "handle_error": watch.failed,
    }
    for name, function in heard.items():
        event.listen(Engine, name, function)
    try:
        yield trace
    finally:
        for name, function in heard.items():
            event.remove(Engine, name, function)


@dataclass(frozen=True)
class _Sent:
    place: Place
    text: str | None = None
    rows: int = -1
    parameters: bool = False


class _Watch:
    """What listens to SQLAlchemy, and fills a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.last: State | None = None
        self.times: Counter[int | None] = Counter()

    def before(self, connection: Connection, *_: object) -> None:
        if self.last is None:
            self.last = _fetch(connection)[-1][1]
        elif self._place() is None:
            self._add(connection, _Sent(self._nowhere()))

    def after(
        self,
        connection: Connection,
        cursor: Any,  # noqa: ANN401 - any driver's
        text: str,
        parameters: object,
        *_: object,
    ) -> None:
        place = self._place()
        if place is None:
            self.last = _fetch(connection)[-1][1]
        elif not self._can_wait(place, text):
            self._add(connection, _Sent(place, text, cursor.rowcount, bool(parameters)))

    def ending(self, connection: Connection) -> None:
        """See what went past SQLAlchemy before it is committed."""
        if self.last is not None:
            self._add(connection, _Sent(self._nowhere()))
        self.last = None

    def forget(self, _: Connection) -> None:
        self.last = None

    def failed(self, context: ExceptionContext) -> None:
        place = self._place()
        if place is not None:
            error = context.original_exception
            self.trace.failure = Failure(context.statement, place, error)

    def _add(self, connection: Connection, sent: "_Sent") -> None:
        records = _fetch(connection)
        for tag, state in records:
            then = self.last or state
            alone = state.transaction != then.transaction
            told = sent.text is not None and (tag is not None or len(records) == 1)
            if told or _did_something(then, state):
                self.trace.steps.append(
                    Step(sent.text, sent.place, tag, then, state, alone, sent.rows, sent.parameters)
                )
            self.last = state
        if self.trace.steps and self.trace.steps[-1].alone:
            self.last = None

    def _can_wait(self, place: Place, text: str) -> bool:
        """Tell whether to look later: what happens until then is seen together."""
        self.times[place.line] += 1
        often = self.times[place.line] > LOOKS and self.times[place.line] % 10
        alone = not self.trace.steps or self.trace.steps[-1].alone
        return bool(often) and not alone and text.lstrip()[:6].upper() in OF_ROWS

    def _nowhere(self) -> Place:
        return Place(self.trace.revision, self.trace.file)

    def _place(self) -> Place | None:
        """Return the line of the revision that is being run, if it is."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the cheap way to a stack without its source
        while frame is not None:
            if frame.f_code.co_filename == str(self.trace.file):
                return Place(self.trace.revision, self.trace.file, frame.f_lineno)
            frame = frame.f_back
        return None


def _did_something(before: State, after: State) -> bool:
    def facts(state: State) -> object:
        return (state.relations, state.constraints, state.triggers, state.columns, state.strong())

    return facts(before) != facts(after)


def _fetch(connection: Connection) -> list[tuple[str | None, State]]:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(recorder.FETCH)
        (fetched,) = cursor.fetchone()  # type: ignore[misc]
    finally:
        cursor.close()
    return [*read(fetched)]
