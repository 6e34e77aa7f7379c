"""A history that begins with the project: one revision that makes what the models say."""

import os
import sys
from pathlib import Path

from toolbox.databases import Throwaways
from toolbox.postgres import choose
from toolbox.processes import ask

PROGRAM = Path(__file__).with_name("first_revision.py")
MESSAGE = "the first tables"


def write_first_revision(folder: Path) -> None:
    """Write into a tree the revision that makes all that its models say.

    The tree's own Alembic writes it, on a throwaway database of this checkout.

    Raises:
        ToolboxError: it cannot, or the models have something that it does not see.
    """
    with Throwaways(choose().up()) as databases:
        place = {"DATABASE_URL": databases.create("first"), "PYTHONPATH": str(folder)}
        # -P: what is beside the program is this checkout's.
        command = [sys.executable, "-B", "-P", str(PROGRAM), MESSAGE]
        ask(command, {**os.environ, **place}, folder)
