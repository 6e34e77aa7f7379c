"""The files of a commit, outside of git."""

import io
import subprocess
import tarfile
from pathlib import Path

from toolbox.errors import ToolboxError


def export(repository: Path, commit: str, folder: Path) -> None:
    """Write all files of a commit, or of a tree, into a folder, without any history.

    Raises:
        ToolboxError: git cannot read them, as in a clone that left out some.
    """
    done = subprocess.run(
        ["git", "archive", "--format=tar", commit],  # noqa: S607 - the user's own
        cwd=repository,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise ToolboxError(f"git archive {commit}: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
