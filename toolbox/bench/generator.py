"""Starting the load generator."""

import json
import subprocess
import sys
from dataclasses import asdict

from toolbox.bench.load import Load, Outcome
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

PATIENCE = 60  # seconds beyond those of the load


def send(load: Load, what: str) -> Outcome:
    """Send a load by a process of its own.

    Args:
        load: what to send, whereto and for how long.
        what: how to call it in an error.

    Raises:
        ToolboxError: an answer was not the expected one, or none came.
    """
    command = [sys.executable, "-m", "toolbox.bench.load"]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            input=json.dumps(asdict(load)),
            capture_output=True,
            text=True,
            timeout=load.seconds + PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolboxError(f"{what}: no answer for {PATIENCE} seconds.") from None
    if done.returncode != 0:
        raise ToolboxError(f"{what}: expected {load.expected}, but got: {done.stderr.strip()}")
    return Outcome(**json.loads(done.stdout))
