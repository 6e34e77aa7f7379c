"""The errors that the toolbox raises on purpose."""

SEE_DOCTOR = "To see whether machine and checkout are well otherwise, run: nox -s doctor"


class ToolboxError(Exception):
    """Something went wrong that a user can mend: the message says what, and what to do next."""


class NotWell(ToolboxError):
    """The machine or the checkout is at fault, not what was asked for: `doctor` tells more."""


def explained(exc: ToolboxError) -> str:
    """Return an error's message, and where to ask further if it is not the user's mistake."""
    return f"{exc}\n{SEE_DOCTOR}" if isinstance(exc, NotWell) else str(exc)


def in_one_line(words: str) -> str:
    """Return lines of another program's as one, in which each is a sentence."""
    lines = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
    return " ".join(line if line[-1] in ".?!:,;" else f"{line}." for line in lines)
