"""What takes how long, as ratios within one run, of medians and of the fastest: a machine that is
slow or stalls makes all of it slower, and never the fastest of many faster.
"""

from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

from integration_cli.checks.traces import CREATES, Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation

STALL = 0.5  # of the time that one log-in takes alone
LOUDER = 5.0  # times the quiet median
ROW = 0.3  # of a round trip to the database: a row that costs as much is asked for by itself
GROWTH = 4.0  # times
NOTICEABLE = 2.0  # ms: what is less may be noise
SKEW = 2.5  # seconds: the Date header has whole ones, and may be cached for one
SEVERAL = 3


def hashing_does_not_stall_the_loop(traces: Traces) -> Seen:
    """While many log in, a request that needs nothing is answered as ever.

    A loop that hashes answers nothing for as long as that takes; so the median answer then waits
    for about one log-in. All windows must show it.
    """
    seen = Seen()
    windows = traces.races("log-ins")
    alone = _alone(traces)
    stalled: list[Finding] = []
    for race, log_ins in windows.items():
        number = race.partition("#")[2]
        quiet = traces.races("quiet-pulse").get(f"quiet-pulse#{number}", [])
        over = max((one.returned for one in log_ins), default=0)
        loud = traces.races("loud-pulse").get(f"loud-pulse#{number}", [])
        loud = [one for one in loud if one.invoked < over]
        if not quiet or not loud or alone is None:
            continue
        seen.observations += 1
        calm, slow = _median(quiet), _slowest_median(loud)
        if slow > max(STALL * alone, LOUDER * calm, 10.0):
            sentence = (
                f"while others log in, {loud[0].path} takes {slow:.0f} ms, not {calm:.0f} ms: "
                f"about as long as a log-in ({alone:.0f} ms)"
            )
            worst = max(loud, key=lambda one: one.milliseconds)
            stalled.append(Finding(sentence, (log_ins[0], worst)))
    if stalled and len(stalled) == seen.observations:
        seen.findings = stalled
    return seen


def _alone(traces: Traces) -> float | None:
    """How long the fastest log-in took, in milliseconds."""
    times = [
        one.milliseconds for one in traces.operations if one.kind is Kind.SIGN_IN and one.status
    ]
    return min(times, default=None)


def _median(operations: list[Operation]) -> float:
    return median(one.milliseconds for one in operations)


def _slowest_median(operations: list[Operation]) -> float:
    """The median of the connection that fared worst: it may be the only one to that worker."""
    clients: dict[str, list[Operation]] = defaultdict(list)
    for one in operations:
        clients[one.client].append(one)
    return max(_median(those) for those in clients.values())


def cost_per_row_is_constant(traces: Traces) -> Seen:
    """A row on a page costs no query of its own, and what is not on the page costs nothing."""
    seen = Seen()
    live, one_row, many_rows, few, many = (
        [o for race in traces.races(name).values() for o in race if o.acknowledged]
        for name in ("growth-live", "growth-few-1", "growth-few-100", "growth-few-20",
                     "growth-many-20")
    )  # fmt: skip
    rows = max((len(traces.items_of(one)) for one in many_rows), default=0)
    if live and one_row and rows > 1:
        seen.observations += len(many_rows)
        trip = max(_fastest(one_row) - _fastest(live), 0.2)
        row = (_fastest(many_rows) - _fastest(one_row)) / (rows - 1)
        if row > ROW * trip:
            sentence = (
                f"each further row on a page takes {row:.2f} ms, and a whole page of one row "
                f"{trip:.2f} ms more than nothing: each is a query of its own"
            )
            seen.find(sentence, _fast(one_row), _fast(many_rows))
    if few and many and len(traces.items_of(few[0])) == len(traces.items_of(many[0])):
        seen.observations += len(many)
        ratio, more = _fastest(many) / _fastest(few), _fastest(many) - _fastest(few)
        if ratio > GROWTH and more > NOTICEABLE:
            sentence = f"the same page takes {ratio:.0f} times as long for who has many rows"
            seen.find(sentence, _fast(few), _fast(many))
    return seen


def _fast(operations: list[Operation]) -> Operation:
    return min(operations, key=lambda one: one.milliseconds)


def _fastest(operations: list[Operation]) -> float:
    """The second of the fastest, in milliseconds: the very first may be a lucky one."""
    times = sorted(one.milliseconds for one in operations)
    return times[min(1, len(times) - 1)]


def clocks_agree(traces: Traces) -> Seen:
    """The time of creation, the time of a token and the time of the answer are of one clock."""
    seen = Seen()
    skewed: list[tuple[float, Operation, str]] = []
    for one in traces.operations:
        for what, moment in _moments(traces, one):
            told = _date(one)
            if told is None:
                continue
            seen.observations += 1
            late = told - moment
            # The answer comes after what it tells of, and no later than it was under way.
            slack = SKEW + one.milliseconds / 1000
            if late < -SKEW or late > slack:
                skewed.append((late, one, what))
    if len(skewed) >= max(SEVERAL, seen.observations // 4):
        for late, one, what in skewed:
            side = "before" if late > 0 else "after"
            seen.find(f"{what} is {abs(late):.0f} s {side} the answer's Date", one)
    return seen


def _moments(traces: Traces, one: Operation) -> list[tuple[str, float]]:
    if one.kind in CREATES and one.acknowledged and "Idempotency-Key" not in one.sent:
        times = [_seconds(item.created) for item in traces.items_of(one)[:1]]
        return [("the time of creation", moment) for moment in times if moment is not None]
    if one.kind is Kind.SIGN_IN and isinstance(one.answer.get("iat"), int | float):
        return [("the token's time", float(one.answer["iat"]))]
    return []


def _seconds(text: str | None) -> float | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _date(one: Operation) -> float | None:
    try:
        return parsedate_to_datetime(one.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None
