"""Trouble that is nobody's lie: a database that restarts, a stall, a worker that is killed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.checks.judge import judge
from integration_cli.operation import Kind, Operation, Trouble
from tests.integration_cli.generated import generate
from tests.integration_cli.story import PROFILE

COUNT = 15_000  # operations, in six seconds
SECOND = 1_000_000_000
BEGINS, ENDS = 2 * SECOND, 5 * SECOND
AGAIN = {"retry-after": "1"}
Trial = Callable[[Operation, int], Operation]


def database_restarts(one: Operation, number: int) -> Operation:
    """For three seconds there are resets and 503s, whatever became of what was asked."""
    if not BEGINS < one.invoked < ENDS:
        return one
    if number % 3:
        return replace(one, status=503, answer={}, headers=AGAIN)
    return replace(one, status=None, answer={}, headers={}, trouble=Trouble.RESET)


def all_stalls(one: Operation, _: int) -> Operation:
    """What is asked within one second is answered at its end."""
    end = BEGINS + SECOND
    return replace(one, returned=end + 1) if BEGINS < one.invoked < end else one


def worker_is_killed(one: Operation, _: int) -> Operation:
    """One process ends in the middle of what it does, and another takes its place."""
    if one.worker != "1" or one.returned < BEGINS:
        return one
    if one.invoked < BEGINS + SECOND // 10:
        return replace(one, status=None, answer={}, worker=None, trouble=Trouble.RESET)
    return replace(one, worker="9")


def violated(operations: Iterable[Operation]) -> list[str]:
    verdicts = judge([*operations], PROFILE, CATALOGUE)
    return [one.invariant for one in verdicts if one.state == "violated"]


HISTORY = [*generate(COUNT)]
TROUBLES = [database_restarts, all_stalls, worker_is_killed]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_false_alarm(trouble: Trial) -> None:
    """A right app in trouble is accused of nothing."""
    played = [trouble(one, number) for number, one in enumerate(HISTORY)]
    assert played != HISTORY
    assert violated(played) == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_loss_is_still_found(trouble: Trial) -> None:
    """One read that misses what was acknowledged is named, whatever the trouble before it."""
    played = [trouble(one, number) for number, one in enumerate(HISTORY)]
    made = {one.answer["id"] for one in played if one.kind is Kind.CREATE_ITEM and one.answer}
    number, read = next(
        (number, one)
        for number, one in enumerate(played)
        if one.kind is Kind.READ_ITEM and one.invoked > ENDS and one.target in made
    )
    played[number] = replace(read, status=404, answer={})
    assert {"read-your-writes", "fresh-reads"} & {*violated(played)}
