"""The report as one HTML file that opens offline: its style is in it, and nothing is fetched."""

import json
from collections import Counter
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from integration_cli.checks.verdict import Finding, State, Verdict
from integration_cli.latency import Distribution, response_time
from integration_cli.operation import Operation
from integration_cli.reporting.charts import heat_map, percentile_curve, throughput, worker_rows
from integration_cli.reporting.lanes import lanes, shown_by
from integration_cli.reporting.run import ORDER, Report
from integration_cli.reporting.svg import milliseconds

SIGNS = {
    State.HELD: "✓ held",
    State.VIOLATED: "✗ violated",
    State.INCONCLUSIVE: "? inconclusive",
    State.SKIPPED: "- skipped",
}
SHOWN = 12  # operations of a counterexample: a race of hundreds is told by its first
LONG = 400  # characters of an answer that are shown


def page(report: Report) -> str:
    """The whole file."""
    title = f"{report.headline} Concurrency of {report.environment.target}"
    body = [_top(report), "<main>", _verdicts(report), *_load(report), _environment(report)]
    return document(title, "\n".join([*body, "</main>", _foot(report)]))


def document(title: str, body: str) -> str:
    """A page with the report's style."""
    style = (files("integration_cli.reporting") / "report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _top(report: Report) -> str:
    counts = "".join(
        f'<li class="{state}"><b>{report.counts[state]}</b>{SIGNS[state][2:]}</li>'
        for state in ORDER
    )
    return (
        f"<header><h1>Concurrency of {escape(report.environment.target)}, "
        f"{escape(report.environment.started)}</h1>"
        f'<p class="outcome {report.state}">{escape(report.headline)}</p>'
        f"<p>{len(report.operations):,} operations in {report.seconds:.0f} s were recorded, and "
        f'judged from outside.</p><ul class="tally">{counts}</ul></header>'
    )


def _verdicts(report: Report) -> str:
    told = [(one, _verdict(one, report.sentences.get(one.invariant, ""))) for one in report.ordered]
    shown = "".join(html for one, html in told if one.findings)
    rest = "".join(html for one, html in told if not one.findings)
    return f'<h2>What must always hold</h2>{shown}<div class="rows">{rest}</div>'


def _verdict(one: Verdict, sentence: str) -> str:
    times = f"{one.violations:,} of " * bool(one.findings) + f"{one.observations:,}"
    row = (
        f'<span class="state {one.state}">{SIGNS[one.state]}</span>'
        f'<span class="name">{escape(one.invariant)}</span>'
        f'<span class="count">{times} {"occasions" if one.findings else "observations"}</span>'
        f'<span class="why">{escape(sentence)}{_reason(one.reason)}</span>'
    )
    if not one.findings:
        return f'<div class="row">{row}</div>'
    found = "".join(_finding(finding) for finding in one.findings)
    is_open = " open" if one.state is State.VIOLATED else ""
    return (
        f'<details class="card"{is_open}><summary class="row">{row}</summary>'
        f'<div class="inside">{found}</div></details>'
    )


def _reason(reason: str) -> str:
    return f" <b>{escape(reason[:1].upper() + reason[1:])}.</b>" if reason else ""


def _finding(finding: Finding) -> str:
    operations = sorted(finding.operations, key=lambda one: one.invoked)[:SHOWN]
    more = len(finding.operations) - len(operations)
    beyond = f"<p>and {more} more, in the history.</p>" if more > 0 else ""
    picture = lanes(operations, finding.sentence)
    commands = escape("\n".join(finding.curl))
    replay = f"<h3>To replay by hand</h3><pre>{commands}</pre>" if finding.curl else ""
    return (
        f"<h3>{escape(finding.sentence[:1].upper() + finding.sentence[1:])}</h3>"
        f'<figure class="wide">{picture}</figure>{_steps(operations)}{beyond}{replay}'
    )


def _steps(operations: list[Operation]) -> str:
    start, bad = operations[0].invoked, shown_by(operations)
    steps = "".join(
        f"<li{' class=bad' if one is bad else ''}><b>+{milliseconds((one.invoked - start) / 1e6)}"
        f"</b> {escape(one.client)}: {one.method} {escape(one.path)} → <b>{escape(one.outcome)}</b>"
        f" after {milliseconds(one.milliseconds)}{_said(one)}</li>"
        for one in operations
    )
    return f'<ol class="steps">{steps}</ol>'


def _said(one: Operation) -> str:
    parts = [("sent", one.body), ("got", one.answer)]
    said = [
        f'<br><span class="note">{name} {escape(_short(value))}</span>'
        for name, value in parts
        if value
    ]
    return "".join(said)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONG else text[:LONG] + " …"


def _load(report: Report) -> Iterable[str]:
    operations = report.loaded
    if not operations:
        return
    is_open = operations[0].intended is not None
    response = Distribution.of(max(response_time(one), 0.0) for one in operations)
    service = Distribution.of(one.milliseconds for one in operations)
    yield "<h2>How fast, and for whom</h2>"
    yield (
        "<p>Requests came on a schedule, whether or not the app kept up; a latency counts from "
        "when its request was due.</p>"
        if is_open
        else "<p>Each client waited for its answer before it asked again (a closed loop), so a "
        "stall is underrated here. <code>--rate</code> sends on a schedule.</p>"
    )
    yield _thresholds(report)
    yield f"<p>The knee: <b>{escape(report.knee)}</b>.</p>" if report.knee else ""
    yield _steps_table(report)
    yield _figure(heat_map(operations), "Each request by when it was due; the darker, the more.")
    yield _figure(
        percentile_curve(response, service),
        "Solid: from when a request was due. Dashed: from when it was sent. Where the two part, "
        "requests waited for others.",
    )
    yield _figure(throughput(operations), _errors(operations))
    if any(one.worker for one in operations):
        yield _figure(worker_rows(operations), "Answers by the app's processes, over time.")


def _figure(picture: str, caption: str) -> str:
    return (
        f'<figure><div class="wide">{picture}</div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _errors(operations: list[Operation]) -> str:
    others = Counter(one.outcome for one in operations if not one.acknowledged)
    said = ", ".join(f"{what} x {count}" for what, count in others.most_common())
    return f"Answers a second. Not a 2xx: {said or 'none'}."


def _thresholds(report: Report) -> str:
    signs = {"kept": State.HELD, "missed": State.VIOLATED}
    rows = "".join(
        f'<div class="row"><span class="state {signs.get(one["state"], State.INCONCLUSIVE)}">'
        f"{escape(one['state'])}</span><span>{escape(one['text'])}</span></div>"
        for one in report.thresholds
    )
    return f'<div class="rows">{rows}</div>' if rows else ""


def _steps_table(report: Report) -> str:
    if not report.load:
        return ""
    names = list(report.load[0]["response_ms"])
    head = "".join(f'<th scope="col">{name}</th>' for name in ["due/s", "good/s", "errors", *names])
    rows = "".join(
        f"<tr><td>{step['rate']:.0f}</td><td>{step['answered_per_second']:.0f}</td>"
        f"<td>{sum(step['failures'].values())}</td>"
        + "".join(f"<td>{milliseconds(step['response_ms'][name])}</td>" for name in names)
        + "</tr>"
        for step in report.load
    )
    doubts = [f"At {step['rate']:.0f}/s {step['doubt']}." for step in report.load if step["doubt"]]
    note = f'<p class="inconclusive">? {escape(" ".join(doubts))}</p>' if doubts else ""
    lag = max(step["generator_lag_p99_ms"] for step in report.load)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        f'</div>{note}<p class="note">The generator itself was late by at most '
        f"{milliseconds(max(lag, 0.001))} (p99).</p>"
    )


def _environment(report: Report) -> str:
    said = report.environment
    options = ", ".join(f"{name} {value}" for name, value in said.options.items())
    facts = {
        "Target": said.target,
        "Profile": said.profile,
        "Run": said.run_id,
        "Started": said.started,
        "Took": f"{report.seconds:.0f} s",
        "Options": options,
        "Rows made": report.made or "not counted",
        "Machine that asked": said.machine,
        "Python": said.python,
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    return f"<h2>Where and when</h2><dl>{rows}</dl>"


def _foot(report: Report) -> str:
    return (
        "<footer>A promise is held when there were occasions to break it and none did; a time-out, "
        "a reset or a 5xx may or may not have taken effect, and is judged so. Exit code "
        f"{int(report.code)}.</footer>"
    )
