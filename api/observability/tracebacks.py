"""Tracebacks for the log, without what a client sent.

Some exceptions quote data in their message: a row that breaks a constraint, a body that does not
fit its model. Of these the log gets what kind it is and where it happened. No traceback has the
values of local variables.
"""

import traceback

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


def report(exc: BaseException) -> str:
    """Return an exception's traceback, with those of its causes before it, as Python prints it."""
    return "".join(_blocks(exc, frozenset())).rstrip("\n")


def _blocks(exc: BaseException, seen: frozenset[int]) -> list[str]:
    blocks: list[str] = []
    cause, link = _before(exc)
    if cause is not None and id(cause) not in seen:
        blocks += [*_blocks(cause, seen | {id(exc)}), f"\n{link}\n\n"]
    if exc.__traceback__ is not None:
        blocks.append("Traceback (most recent call last):\n")
        blocks += traceback.format_tb(exc.__traceback__)
    blocks.append(f"{_name(type(exc))}: {_message(exc)}\n")
    if isinstance(exc, BaseExceptionGroup):
        for one in exc.exceptions:
            blocks += ["\nOne of the group:\n\n", *_blocks(one, seen | {id(exc)})]
    return blocks


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
