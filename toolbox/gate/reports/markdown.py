"""The report as Markdown, for a pull request or a job's summary."""

from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.report import ASKED, Answer, Report, Revision, exception_for, where


def markdown(report: Report) -> str:
    """Return a report as Markdown."""
    blocks = [*_head(report)]
    for revision, findings in report.by_revision():
        blocks.append(f"### {_title(revision)}")
        blocks += ["\n".join(_finding(finding)) for finding in findings]
    return "\n\n".join(blocks) + "\n"


def _head(report: Report) -> Iterator[str]:
    verdict = "found something to mend" if report.findings else "found nothing"
    yield f"## The migration gate {verdict}"
    rows = [_row(answer) for answer in report.answers.values()]
    yield "\n".join(["| | | |", "|---|---|---|", *rows])
    yield (f"{report.about}; `alembic check`: {report.alembic_check}; {report.seconds:.1f} s.")
    if report.accepted:
        listed = [
            f"- `{each.rule}` of {each.subject}: {each.reason}" for _, each in report.accepted
        ]
        yield "\n".join([_summary(f"Accepted: {len(listed)}"), "", *listed, "", "</details>"])
    if report.notes:
        yield "\n".join(f"- {note}" for note in report.notes)
    if report.in_baseline:
        yield f"In the baseline: {len(report.in_baseline)}."


def _row(answer: Answer) -> str:
    count = len(answer.findings)
    if count:
        verdict = f"❌ {count} finding{'s' * (count > 1)}"
    else:
        verdict = "⚪ not judged" if answer.not_judged else "✅ yes"
    note = f" ({answer.not_judged})" if answer.not_judged else ""
    return f"| **{answer.question}** | {verdict} | {ASKED[answer.question]}{note} |"


def _title(revision: Revision | None) -> str:
    if revision is None:
        return "No revision is to blame"
    return f"`{revision.id}` {revision.title}{' (new)' * revision.is_new}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"**`{finding.rule}`** {finding.subject}: {finding.message}"
    if place := where(finding.place):
        yield f"`{place}`"
    if finding.statement:
        yield from ("", *_block(finding.statement, "sql"))
    facts = [*finding.observed, *([f"Cost: {finding.cost}"] if finding.cost else [])]
    if facts:
        yield from ("", *(f"- {fact}" for fact in facts))
    if finding.remedy:
        yield from ("", _summary("The safe way"), "", *_block(finding.remedy, "python"), "")
        yield "</details>"
    if accept := exception_for(finding):
        yield from ("", f"To accept it: `{accept}`")


def _summary(text: str) -> str:
    return f"<details><summary>{text}</summary>"


def _block(code: str, language: str) -> list[str]:
    fence = "```"
    while fence in code:
        fence += "`"
    return [f"{fence}{language}", code.strip(), fence]
