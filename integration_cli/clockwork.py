"""An event loop that wakes on the microsecond, where asyncio's own wakes on the millisecond.

`epoll_wait` takes whole milliseconds and asyncio rounds up, so that a request due now leaves half
a millisecond late on average: as much as a fast app takes to answer it. `select` takes
microseconds, and an epoll descriptor can itself be selected.
"""

import asyncio
import select
import selectors
import sys
from collections.abc import Callable
from typing import cast


class PreciseSelector(selectors.DefaultSelector):
    """The platform's selector, waited for with `select`. It costs one more call into the kernel."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait until a file is ready, at most `timeout` seconds."""
        fileno = cast("Callable[[], int] | None", getattr(super(), "fileno", None))
        if timeout is not None and timeout > 0 and fileno:
            select.select([fileno()], [], [], timeout)
            timeout = 0
        return super().select(timeout)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """An event loop with precise timers; on Windows the usual one, whose timers are coarse."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    return asyncio.SelectorEventLoop(PreciseSelector())
