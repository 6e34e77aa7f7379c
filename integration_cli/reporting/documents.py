"""The report for programs: JSON of everything, and JUnit with a case for each invariant."""

from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from integration_cli.checks.verdict import State, Verdict
from integration_cli.reporting.run import Report


def as_json(report: Report) -> dict[str, Any]:
    """Everything but the operations, which the history has."""
    return {
        "outcome": str(report.state),
        "exit_code": int(report.code),
        "headline": report.headline,
        "environment": asdict(report.environment),
        "seconds": report.seconds,
        "operations": len(report.operations),
        "counts": {str(state): count for state, count in report.counts.items()},
        "verdicts": [
            {**one.to_json(), "meaning": report.sentences.get(one.invariant, "")}
            for one in report.verdicts
        ],
        "load": list(report.load),
        "knee": report.knee,
        "thresholds": list(report.thresholds),
        "rows": report.rows,
    }


def as_junit(report: Report) -> str:
    """A suite with a case for each invariant and each threshold.

    What was violated or missed is a failure, what could not be judged an error, so that a build
    does not take it for success.
    """
    suite = Element("testsuite", name="concurrency", timestamp=report.environment.started)
    for verdict in report.verdicts:
        _judged(
            SubElement(suite, "testcase", classname="invariant", name=verdict.invariant), verdict
        )
    for limit in report.thresholds:
        case = SubElement(
            suite, "testcase", classname="threshold", name=limit["text"].split(":")[0]
        )
        if limit["state"] != "kept":
            kind = "failure" if limit["state"] == "missed" else "error"
            SubElement(case, kind, message=limit["text"])
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{kind}"))))
    suite.set("tests", str(len(suite)))
    suite.set("time", f"{report.seconds:.1f}")
    indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def _judged(case: Element, verdict: Verdict) -> None:
    if verdict.state is State.VIOLATED:
        sentence = verdict.findings[0].sentence if verdict.findings else verdict.reason
        failure = SubElement(case, "failure", message=sentence)
        failure.text = "\n".join(
            "\n".join([finding.sentence, *finding.curl]) for finding in verdict.findings
        )
    elif verdict.state is State.INCONCLUSIVE:
        SubElement(case, "error", message=f"inconclusive: {verdict.reason}")
    elif verdict.state is State.SKIPPED:
        SubElement(case, "skipped", message=verdict.reason)
