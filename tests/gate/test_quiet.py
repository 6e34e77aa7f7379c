"""A project's logging is neither seen nor left behind."""

import logging
from contextlib import ExitStack
from logging.config import dictConfig

from toolbox.gate.quiet import without_logs

log = logging.getLogger("tests.gate.quiet")


def test_project_that_disables_all_loggers() -> None:
    """What an env.py sets up by its default does not outlive it."""
    with without_logs():
        assert not log.isEnabledFor(logging.CRITICAL)
        dictConfig({"version": 1})
        assert log.disabled
    assert log.isEnabledFor(logging.CRITICAL)


def test_blocks_that_overlap() -> None:
    """Of two that overlap, as in threads, the last one to end gives logging back."""
    first, second = ExitStack(), ExitStack()
    first.enter_context(without_logs())
    second.enter_context(without_logs())
    first.close()
    assert not log.isEnabledFor(logging.CRITICAL)
    second.close()
    assert log.isEnabledFor(logging.CRITICAL)
