"""The path through the containers, where there is a Docker engine."""

import os
import shutil
import subprocess
import sys

import pytest

from toolbox.checkout import ROOT
from toolbox.compose import BASE, check_confinement
from toolbox.errors import ToolboxError


def compose(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolbox", "compose"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("variables", [{"PATH": ""}, {"DOCKER_HOST": "unix:///nowhere"}])
def test_without_an_engine(variables: dict[str, str]) -> None:
    """Without Docker, or with one that does not answer, it says how to get one."""
    done = compose(**variables)
    assert done.returncode == 1
    assert "Install Docker" in done.stderr
    assert "Traceback" not in done.stderr


class Answering:
    """A project in whose container these commands end so."""

    def __init__(self, user: str, *, may_write: bool) -> None:
        self.user = user
        self.may_write = may_write

    def ask(self, *arguments: str) -> str:
        if "id" in arguments:
            return self.user
        if not self.may_write:
            raise ToolboxError("Read-only file system")
        return ""


@pytest.mark.parametrize(
    ("user", "may_write", "fault"), [("0", False, "as root"), ("10001", True, "can write")]
)
def test_confinement_is_judged(user: str, fault: str, *, may_write: bool) -> None:
    """A container that is root, or can write into its image, is refused."""
    with pytest.raises(ToolboxError, match=fault):
        check_confinement(Answering(user, may_write=may_write))  # type: ignore[arg-type]


def test_base_is_the_dockerfiles() -> None:
    """The sizes are measured against the image that the Dockerfile begins with."""
    text = (ROOT / "Dockerfile").read_text()
    version = text.partition("ARG PYTHON=")[2].split()[0]
    assert f"python:{version}-slim" == BASE


def test_dockerfile_needs_no_frontend() -> None:
    """A `# syntax=` line would fetch an image before anything is built."""
    assert "# syntax=" not in (ROOT / "Dockerfile").read_text()


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not has_compose(), reason="there is no Compose v2")
def test_compose_file_is_valid() -> None:
    """Compose reads the file, with the defaults alone."""
    done = subprocess.run(
        ["docker", "compose", "--profile", "tests", "config", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
