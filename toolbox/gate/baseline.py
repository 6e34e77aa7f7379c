"""The baseline: what a project had before it took up the gate, accepted until it is mended.

A JSON file of `{"version": 1, "accepted": [{"rule", "subject", "revision", "fingerprint"}, …]}`.
The fingerprint is of what is wrong, not of where in the file it stands, so that edits around it do
not matter.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from toolbox.errors import ToolboxError
from toolbox.gate.exceptions import ABOUT_EXCEPTIONS
from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.rules import rules

VERSION = 1
Entry = dict[str, str | None]


def fingerprint(finding: Finding) -> str:
    """Return what stays the same of a finding while its file is edited around it."""
    revision = finding.place.revision if finding.place else ""
    statement = " ".join((finding.statement or "").split())
    parts = (finding.rule, revision, finding.subject, statement)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def write(file: Path, findings: Iterable[Finding]) -> int:
    """Accept these findings from now on, and no others; return how many there are.

    What is wrong with what was accepted cannot be accepted in turn, and is left out.
    """
    accepted = [each for each in findings if each.rule not in ABOUT_EXCEPTIONS]
    entries = sorted({fingerprint(each): _entry(each) for each in accepted}.values(), key=_order)
    file.write_text(json.dumps({"version": VERSION, "accepted": entries}, indent=2) + "\n")
    return len(entries)


def read(file: Path) -> list[Entry]:
    """Return the entries of a baseline.

    Raises:
        ToolboxError: there is none, or it is of another form.
    """
    anew = f"write it with --baseline {file} --write-baseline"
    try:
        content: Any = json.loads(file.read_text())
    except FileNotFoundError:
        raise ToolboxError(f"There is no baseline {file}: {anew}") from None
    except ValueError as exc:
        raise ToolboxError(f"{file} is not JSON ({exc}): {anew}") from None
    match content:
        case {"version": 1, "accepted": [*entries]} if all(map(_is_entry, entries)):
            return entries
    raise ToolboxError(f"{file} is no baseline, or names a rule that does not exist: {anew}")


def _is_entry(entry: object) -> bool:
    match entry:
        case {"rule": str(rule), "subject": str(), "fingerprint": str(), "revision": str() | None}:
            return rule in rules()
    return False


def apply(
    findings: Iterable[Finding],
    file: Path,
    was_judged: Callable[[str, str | None], bool],
) -> tuple[list[Finding], list[Finding]]:
    """Part the findings in those that stand and those in the baseline.

    An entry that no longer occurs stands as a finding, unless its rule was not judged in its
    revision: `was_judged` tells, of a rule's and a revision's name.

    Raises:
        ToolboxError: there is no baseline, or it is of another form.
    """
    known = {str(each["fingerprint"]): each for each in read(file)}
    found = list(findings)
    standing = [each for each in found if fingerprint(each) not in known]
    covered = [each for each in found if fingerprint(each) in known]
    occur = {fingerprint(each) for each in covered}
    outdated = [
        _outdated(entry, file)
        for print_, entry in known.items()
        if print_ not in occur and was_judged(str(entry["rule"]), entry["revision"])
    ]
    return [*standing, *outdated], covered


def _entry(finding: Finding) -> Entry:
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "revision": finding.place.revision if finding.place else None,
        "fingerprint": fingerprint(finding),
    }


def _order(entry: Entry) -> tuple[str, ...]:
    return tuple(entry[key] or "" for key in ("revision", "rule", "subject", "fingerprint"))


def _outdated(entry: Entry, file: Path) -> Finding:
    where = f" in revision {entry['revision']}" if entry["revision"] else ""
    return Finding(
        "outdated-baseline",
        Question.HISTORY,
        str(entry["subject"]),
        f"The baseline accepts {entry['rule']}{where}, which no longer occurs.",
        Place(entry["revision"] or "", file, _line(file, str(entry["fingerprint"]))),
    )


def _line(file: Path, text: str) -> int | None:
    lines = file.read_text().splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), None)
