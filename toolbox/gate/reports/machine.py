"""The report for other programs: JSON, JUnit, and the annotations of GitHub."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from toolbox.gate.baseline import fingerprint
from toolbox.gate.finding import Finding
from toolbox.gate.report import ASKED, Answer, Report, shown, where

# XML 1.0, production 2: no other control characters than tab and newlines, however written.
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

JSON_VERSION = 1  # goes up when a member goes away or means something else


def as_json(report: Report) -> str:
    """Return a report as JSON; docs/migration-gate.md describes it."""
    members = {
        "version": JSON_VERSION,
        "project": shown(report.project),
        "postgres": report.postgres,
        "exit_code": report.exit_code,
        "scope": report.scope,
        "revisions": [
            {"id": each.id, "title": each.title, "file": shown(each.file), "is_new": each.is_new}
            for each in report.revisions
        ],
        "answers": {str(question): _answer(each) for question, each in report.answers.items()},
        "findings": [_finding(each) for each in report.findings],
        "accepted": [
            {**_finding(finding), "reason": exception.reason}
            for finding, exception in report.accepted
        ],
        "in_baseline": [_finding(each) for each in report.in_baseline],
        "alembic_check": {
            "differences": report.alembic_check.differences,
            "crashed": report.alembic_check.crashed,
        },
        "seconds": round(report.seconds, 3),
    }
    return json.dumps(members, indent=2) + "\n"


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "findings": len(answer.findings),
        "not_judged": answer.not_judged,
        "notes": answer.notes,
        "seconds": round(answer.seconds, 3),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    members = finding.to_json()
    if finding.place and finding.place.file:
        members["place"]["file"] = shown(finding.place.file)
    return {**members, "fingerprint": fingerprint(finding)}


def junit(report: Report) -> str:
    """Return a report as JUnit's XML: a suite a question, a failed case a finding."""
    root = ET.Element("testsuites", name="check_migrations", time=f"{report.seconds:.3f}")
    for answer in report.answers.values():
        suite = ET.SubElement(root, "testsuite", _counts(answer))
        asked = ET.SubElement(
            suite, "testcase", classname=str(answer.question), name=ASKED[answer.question]
        )
        if answer.not_judged and not answer.findings:
            ET.SubElement(asked, "skipped", message=answer.not_judged)
        for finding in answer.findings:
            _case(suite, finding)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=True)
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text) + "\n"


def _counts(answer: Answer) -> dict[str, str]:
    return {
        "name": str(answer.question),
        "tests": str(len(answer.findings) + 1),
        "failures": str(len(answer.findings)),
        "skipped": str(int(bool(answer.not_judged and not answer.findings))),
        "time": f"{answer.seconds:.3f}",
    }


def _case(suite: ET.Element, finding: Finding) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{finding.question}.{finding.rule}",
        name=f"{finding.subject} {where(finding.place)}".strip(),
    )
    failure = ET.SubElement(case, "failure", type=finding.rule, message=finding.message)
    facts = (where(finding.place), finding.statement, *finding.observed, finding.cost)
    failure.text = "\n".join(filter(None, (*facts, finding.remedy)))


def annotations(report: Report) -> Iterator[str]:
    """Return the workflow commands that make GitHub show each finding in the file's diff.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for finding in report.findings:
        place = finding.place
        file = f"file={_property(shown(place.file))}," if place and place.file else ""
        line = f"line={place.line}," if place and place.line else ""
        text = [f"{finding.subject}: {finding.message}", *finding.observed, finding.remedy or ""]
        message = _data("\n".join(filter(None, text)))
        yield f"::error {file}{line}title={_property(finding.rule)}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
