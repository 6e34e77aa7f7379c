"""How what was found is shown; by the standard library alone."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

from toolbox.doctor.diagnosis import Diagnosis, State
from toolbox.errors import in_one_line

SIGNS = {State.WELL: "ok", State.NOTE: "note", State.FAULT: "fault"}
COLOURS = {State.WELL: "32", State.NOTE: "33", State.FAULT: "1;31"}
BOLD = "1"


def show(found: Sequence[Diagnosis], *, as_json: bool = False) -> None:
    """Print what was found.

    At a terminal lines are broken between words, and a command stands on a line of its own, to be
    copied whole; in a pipe each thing is one line, to be searched.
    """
    if as_json:
        print(json.dumps([one.to_json() for one in found], indent=2))  # noqa: T201
        return
    width = max(len(one.what) for one in found)
    for one in found:
        print(*_lines(one, width), sep="\n")  # noqa: T201
    print(f"\n{_verdict(found)}")  # noqa: T201


def _lines(one: Diagnosis, width: int) -> list[str]:
    sign = _styled(f"{SIGNS[one.state]:<5}", COLOURS[one.state])
    margin = " " * (7 + width + 2)
    sentence = in_one_line(one.sentence) if "\n" in one.sentence else one.sentence
    mend = one.mend if one.mend and one.mend not in sentence else None
    if not sys.stdout.isatty():
        said = f"{sentence.rstrip('.')}. To mend: {mend}" if mend else sentence
        return [f"{sign}  {one.what:<{width}}  {said}"]
    room = max(shutil.get_terminal_size().columns - len(margin), 30)
    first, *rest = textwrap.wrap(sentence, room, break_long_words=False, break_on_hyphens=False)
    lines = [f"{sign}  {one.what:<{width}}  {first}", *(margin + line for line in rest)]
    return lines + ([margin + _styled(mend, BOLD)] if mend else [])


def _verdict(found: Sequence[Diagnosis]) -> str:
    faults = sum(one.state is State.FAULT for one in found)
    if not faults:
        return _styled("All is well.", COLOURS[State.WELL])
    fixable = sum(one.fix is not None for one in found)
    hint = f" {fixable} can be mended by: nox -s doctor -- --fix" if fixable else ""
    return _styled(f"{faults} {'fault' if faults == 1 else 'faults'}.{hint}", COLOURS[State.FAULT])


def _styled(text: str, style: str) -> str:
    """Return a text in a style, where it is seen by somebody's eyes who has not refused colours."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{style}m{text}\x1b[0m"
