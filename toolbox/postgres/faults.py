"""What Postgres's own words about a failed start mean, and what to do about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A reason for which Postgres does not start.

    Attributes:
        pattern: how it shows in the server's log or in the output of `initdb`.
        sentence: what happened, and what to do.
    """

    pattern: str
    sentence: str


PORT_TAKEN = "could not (bind|create any TCP/IP sockets)|Address already in use"
STILL_DYING = "pre-existing shared memory block|lock file .* already exists"

FAULTS = (
    Fault(
        "No space left on device|Disk quota exceeded|could not extend file",
        "The disk is full. Nothing is lost: make room, and run this again.",
    ),
    Fault(
        "not compatible with this version|incompatible with server",
        "The data was written by another version of Postgres. It was left as it is.",
    ),
    Fault(
        "has invalid permissions|has wrong ownership|Permission denied",
        "The data belongs to another account, as happens after a run as root. It was left as it "
        "is: run as that account, or give the .data folder to yours.",
    ),
    Fault(
        "could not locate a valid checkpoint record|invalid checkpoint|PANIC",
        "The data is damaged. It was left as it is: save what you need of .data, then run "
        "nox -s db -- reset",
    ),
    Fault(
        "could not create shared memory segment|could not map anonymous shared memory",
        "The machine has too little shared memory for Postgres: end other programs.",
    ),
    Fault(
        "unrecognized configuration parameter|invalid value for parameter", "A setting is wrong."
    ),
)


def explain(words: str, log: str) -> str:
    """Return a sentence for Postgres's words, with the line that says it and where to read more."""
    lines = [line for line in words.splitlines() if line.strip()]
    for fault in FAULTS:
        for line in lines:
            if re.search(fault.pattern, line):
                return f"{fault.sentence}\n  Postgres says: {line.strip()}\n  Its log: {log}"
    last = "\n  ".join(lines[-5:]) or "(nothing)"
    return f"Postgres does not start. Its last words:\n  {last}\n  Its log: {log}"
