"""A report as a person reads it."""

from rich import box
from rich.console import Console
from rich.table import Table

from toolbox.bench.figures import Report, Spread, StartUp, Throughput

WIDTH = 120  # columns where there is no terminal to ask


def show(report: Report) -> None:
    """Print the report, with colours and lines if there is a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    if report.startup:
        console.print(_startup(console, report.startup))
    if report.throughput:
        console.print(_throughput(console, report.throughput))
    for line in _remarks(report):
        console.print(line, soft_wrap=True)


def _table(console: Console, title: str, *columns: str) -> Table:
    console.print(title, style="bold", soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else box.ASCII2)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _startup(console: Console, rows: list[StartUp]) -> Table:
    title = "Start-up: seconds to the first 200 of /health/ready"
    table = _table(console, title, "Workers", "Service", "Bare", "Ratio", "Min-max")
    for row in rows:
        times = (f"{spread.median:.2f}" for spread in (row.service, row.bare))
        table.add_row(str(row.workers), *times, *_ratio(row.ratio))
    return table


def _throughput(console: Console, rows: list[Throughput]) -> Table:
    title = "Throughput of one worker: requests a second, and median latency in milliseconds"
    columns = ("Request", "Service", "Bare", "Ratio", "Min-max", "p50", "Bare p50")
    table = _table(console, title, *columns)
    for row in rows:
        rates = (f"{spread.median:,.0f}" for spread in (row.service, row.bare))
        latencies = (f"{one.p50 * 1000:.1f}" for one in (row.service_latency, row.bare_latency))
        mark = " *" if row.limited_by_generator else ""
        table.add_row(row.request + mark, *rates, *_ratio(row.ratio), *latencies)
    return table


def _ratio(spread: Spread) -> tuple[str, str]:
    return f"{spread.median:.2f}", f"{spread.lowest:.2f}-{spread.highest:.2f}"


def _remarks(report: Report) -> list[str]:
    effort = report.effort
    lines = [
        f"Medians of {effort.rounds} rounds, in which the two took turns; ratios are of one round."
    ]
    if report.throughput:
        lines.append(
            f"Each round: {effort.connections} connections for {effort.seconds:g} s. The bare "
            "application is Starlette and asyncpg alone, without the token's check."
        )
        lines.append(
            f"Postgres, the server and the load generator share the {report.cores} cores of this "
            "machine: compare ratios, not rates."
        )
    if report.generator:
        lines.append(
            f"The generator gets {report.generator.most:,.0f} answers a second from an application "
            f"that does nothing, and used at most {report.generator.cpu:.0%} of a core here."
        )
    if any(row.limited_by_generator for row in report.throughput):
        lines.append("* limited by the generator: the applications may do more than this says.")
    return lines
