"""Python's collector of cyclic garbage, kept away from what has none.

It looks at all that is alive each time that this has grown by a quarter: with a long history each
look costs what a check does, and finds nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage during the block."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
