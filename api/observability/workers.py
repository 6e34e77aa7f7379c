"""Where workers keep their figures: whichever is asked adds up those of all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

# The name is prometheus_client's; it reads it when it is first imported.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def folder_for_workers() -> Iterator[None]:
    """Give the workers that start in this context a folder for their figures; it is gone after.

    It is a new one, whatever the variable said before: another run's files would be added.
    """
    with TemporaryDirectory(prefix="pir-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]
