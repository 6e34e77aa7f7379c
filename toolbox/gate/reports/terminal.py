"""The report in a terminal: three verdicts, and each finding with the way out."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from toolbox.gate.exceptions import NAME
from toolbox.gate.finding import Finding
from toolbox.gate.report import ASKED, Answer, Report, Revision, exception_for, shown, where

THEME = "ansi_dark"  # the terminal's own colours, on its own background
WIDTH = 100  # columns where there is no terminal to ask
MARGIN = 2


def show(report: Report, console: Console) -> None:
    """Print a report."""
    console.print(_head(report))
    for revision, findings in report.by_revision():
        console.print(_title(revision))
        for finding in findings:
            console.print(Padding(_finding(finding), (0, 0, 1, 0)))
    console.print(_foot(report))


def _head(report: Report) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for answer in report.answers.values():
        table.add_row(*_verdict(answer))
    beside = Text.assemble(("alembic check: ", "dim"), (str(report.alembic_check), "dim"))
    about = Text.assemble(
        (shown(report.project), "bold"),
        f": {report.about}",
    )
    return Group(about, table, beside)


def _verdict(answer: Answer) -> tuple[Text, Text, Text]:
    count = len(answer.findings)
    if count:
        mark, verdict, style = "✗", f"{count} finding{'s' * (count > 1)}", "bold red"
    elif answer.not_judged:
        mark, verdict, style = "○", "not judged", "yellow"
    else:
        mark, verdict, style = "✓", "yes", "bold green"
    asked = Text(ASKED[answer.question])
    if answer.not_judged:
        asked.append(f"\n{answer.not_judged}", "yellow")
    return Text(f"{mark} {answer.question}", style), Text(verdict, style), asked


def _title(revision: Revision | None) -> Rule:
    if revision is None:
        return Rule(Text("No revision is to blame", "bold"), align="left", style="dim")
    name = Text.assemble((revision.id, "bold"), f" {revision.title}")
    if revision.is_new:
        name.append(" (new)", "cyan")
    return Rule(name, align="left", style="dim")


def _finding(finding: Finding) -> Group:
    return Group(*_parts(finding))


def _parts(finding: Finding) -> Iterator[RenderableType]:
    head = Text.assemble(
        ("✗ ", "bold red"), (finding.rule, "bold red"), "  ", (finding.subject, "bold")
    )
    yield head
    yield _indented(Text(finding.message))
    if place := where(finding.place):
        yield _indented(Text(place, "cyan"))
    if finding.statement:
        yield _indented(code(finding.statement, "sql"))
    for line in finding.observed:
        yield _bullet(line)
    if finding.cost:
        yield _bullet(f"cost: {finding.cost}")
    if finding.remedy:
        yield _indented(Text("Safely:", "bold green"))
        yield _indented(code(finding.remedy, "python"))
    accept = exception_for(finding)
    ways = f"explain {finding.rule}" + (f"   or accept: {accept}" if accept else "")
    yield _indented(Text(ways, "dim"))


def _bullet(line: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text("·", "dim"), Text(line))
    return _indented(grid)


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, MARGIN))


def code(text: str, language: str) -> Syntax:
    """Highlight some code; what does not fit a line goes on in the next."""
    return Syntax(
        text.strip(), language, theme=THEME, background_color="default", word_wrap=True, padding=0
    )


def _foot(report: Report) -> RenderableType:
    """Return what is no finding, dimly, and at last the verdict: a log is read from its end."""
    beside = Table.grid(padding=(0, 1))
    beside.add_column(no_wrap=True, style="dim")
    beside.add_column(overflow="fold", style="dim")
    for _, each in report.accepted:
        beside.add_row("accepted", f"{each.rule}  {each.subject}: {each.reason}")
    for note in report.notes:
        beside.add_row("note", note)
    if report.in_baseline:
        beside.add_row("in the baseline", str(len(report.in_baseline)))
    lines = [Text("")]
    if report.findings:
        lines.append(
            Text(
                "`explain RULE` says why and what Postgres does. What is fine here goes into "
                f"`{NAME}` in the revision, with a reason.",
                "dim",
            )
        )
    return Group(beside, *lines, _last(report))


def _last(report: Report) -> Text:
    counts = [
        f"{answer.question} {len(answer.findings)}"
        for answer in report.answers.values()
        if answer.findings
    ]
    seconds = (f"  {report.seconds:.1f} s", "dim")
    if counts:
        return Text.assemble((f"✗ findings: {', '.join(counts)}", "bold red"), seconds)
    open_ones = [answer.question for answer in report.answers.values() if answer.not_judged]
    left = f"; not judged: {', '.join(open_ones)}" if open_ones else ""
    return Text.assemble(("nothing found", "bold green"), (left, "yellow"), seconds)
