"""The judge: pure functions from a history to verdicts. None of them talks to an app."""

from collections.abc import Callable, Sequence

from integration_cli.checks import answers, reads, writes
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Verdict
from integration_cli.operation import Operation

Check = Callable[[Traces], Verdict]

# In the order of the report. A new invariant is one function and one line here.
CONCURRENCY: tuple[Check, ...] = (
    reads.durable_acknowledgement,
    reads.read_your_writes,
    reads.fresh_reads,
    reads.monotonic_reads,
    answers.unique_race,
    answers.unique_names,
    writes.bulk_is_atomic,
    writes.refused_write_has_no_effect,
    writes.deleted_stays_deleted,
    answers.no_server_error,
)
DEADLOCKS: tuple[Check, ...] = (
    answers.deadlocks_are_retried,
    writes.bulk_is_atomic,
    reads.fresh_reads,
)


def judge(operations: Sequence[Operation], checks: Sequence[Check]) -> list[Verdict]:
    """Put a history before each check."""
    traces = Traces(operations)
    return [check(traces) for check in checks]
