"""Running Schemathesis; how it looks at the API is in schemathesis.toml."""

import secrets
import sys
from collections.abc import Sequence

from toolbox.processes import run


def environment() -> dict[str, str]:
    """Return what a service is told that runs as in production, but for its tokens' lifetime."""
    return {
        "ENVIRONMENT": "production",
        "TOKEN_SECRET": secrets.token_urlsafe(48),
        "ACCESS_TOKEN_LIFETIME": "P1D",
    }


def fuzz(app_url: str, minutes: float, seed: int, options: Sequence[str]) -> int:
    """Try an app and return Schemathesis's exit code, which is 0 if nothing was found.

    Args:
        app_url: where it answers.
        minutes: how long to try; a second at least.
        seed: what the requests follow from.
        options: more of Schemathesis's own.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{app_url}/openapi.json"]
    limits = ["--max-time", str(max(1, round(minutes * 60))), "--seed", str(seed)]
    return run([*command, *limits, *options])
