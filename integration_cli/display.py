"""A run as it goes, on a terminal: the phase, what comes back and how fast, and the verdicts.

Anywhere else, as in CI, it is one line a phase. All of it is on stderr: stdout has the result.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Self

import click
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from integration_cli.checks.verdict import State, Verdict
from integration_cli.operation import Operation
from integration_cli.progress import Advance
from integration_cli.pulse import Pulse, sparkline

REFRESH = 2.0  # times a second: each takes time from who sends the load
SWITCH = 0.0005  # seconds for which drawing may keep the one who sends from running
STYLES = {
    State.HELD: ("✓", "green"),
    State.VIOLATED: ("✗", "bold red"),
    State.INCONCLUSIVE: ("?", "yellow"),
    State.SKIPPED: ("-", "dim"),
}


@dataclass(slots=True)
class _Phase:
    name: str
    total: float | None
    done: float = 0.0
    is_over: bool = False


class Display:
    """Shows a run while the context is open; it leaves the terminal as it was."""

    def __init__(self, title: str, operations: Sequence[Operation]) -> None:
        self._title = title
        self._pulse = Pulse(operations)
        self._phases: list[_Phase] = []
        self._verdicts: list[Verdict] = []
        self._began = monotonic()
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._switch = sys.getswitchinterval()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            sys.setswitchinterval(SWITCH)
            self._live = Live(
                get_renderable=self._draw,
                console=self._console,
                refresh_per_second=REFRESH,
                transient=True,
                vertical_overflow="crop",
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()
            sys.setswitchinterval(self._switch)

    @contextmanager
    def phase(self, name: str, total: float | None = None) -> Iterator[Advance]:
        """Announce a phase; the value is a function that moves its bar by some part of `total`."""
        if self._live is None:
            click.echo(name, err=True)
            yield lambda _: None
            return
        phase = _Phase(name, total)
        self._phases.append(phase)

        def advance(by: float) -> None:
            phase.done += by

        yield advance
        phase.is_over = True

    def say(self, text: str) -> None:
        """Show a line that stays."""
        if self._live is None:
            click.echo(text, err=True)
        else:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def judged(self, verdict: Verdict) -> None:
        """Show a verdict."""
        self._verdicts.append(verdict)

    def _draw(self) -> RenderableType:
        self._pulse.follow()
        width = self._console.width
        parts: list[RenderableType] = [self._head(), *self._phase_rows()]
        # On 24 lines there is room for one of the two.
        parts += [self._judgement(width)] if self._verdicts else self._beats(width)
        return Group(*parts, self._totals())

    def _head(self) -> RenderableType:
        seconds = int(monotonic() - self._began)
        head = Text(no_wrap=True, overflow="ellipsis")
        head.append(self._title, "bold").append(f"  {seconds // 60}:{seconds % 60:02}", "dim")
        return head

    def _phase_rows(self) -> list[RenderableType]:
        over = Text()
        for phase in self._phases:
            if phase.is_over:
                over.append("✓ ", "green").append(f"{phase.name}  ", "dim")
        rows: list[RenderableType] = [over] if over else []
        for phase in self._phases:
            if not phase.is_over:
                grid = Table.grid(padding=(0, 1))
                bar = ProgressBar(total=phase.total, completed=phase.done, width=30)
                grid.add_row(Text("▸", "cyan"), Text(phase.name, "bold"), bar)
                rows.append(grid)
        return [*rows, Text()]

    def _beats(self, width: int) -> list[RenderableType]:
        beats, room = self._pulse.beats, max(min(width - 34, 60), 10)
        if not beats:
            return []
        last = beats[-1]
        grid = Table.grid(padding=(0, 1))
        rows = (
            ("answers", f"{last.answers}/s", [float(beat.answers) for beat in beats], False),
            ("p50", f"{last.p50:.1f} ms", [beat.p50 for beat in beats], True),
            ("p99", f"{last.p99:.1f} ms", [beat.p99 for beat in beats], True),
        )
        for name, value, values, is_log in rows:
            line = Text(sparkline(values, room, log=is_log), "cyan")
            grid.add_row(Text(name, "dim"), Text(value, justify="right"), line)
        return [grid]

    def _totals(self) -> Text:
        said = Text(f"{self._pulse.count:,} operations", "dim")
        said.append(f", {len(self._pulse.workers) or 'unknown'} workers")
        failures = self._pulse.failures.most_common(4)
        if failures:
            told = ", ".join(f"{what} x {count}" for what, count in failures)
            said.append(f", no good answer: {told}", "yellow")
        return said

    def _judgement(self, width: int) -> RenderableType:
        rows = []
        for verdict in self._verdicts:
            sign, style = STYLES[verdict.state]
            rows.append(
                Text(f"{sign} {verdict.invariant}", style, no_wrap=True, overflow="ellipsis")
            )
        return Columns(rows, width=max(width // 2 - 2, 20) if width < 110 else 38, padding=(0, 1))
