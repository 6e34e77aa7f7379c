"""Logging nothing while a project's own code runs, and as before when it has."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_inside = 0  # blocks that run now: a rehearsal has several, in threads
_before = logging.NOTSET
_disabled: dict[logging.Logger, bool] = {}


@contextmanager
def without_logs() -> Iterator[None]:
    """Log nothing during the block: what a project logs is not ours to show.

    Its env.py sets logging up at each run, which by default disables every logger that there is:
    these are afterwards what they were.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _before  # noqa: PLW0603 - logging itself is one for the whole process
    with _lock:
        if _inside == 0:
            _before = logging.root.manager.disable
            _disabled.clear()
            _disabled.update({logger: logger.disabled for logger in _loggers()})
            logging.disable()
        _inside += 1


def _leave() -> None:
    global _inside  # noqa: PLW0603 - as above
    with _lock:
        _inside -= 1
        if _inside == 0:
            logging.disable(_before)
            for logger, disabled in _disabled.items():
                logger.disabled = disabled


def _loggers() -> list[logging.Logger]:
    known = list(logging.root.manager.loggerDict.values())
    return [one for one in known if isinstance(one, logging.Logger)]
