"""`python -m integration_cli.reporting.cost FILE`: what each part of a report on it costs.

PROFILE after it is that of the app, where it is not the one that is shipped.
"""

import json
import sys
from pathlib import Path
from time import process_time

from integration_cli.history import read_history
from integration_cli.profile import Profile
from integration_cli.profile_file import load_profile, shipped_profile
from integration_cli.reporting.judgement import report_on
from integration_cli.reporting.page import page


def cost(path: Path, profile: Profile) -> dict[str, float]:
    """Seconds of processor time that it takes to read a history, to judge it, and to render it."""
    times = [process_time()]
    history = read_history(path)
    times.append(process_time())
    report = report_on(history, profile)
    times.append(process_time())
    page(report)
    times.append(process_time())
    names = ("reading", "judging", "rendering")
    return {name: times[at + 1] - times[at] for at, name in enumerate(names)}


if __name__ == "__main__":
    profile = load_profile(Path(sys.argv[2])) if sys.argv[2:] else shipped_profile()
    sys.stdout.write(json.dumps(cost(Path(sys.argv[1]), profile)) + "\n")
