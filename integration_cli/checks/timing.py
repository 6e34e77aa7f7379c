"""What takes how long, as ratios within one run, of medians and of the fastest: a machine that is
slow or stalls makes all of it slower, and never the fastest of many faster.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation

STALL = 0.5  # of the time that one log-in takes: who waits so long has waited for it
MOST = 0.35  # of the time
LOUDER = 5.0  # times the quiet median
ROW = 0.1  # of what a whole page of one row costs: a row asked for by itself costs as much
PAGE = 0.2  # ms: where that costs less it was not measured
THIRDS = 3
GROWTH = 8.0  # times
NOTICEABLE = 20.0  # ms: less may be an index that has just grown, not all rows of ten thousand
SEVERAL = 3


def hashing_does_not_stall_the_loop(traces: Traces) -> Seen:
    """While many log in, a request that needs nothing is answered as ever.

    A loop that hashes answers nothing for as long as that takes. So those who ask again and again
    wait, for most of the time, for about one log-in each time; a machine that is merely busy makes
    them wait often but shortly. All windows must show it.
    """
    seen = Seen()
    stalled: list[Finding] = []
    for race, log_ins in traces.races("log-ins").items():
        number = race.partition("#")[2]
        quiet = traces.races("quiet-pulse").get(f"quiet-pulse#{number}", [])
        loud = traces.races("loud-pulse").get(f"loud-pulse#{number}", [])
        done = [one for one in log_ins if one.acknowledged]  # who is refused is not hashed for
        if len(done) < SEVERAL or not quiet or not loud:
            continue
        seen.observations += 1
        least = max(STALL * _alone(traces), LOUDER * _median(quiet))
        worst = max(
            (_stalls(those, done, least) for those in _by_client(loud)), key=lambda pair: pair[0]
        )
        if worst[0] > MOST:
            share, probe = worst
            sentence = (
                f"while others log in, {probe.path} waits for {share:.0%} of the time, "
                f"{probe.milliseconds:.0f} ms at a time, as long as a log-in takes"
            )
            stalled.append(Finding(sentence, (done[0], probe)))
    if stalled and len(stalled) == seen.observations:
        seen.findings = stalled
    return seen


def _stalls(
    pulse: list[Operation], log_ins: list[Operation], least: float
) -> tuple[float, Operation]:
    """The share of the time of the log-ins in which one who asks waits for a whole one of them."""
    mine = [one for one in log_ins if one.worker == pulse[0].worker] or log_ins
    began, over = min(one.invoked for one in mine), max(one.returned for one in mine)
    each = max((over - began) / 1e6 / len(mine) * STALL, least)
    during = [one for one in pulse if began < one.invoked < over]
    waits = [one for one in during if one.milliseconds >= each]
    share = sum(one.returned - one.invoked for one in waits) / max(over - began, 1)
    return share, max(during or pulse, key=lambda one: one.milliseconds)


def _alone(traces: Traces) -> float:
    """How long the fastest log-in took, in milliseconds."""
    ops = traces.operations
    return min(one.milliseconds for one in ops if one.kind is Kind.SIGN_IN and one.acknowledged)


def _median(operations: list[Operation]) -> float:
    return median(one.milliseconds for one in operations)


def _by_client(operations: list[Operation]) -> list[list[Operation]]:
    """Those of each connection: it may be the only one to its worker."""
    clients: dict[str, list[Operation]] = defaultdict(list)
    for one in operations:
        clients[one.client].append(one)
    return [*clients.values()]


def cost_per_row_is_constant(traces: Traces) -> Seen:
    """A row on a page costs no query of its own, and what is not on the page costs nothing.

    All windows together and each third of them must show it: that a machine stalls in all of what
    should be slow, and in none of what should be fast, happens in a few.
    """
    seen = Seen()
    live, one_row, many_rows, few, many = (
        [o for race in traces.races(name).values() for o in race if o.acknowledged]
        for name in ("growth-live", "growth-few-1", "growth-few-100", "growth-few-20",
                     "growth-many-20")
    )  # fmt: skip
    if min(map(len, (live, one_row, many_rows))) >= THIRDS * SEVERAL:
        _judge_rows(traces, seen, live, one_row, many_rows)
    if min(map(len, (few, many))) >= THIRDS * SEVERAL:
        _judge_growth(traces, seen, few, many)
    if not seen.observations:
        seen.doubt = "too few pages were answered to compare them"
    return seen


def _judge_rows(
    traces: Traces,
    seen: Seen,
    live: Sequence[Operation],
    one_row: Sequence[Operation],
    many_rows: Sequence[Operation],
) -> None:
    rows = max(len(traces.items_of(one)) for one in many_rows)
    if rows <= 1:
        return
    seen.observations += len(many_rows)
    page = _fastest(one_row) - _fastest(live)
    each = [
        (_fastest(many) - _fastest(one)) / (rows - 1) for one, many in _in_parts(one_row, many_rows)
    ]
    if page > PAGE and min(each) > ROW * page:
        sentence = (
            f"each further row on a page takes {median(each):.2f} ms, and a whole page of one row "
            f"{page:.2f} ms more than nothing: each is a query of its own"
        )
        seen.find(sentence, _fast(one_row), _fast(many_rows))


def _judge_growth(
    traces: Traces, seen: Seen, few: Sequence[Operation], many: Sequence[Operation]
) -> None:
    if len(traces.items_of(few[0])) != len(traces.items_of(many[0])):
        return
    seen.observations += len(many)
    times = [(_fastest(less), _fastest(more)) for less, more in _in_parts(few, many)]
    if all(more > GROWTH * less and more - less > NOTICEABLE for less, more in times):
        ratio = median(more / less for less, more in times)
        sentence = f"the same page takes {ratio:.0f} times as long for who has many rows"
        seen.find(sentence, _fast(few), _fast(many))


def _in_parts(
    *several: Sequence[Operation],
) -> Iterator[tuple[Sequence[Operation], ...]]:
    yield several
    for first in range(THIRDS):
        yield tuple(one[first::THIRDS] for one in several)


def _fast(operations: Sequence[Operation]) -> Operation:
    return min(operations, key=lambda one: one.milliseconds)


def _fastest(operations: Sequence[Operation]) -> float:
    """The second of the fastest, in milliseconds: the very first may be a lucky one."""
    times = sorted(one.milliseconds for one in operations)
    return times[min(1, len(times) - 1)]
