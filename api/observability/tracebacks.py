"""Tracebacks for the log, without what a client sent.

Some exceptions quote data in their message: a row that breaks a constraint, a body that does not
fit its model. Of these the log gets what kind it is and where it happened. No traceback has the
values of local variables.
"""

import traceback
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType

OURS = Path(__file__).parents[1]

# By name, because the process above the workers loads none of these libraries.
QUOTING = frozenset(
    {
        "asyncpg.exceptions._base.PostgresMessage",
        "fastapi.exceptions.ValidationException",
        "pydantic_core._pydantic_core.ValidationError",
        "sqlalchemy.dialects.postgresql.asyncpg.AsyncAdapt_asyncpg_dbapi.Error",
        "sqlalchemy.exc.StatementError",
    }
)

# Of a database's error, what is said by its schema and not by its rows.
FACTS = ("sqlstate", "table_name", "column_name", "constraint_name", "statement")


def report(exc: BaseException, *, brief: bool = False) -> str:
    """Return an exception's traceback, with those of its causes before it, as Python prints it.

    A brief one has of each way through libraries only how long it was, but for where it ended.
    """
    return "".join(_blocks(exc, frozenset(), brief=brief)).rstrip("\n")


def _blocks(exc: BaseException, seen: frozenset[int], *, brief: bool) -> list[str]:
    blocks: list[str] = []
    cause, link = _before(exc)
    if cause is not None and id(cause) not in seen:
        blocks += [*_blocks(cause, seen | {id(exc)}, brief=brief), f"\n{link}\n\n"]
    if exc.__traceback__ is not None:
        blocks.append("Traceback (most recent call last):\n")
        blocks += _frames(exc.__traceback__, brief=brief)
    blocks.append(f"{_name(type(exc))}: {_message(exc)}\n")
    if isinstance(exc, BaseExceptionGroup):
        for one in exc.exceptions:
            blocks += ["\nOne of the group:\n\n", *_blocks(one, seen | {id(exc)}, brief=brief)]
    return blocks


def _frames(trace: TracebackType, *, brief: bool) -> Iterator[str]:
    *way, end = traceback.extract_tb(trace)
    for ours, some in groupby(way, lambda frame: Path(frame.filename).is_relative_to(OURS)):
        frames = traceback.StackSummary.from_list(some)
        if ours or not brief:
            yield from frames.format()
        else:
            yield f"  ... {len(frames)} in libraries\n"
    yield from traceback.StackSummary.from_list([end]).format()


def _before(exc: BaseException) -> tuple[BaseException | None, str]:
    if exc.__cause__ is not None:
        return exc.__cause__, "The above exception was the direct cause of the following exception:"
    if exc.__suppress_context__:
        return None, ""
    return exc.__context__, "During handling of the above exception, another exception occurred:"


def _message(exc: BaseException) -> str:
    if not any(_name(kind) in QUOTING for kind in type(exc).__mro__):
        return str(exc)
    facts = {fact: getattr(exc, fact, None) for fact in FACTS}
    told = ", ".join(f"{fact} {value}" for fact, value in facts.items() if isinstance(value, str))
    return f"(message left out, as it may quote data) {told}".rstrip()


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
