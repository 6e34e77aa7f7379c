"""Just enough SVG: elements with attributes, and axes that a person can read."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element; `class_` is its class, and an underscore in a name stands for a hyphen."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_spell(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def text(said: str, x: float, y: float, **attributes: object) -> str:
    """A line of text."""
    return element("text", escape(said), x=x, y=y, **attributes)


def picture(title: str, width: float, height: float, inside: Iterable[str]) -> str:
    """A whole picture; the title is what it is to those who do not see it."""
    return element(
        "svg",
        element("title", escape(title)),
        *inside,
        viewBox=f"0 0 {_spell(width)} {_spell(height)}",
        role="img",
        aria_label=title,
    )


def _spell(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the page; logarithmic if `log`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The place of a value."""
        low, high, at = (self._map(one) for one in (self.low, self.high, value))
        return self.start + (at - low) / ((high - low) or 1) * (self.end - self.start)

    def _map(self, value: float) -> float:
        return math.log10(max(value, 1e-12)) if self.log else value


def milliseconds(value: float) -> str:
    """A latency as a person says it."""
    if value >= 1000:
        return f"{value / 1000:.3g} s"
    return f"{value:.3g} ms" if value >= 1 else f"{value * 1000:.3g} µs"


def decades(low: float, high: float) -> list[float]:
    """The powers of ten between two values, and around them."""
    return [
        10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ]


def round_steps(high: float, most: int = 6) -> list[float]:
    """At most so many round values from 0 to about `high`."""
    if high <= 0:
        return [0.0]
    raw = high / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return [step * number for number in range(math.floor(high / step) + 1)]


def levels(values: Sequence[float], y: Scale, left: float, right: float) -> list[str]:
    """Horizontal lines at latencies, each with its name."""
    return [
        part
        for value in values
        for part in (
            element("line", class_="axis", x1=left, x2=right, y1=y(value), y2=y(value)),
            text(milliseconds(value), left - 6, y(value) + 4, text_anchor="end"),
        )
    ]
