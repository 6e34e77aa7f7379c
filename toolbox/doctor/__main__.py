"""The doctor from its first moment, by whichever Python there is and with nothing installed.

What keeps an environment from being made is said here; where nothing does, one is made, and the
command of the toolbox looks at everything in it.
"""

import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is what says so
    sys.exit(
        "Python {}.{} is too old: this project needs 3.11 or newer. With uv, which brings its own: "
        "uvx --python 3.13 nox".format(*sys.version_info)
    )

from toolbox.checkout import ROOT
from toolbox.doctor.beginning import LOOKS, make_environment
from toolbox.doctor.diagnosis import Diagnosis, State
from toolbox.doctor.show import show

ENVIRONMENT = ROOT / ".nox" / "doctor"


def main(arguments: list[str]) -> int:
    """Look at the beginning, then at everything; return the exit code."""
    if (found := begin()) and found[-1].state is State.FAULT:
        show(found, as_json="--json" in arguments)
        return 1
    programs = "Scripts" if sys.platform == "win32" else "bin"
    command = [str(ENVIRONMENT / programs / "python"), "-m", "toolbox", "doctor", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def begin() -> list[Diagnosis]:
    """Look at one thing after the other, up to the first that is wrong, and make an environment."""
    found = []
    for look in LOOKS:
        found.append(look())
        if found[-1].state is State.FAULT and found[-1].what != "Disk":
            return found
    return [*found, make_environment(ENVIRONMENT)]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
