"""Puts a history before the checks, and makes what they find small enough to read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from integration_cli.capabilities import Capabilities
from integration_cli.checks.catalogue import INCIDENTAL, Check, Invariant
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Finding, State, Verdict, skipped, verdict
from integration_cli.garbage import uncollected
from integration_cli.operation import Operation
from integration_cli.profile import Profile


def judge(
    operations: Sequence[Operation],
    profile: Profile,
    invariants: Iterable[Invariant],
    capabilities: Capabilities | None = None,
    phases: Iterable[str] | None = None,
) -> list[Verdict]:
    """The verdict on each invariant: see `judging`."""
    return [*judging(operations, profile, invariants, capabilities, phases)]


def judging(
    operations: Sequence[Operation],
    profile: Profile,
    invariants: Iterable[Invariant],
    capabilities: Capabilities | None = None,
    phases: Iterable[str] | None = None,
) -> Iterator[Verdict]:
    """One verdict after another; what the target cannot do is skipped, and says why.

    `phases` are those that were played; None stands for all.
    """
    played = None if phases is None else set(phases)
    with uncollected():
        traces = Traces(operations, profile)
        for one in invariants:
            yield _judge(traces, one, _lack(one, capabilities, played))


def _lack(invariant: Invariant, capabilities: Capabilities | None, played: set[str] | None) -> str:
    """Why an invariant cannot be judged; empty where it can."""
    lack = capabilities.missing(invariant.needs) if capabilities else ""
    if not lack and played is not None and invariant.phases and not played & {*invariant.phases}:
        return f"the run left out {' and '.join(invariant.phases)}"
    return lack


def _judge(traces: Traces, invariant: Invariant, lack: str) -> Verdict:
    if lack:
        return skipped(invariant.name, lack)
    found = verdict(invariant.name, invariant.check(traces))
    if invariant.name in INCIDENTAL and not found.observations and not found.findings:
        return skipped(
            invariant.name,
            found.reason.replace(
                "nothing to observe", "no occasion: no worker ended or started in this run"
            ),
        )
    small = [_minimal(one, invariant.check, traces.profile) for one in found.findings]
    small.sort(key=lambda finding: len(finding.operations))
    return replace(found, findings=tuple(small))


def _minimal(finding: Finding, check: Check, profile: Profile) -> Finding:
    """The finding without each operation that its check can do without, one after another.

    What needs more of the history than the finding's own operations is left as it is.
    """
    kept = [*finding.operations]
    if len(kept) < 2 or not _shows(kept, check, profile):
        return finding
    for one in finding.operations:
        fewer = [other for other in kept if other is not one]
        if len(kept) > 1 and _shows(fewer, check, profile):
            kept = fewer
    found = check(Traces(kept, profile)).findings
    return replace(finding, sentence=found[0].sentence, operations=tuple(kept))


def _shows(operations: list[Operation], check: Check, profile: Profile) -> bool:
    return bool(check(Traces(operations, profile)).findings)


def is_violated(verdicts: Iterable[Verdict]) -> bool:
    """Whether any invariant was violated."""
    return any(one.state is State.VIOLATED for one in verdicts)
