"""Revisions that fail: on rows, or for what Postgres refuses in a transaction.

That one does not run is a matter of history, by whose rules it goes: here it is found on other
rows, and with what Postgres did.
"""

from collections.abc import Iterator

from toolbox.gate import roles
from toolbox.gate.finding import Finding, Place
from toolbox.gate.rules import rule
from toolbox.gate.safety import remedies, safe_way
from toolbox.gate.safety.tracing import Trace
from toolbox.gate.sqlstate import sqlstate

OF_ROWS = "23"  # SQLSTATE class of violated constraints; Postgres manual, appendix A


def find(
    trace: Trace, error: BaseException | None, *, on_empty: BaseException | None
) -> Iterator[Finding]:
    """Yield why a revision failed on rows, if it did."""
    if error is None:
        return
    failure = trace.failure
    place = failure.place if failure else Place(trace.revision, trace.file)
    text = failure.text.strip() if failure and failure.text else None
    name, message, remedy = _judge(error, on_empty, text or "...")
    reason = str(getattr(error, "orig", error)).splitlines()[0]
    yield Finding(
        name, rule(name).question, f"revision {trace.revision}", message, place, text, (reason,),
        None, remedy,
    )  # fmt: skip


def _judge(error: BaseException, on_empty: BaseException | None, text: str) -> tuple[str, str, str]:
    code = sqlstate(error) or ""
    if roles.is_there_already(error):
        return roles.RULE, f"{roles.MESSAGE}.", remedies.ROLE
    match code:
        case "25001":  # active_sql_transaction; Postgres manual, appendix A
            return (
                "concurrently-in-transaction",
                (
                    "The statement cannot run in the transaction that Alembic opens: the revision "
                    "fails."
                ),
                safe_way.in_autocommit(f"op.execute({safe_way.literal(text)})"),
            )
        case "55P04":  # unsafe_new_enum_value_usage
            return (
                "enum-value-used-at-once",
                "A new enum value is used in the transaction that adds it: the revision fails.",
                remedies.ENUM_VALUE,
            )
    if on_empty is None or code[:2] == OF_ROWS:
        return (
            "upgrade-fails-on-rows",
            "The revision fails where there are rows.",
            remedies.FAILS_ON_ROWS,
        )
    return "upgrade-fails", "The revision fails.", remedies.FAILS
