"""Ending with the process that started this one, however that one ended."""

import os
import signal
import threading
import time

INTERVAL = 0.5  # seconds


def end_with_parent() -> None:
    """Send this process SIGTERM once its parent is gone.

    A session that is killed cannot tell its children; without this they would go on, without a
    terminal, and keep their ports.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(INTERVAL)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
