"""Repeatable randomness: one independent stream per purpose, named by what it is for."""

import secrets
from datetime import UTC, datetime
from random import Random


def stream(*parts: object) -> Random:
    """A random stream that the parts name; the same parts give the same stream everywhere.

    Random seeds from a string by SHA-512 and not by `hash`, which differs between processes.
    """
    return Random("/".join(str(part) for part in parts))  # noqa: S311


def new_run_id(command: str) -> str:
    """A name for a run that no other run has, and that sorts by time."""
    return f"{command}-{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(3)}"


def numbered(what: str, count: int) -> list[str]:
    """Names that sort by number: `user-00`, `user-01`, and so on."""
    width = len(str(max(count - 1, 0)))
    return [f"{what}-{number:0{width}}" for number in range(count)]
