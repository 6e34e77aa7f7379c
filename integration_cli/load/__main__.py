"""`python -m integration_cli.load URL`: one request again and again, to measure the generator by.

Sends on a schedule and prints, as one line of JSON, what came of it. It knows nothing of the app:
`concurrency` is what judges one.
"""

import asyncio
import json
from collections.abc import Sequence

import click

from integration_cli.clockwork import new_event_loop
from integration_cli.load.generator import OpenLoop, Send
from integration_cli.load.schedule import SCHEDULES, Arrivals
from integration_cli.load.step import Step
from integration_cli.operation import Kind, Operation
from integration_cli.seeds import stream
from integration_cli.target import AppUrl
from integration_cli.wire import NoAnswer, Wire


class Caller:
    """One connection that asks for one thing."""

    def __init__(
        self, app_url: AppUrl, headers: Sequence[str], operations: list[Operation]
    ) -> None:
        self._app_url = app_url
        self._operations = operations
        self._wire: Wire | None = None
        host = f"{app_url.netloc_host}:{app_url.port}"
        lines = [f"GET {app_url.prefix or '/'} HTTP/1.1", f"Host: {host}", *headers]
        self._request = "\r\n".join([*lines, "", ""]).encode()

    async def __call__(self, due: int) -> None:
        """Send the request, and record what became of it."""
        status, trouble, sent = None, None, due
        try:
            if self._wire is None or not self._wire.is_open:
                self._wire = await Wire.open(self._app_url)
            sent = self._wire.send(self._request)
            status = (await self._wire.answer()).status
            returned = self._wire.answered_at
        except NoAnswer as failure:
            trouble, returned = failure.trouble, failure.at
        self._operations.append(
            Operation(
                Kind.PROBE, "GET", self._app_url.prefix, "", "",
                invoked=sent, returned=returned, status=status, trouble=trouble, intended=due,
            )
        )  # fmt: skip

    def abort(self) -> None:
        """Break off what is under way."""
        if self._wire:
            self._wire.abort()


async def measure(
    callers: Sequence[Caller],
    operations: list[Operation],
    rate: float,
    seconds: float,
    arrivals: Arrivals,
) -> Step:
    """Let the callers send `rate` requests a second; `operations` is where they record them."""
    await asyncio.gather(*(caller(0) for caller in callers))
    operations.clear()

    def break_off() -> None:
        for caller in callers:
            caller.abort()

    senders: list[Send] = [*callers]
    schedule = SCHEDULES[arrivals](rate, seconds, stream("measure", rate))
    pace = await OpenLoop(senders, break_off).run(schedule, seconds)
    return Step.of(rate, seconds, pace, operations)


@click.command()
@click.argument("url")
@click.option("--rate", type=click.FloatRange(1), default=100)
@click.option("--seconds", type=click.FloatRange(0.1), default=10)
@click.option(
    "--arrivals", type=click.Choice(Arrivals, case_sensitive=False), default=Arrivals.CONSTANT
)
@click.option("--connections", type=click.IntRange(1), default=32)
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'")
def main(
    url: str,
    rate: float,
    seconds: float,
    arrivals: Arrivals,
    connections: int,
    headers: tuple[str, ...],
) -> None:
    """Send GET requests to a URL on a schedule."""
    operations: list[Operation] = []
    callers = [Caller(AppUrl.parse(url), headers, operations) for _ in range(connections)]
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        step = runner.run(measure(callers, operations, rate, seconds, arrivals))
    click.echo(json.dumps(step.to_json()))


if __name__ == "__main__":
    main()
