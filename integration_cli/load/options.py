"""The options of the load: how much is sent, and what it must keep to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from integration_cli.load.knee import MAX_RATE
from integration_cli.load.run import Load
from integration_cli.load.schedule import Arrivals
from integration_cli.load.thresholds import PERCENTILES, Duration, Share, Thresholds

MAX_CONNECTIONS = 300


def load_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a load; they come as `load`, None where there is none."""

    @click.option(
        "--rate",
        type=click.FloatRange(0, MAX_RATE),
        default=50,
        show_default=True,
        help="Requests a second of the load, on a schedule; 0 for no load.",
    )
    @click.option(
        "--arrivals",
        type=click.Choice(Arrivals, case_sensitive=False),
        default=Arrivals.POISSON,
        show_default=True,
        help="How requests are spread over time.",
    )
    @click.option(
        "--connections",
        type=click.IntRange(1, MAX_CONNECTIONS),
        default=64,
        show_default=True,
        help="The most that the load is sent over.",
    )
    @click.option("--knee", is_flag=True, help="Raise the rate until the app no longer keeps up.")
    @_latency_options
    @click.option("--errors", type=Share(), help="Limit of answers other than 2xx: 0, or 0.1%.")
    @wraps(command)
    def loaded(
        *arguments: object,
        rate: float,
        arrivals: Arrivals,
        connections: int,
        knee: bool,
        errors: float | None,
        **options: Any,  # noqa: ANN401  # Click passes them by name
    ) -> None:
        thresholds = Thresholds(_latency_limits(options), errors)
        if not rate and (thresholds.latency or errors is not None or knee):
            raise click.UsageError("--rate 0 sends nothing that could be judged by a limit.")
        load = Load(rate, arrivals, connections, knee, thresholds) if rate else None
        command(*arguments, load=load, **options)

    return loaded


def _latency_limits(options: dict[str, Any]) -> dict[str, float]:
    """Take from the options what `_latency_options` added."""
    limits = {name: options.pop(_variable(name)) for name in PERCENTILES}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _latency_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(PERCENTILES):
        limit = click.option(
            f"--{name}",
            _variable(name),
            type=Duration(),
            help=f"Limit of the load's {name} latency, such as 200ms.",
        )
        command = limit(command)
    return command


def _variable(name: str) -> str:
    return name.replace(".", "_")
