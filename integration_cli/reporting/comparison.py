"""Two runs side by side: what changed, and what of it is noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from integration_cli.latency import Distribution, response_time
from integration_cli.operation import Operation
from integration_cli.reporting.page import SIGNS, document
from integration_cli.reporting.run import Report
from integration_cli.reporting.svg import milliseconds

SHARES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))
Z = 2.58  # standard errors: 99 % confidence
FEWEST = 10  # values beyond a percentile, or it is the accident of a few


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of two runs, and what to make of the difference."""

    name: str
    before: str
    after: str
    note: str = ""


def compare(before: Report, after: Report) -> list[Row]:
    """The rows of a comparison: verdicts that differ, then latency and throughput."""
    return [*_verdicts(before, after), *_latency(before.loaded, after.loaded)]


def _verdicts(before: Report, after: Report) -> list[Row]:
    then = {one.invariant: one for one in before.verdicts}
    now = {one.invariant: one for one in after.verdicts}
    rows = []
    for name in [*then, *(name for name in now if name not in then)]:
        one, other = (
            str(side[name].state) if name in side else "not judged" for side in (then, now)
        )
        if one != other:
            rows.append(Row(name, one, other, "differs"))
    same = len(then.keys() & now.keys()) - sum(row.name in then and row.name in now for row in rows)
    return [*rows, Row("other verdicts", f"{same} alike", f"{same} alike")]


def _latency(before: Sequence[Operation], after: Sequence[Operation]) -> list[Row]:
    if not before or not after:
        return []
    one, other = (
        Distribution.of(response_time(operation) for operation in side) for side in (before, after)
    )
    rows = [
        Row(
            f"latency {name}",
            milliseconds(one.at(share)),
            milliseconds(other.at(share)),
            _judge(one, other, share),
        )
        for name, share in SHARES
    ]
    rates = [
        f"{sum(o.acknowledged for o in side) / _seconds(side):.0f}/s" for side in (before, after)
    ]
    failed = [f"{sum(not o.acknowledged for o in side)} of {len(side)}" for side in (before, after)]
    return [*rows, Row("good answers", *rates), Row("not a 2xx", *failed)]


def _judge(one: Distribution, other: Distribution, share: float) -> str:
    """Whether two percentiles differ by more than chance.

    Each has a confidence interval that holds whatever the distribution is, from the order
    statistics (Conover, "Practical Nonparametric Statistics", 3.2). It is that of independent
    values; a stall hits many at once, so even what is beyond it should be seen twice.
    """
    if min(len(side.ordered) * (1 - share) for side in (one, other)) < FEWEST:
        return "too few requests to tell"
    low, high = _interval(one, share)
    least, most = _interval(other, share)
    if least > high:
        return f"slower by {other.at(share) / one.at(share) - 1:.0%}"
    if most < low:
        return f"faster by {1 - other.at(share) / one.at(share):.0%}"
    return "noise"


def _interval(times: Distribution, share: float) -> tuple[float, float]:
    count = len(times.ordered)
    spread = Z * sqrt(count * share * (1 - share))
    low, high = (min(max(round(count * share + by), 0), count - 1) for by in (-spread, spread))
    return times.ordered[low], times.ordered[high]


def _seconds(operations: Sequence[Operation]) -> float:
    ends = max(one.returned for one in operations)
    return max((ends - min(one.invoked for one in operations)) / 1e9, 1e-3)


def comparison_page(before: Report, after: Report) -> str:
    """The comparison as one HTML file that opens offline."""
    rows = "".join(
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.before)}</td><td>{escape(row.after)}</td>"
        f"<td>{escape(row.note)}</td></tr>"
        for row in compare(before, after)
    )
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("", "before", "after", "what to make of it")
    )
    sides = "".join(
        f'<p class="{one.state}">{name}: {SIGNS[one.state]}. {escape(one.headline)} '
        f'<span class="note">{escape(one.environment.run_id)}</span></p>'
        for name, one in (("Before", before), ("After", after))
    )
    body = (
        f"<header><h1>Two runs of concurrency</h1><p class='outcome'>Before and after</p>{sides}"
        f"</header><main><h2>What differs</h2><div class='wide'><table><thead><tr>{head}</tr>"
        f"</thead><tbody>{rows}</tbody></table></div><p class='note'>Noise: the 99 % confidence "
        "intervals of the two percentiles overlap. One run each tells nothing of how runs differ "
        "among themselves: repeat what matters.</p></main>"
    )
    return document("Two runs of concurrency", body)
